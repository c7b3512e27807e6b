internal import Diagnostics
internal import Expressions
internal import ScenarioModel

extension QdrantRun {
    /// Searches, and where recall is asked for searches exactly too.
    mutating func search(_ search: VectorOperation.Search) async throws(StepError) -> [(String, Value)] {
        if !search.isBatch, case .vectors(let queries) = search.queries, let query = queries.first {
            return try await single(query, search)
        }
        if search.recallAt != nil { return try await recall(search) }
        var results: [Value] = []
        var source = QuerySource(search.queries)
        while case let queries = try source.next(Self.chunk), !queries.isEmpty {
            let answers = try await batch(queries, search, isExact: search.exact)
            results += answers.map { ["hits": .array($0)] }
        }
        return [("results", .array(results))]
    }

    private mutating func single(
        _ query: VectorOperation.Query, _ search: VectorOperation.Search
    ) async throws(StepError) -> [(String, Value)] {
        let result = try await ask(.search(query, search, in: collection))
        let hits = try Self.hits(result)
        guard let depth = search.recallAt else { return [("hits", .array(hits))] }
        measured = last?.elapsed
        let shown = last
        let exact = try await batch([query], Self.bare(search, depth), isExact: true)
        // What the step is about stays in the report.
        last = shown
        let recall = try Recall(at: depth).of(hits, exact: exact.first ?? [])
        return [("hits", .array(hits)), ("recall", .number(recall)), ("recalls", [.number(recall)])]
    }

    /// The recall of many queries; of each answer only that one number is kept.
    private mutating func recall(_ search: VectorOperation.Search) async throws(StepError) -> [(String, Value)] {
        let depth = search.recallAt ?? search.limit
        let bare = Self.bare(search, depth)
        let judge = Recall(at: depth)
        var recalls: [Double] = []
        var time = Duration.zero
        var source = QuerySource(search.queries)
        while case let queries = try source.next(Self.chunk), !queries.isEmpty {
            let found = try await batch(queries, bare, isExact: search.exact)
            time += last?.elapsed ?? .zero
            let exact = try await batch(queries, bare, isExact: true)
            for (hits, truth) in zip(found, exact) { recalls.append(try judge.of(hits, exact: truth)) }
        }
        measured = time
        guard !recalls.isEmpty else {
            throw StepError(.protocol, "there is no query to take the recall of", phase: "request")
        }
        return [
            ("recall", .number(recalls.reduce(0, +) / Double(recalls.count))),
            ("recalls", .array(recalls.map { .number($0) })),
        ]
    }

    /// The search with nothing but ids and scores.
    private static func bare(_ search: VectorOperation.Search, _ depth: Int) -> VectorOperation.Search {
        var bare = search
        bare.limit = depth
        bare.selection = VectorOperation.Selection(payload: Array("false".utf8), vectors: nil)
        return bare
    }

    private mutating func batch(
        _ queries: [VectorOperation.Query], _ search: VectorOperation.Search, isExact: Bool?
    ) async throws(StepError) -> [[Value]] {
        let result = try await ask(.batch(queries, search, isExact: isExact, in: collection))
        let answers = try Self.list(result, "result")
        guard answers.count == queries.count else {
            throw StepError(
                .protocol, "\(queries.count) queries were asked, and \(answers.count) answered", phase: "body")
        }
        var hits: [[Value]] = []
        for answer in answers { hits.append(try Self.hits(answer)) }
        return hits
    }

    private static func hits(_ result: Value) throws(StepError) -> [Value] {
        var hits: [Value] = []
        for (place, point) in try list(result["points"], "points").enumerated() {
            guard let id = point["id"], let score = point["score"], score.number != nil else {
                throw StepError(
                    .protocol, "hit \(place) has no id, or a score that is no number", phase: "body",
                    hint: "a vector of zeros has no cosine: look at the query and at the point")
            }
            hits.append([
                "id": id, "score": score, "payload": point["payload"] ?? .null, "vector": point["vector"] ?? .null,
            ])
        }
        return hits
    }
}

/// The share of the exact nearest that a search found.
struct Recall {
    /// How many of the nearest are compared.
    let depth: Int

    init(at depth: Int) { self.depth = depth }

    /// Compares hits, best first.
    ///
    /// A hit that is as near as the last of the exact ones counts, since it could as well have been chosen.
    ///
    /// - Throws: where the exact search found nothing.
    func of(_ hits: [Value], exact: [Value]) throws(StepError) -> Double {
        let truth = exact.prefix(depth)
        guard let best = truth.first?["score"]?.number, let worst = truth.last?["score"]?.number else {
            throw StepError(
                .protocol, "the exact search found nothing, so there is no recall", phase: "body",
                hint: "is the collection empty, or does 'filter' pass nothing?")
        }
        let largerIsNearer = best >= worst
        let slack = 1e-6 * max(1, worst.magnitude)
        let ids = Set(truth.compactMap { $0["id"].flatMap { PointID($0) } })
        var seen: Set<PointID> = []
        for hit in hits.prefix(depth) {
            guard let id = hit["id"].flatMap({ PointID($0) }), let score = hit["score"]?.number else { continue }
            let isAsNear =
                truth.count == depth && best != worst
                && (largerIsNearer ? score >= worst - slack : score <= worst + slack)
            if ids.contains(id) || isAsNear { seen.insert(id) }
        }
        return Double(min(seen.count, truth.count)) / Double(truth.count)
    }
}

/// The queries of a search, chunk by chunk.
struct QuerySource {
    private var known: ArraySlice<VectorOperation.Query> = []
    private var file: VectorFileRows?

    init(_ queries: VectorOperation.Queries) {
        switch queries {
        case .vectors(let queries): known = queries[...]
        case .file(let file): self.file = VectorFileRows(file)
        }
    }

    mutating func next(_ count: Int) throws(StepError) -> [VectorOperation.Query] {
        if let rows = try file?.next(count).rows { return rows.map { .vector($0.vector) } }
        let queries = Array(known.prefix(count))
        known = known.dropFirst(count)
        return queries
    }
}
