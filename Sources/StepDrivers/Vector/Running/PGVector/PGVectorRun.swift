internal import EventLoop
internal import Expressions
internal import ScenarioModel

/// Carries out one operation on a table with vectors.
struct PGVectorRun {
    let lease: ConnectionPool.Lease
    let names: PGVectorNames
    /// The name of the table.
    let collection: String
    let deadline: Instant
    /// Hears how many points are written.
    var onProgress: (@Sendable (StepProgress) -> Void)?

    /// The last statement.
    var statement = ""
    var requests = 0
    /// How long what the step is about took, where the attempt did more than that.
    var measured: Duration?
    var notes: [String] = []
    var fieldsSoFar: [(String, Value)] = []
    var connectionIsLost = false

    init(
        _ lease: ConnectionPool.Lease, _ names: PGVectorNames, _ collection: String,
        until deadline: Instant
    ) {
        self.lease = lease
        self.names = names
        self.collection = collection
        self.deadline = deadline
    }

    var table: String { collection.quotedIdentifier }

    /// Does it.
    ///
    /// - Returns: The members of the result.
    /// - Throws: The first error, with the status that a server of vectors would answer.
    mutating func perform(_ operation: VectorOperation) async throws(StepError) -> [(String, Value)] {
        switch operation {
        case .search(let search): return try await self.search(search)
        case .upsert(let upsert): return [("affected", Value(try await self.upsert(upsert)))]
        case .fetch(let ids, let selection): return try await fetch(ids, selection)
        case .count(let filter, _):
            var condition = PGFilter(names)
            let text = try condition.condition(filter)
            let rows = try await ask("SELECT count(*) AS count FROM \(table) WHERE \(text)", condition.parameters).rows
            return [("count", rows.first?["count"] ?? .null)]
        case .scroll(let scroll): return try await self.scroll(scroll)
        case .delete(let points):
            var condition = PGFilter(names)
            let text = try condition.condition(QdrantRequest.filter(of: points))
            let answer = try await ask("DELETE FROM \(table) WHERE \(text)", condition.parameters)
            return [("affected", Value(answer.rowCount))]
        case .create(let creation):
            try await create(creation)
            return [("created", true)]
        case .drop:
            _ = try await ask("DROP TABLE \(table) CASCADE")
            return [("dropped", true)]
        case .describe: return try await describe()
        case .list: return try await list()
        case .alias(let changes):
            for change in changes { try await alias(change.name, change.collection) }
            return [("aliases", try await aliases())]
        case .index(let change): return [("indexed", try await index(change))]
        }
    }

    /// Runs a statement.
    mutating func ask(_ text: String, _ parameters: [Value] = []) async throws(StepError) -> StatementAnswer {
        statement = text
        requests += 1
        do throws(StatementFailure) {
            return try await lease.connection.run(
                BoundStatement(text: text, parameters: parameters), limits: RowLimits(), until: deadline)
        } catch {
            if error.connectionIsLost { connectionIsLost = true }
            throw Self.error(error.error)
        }
    }

    /// An error with the status that it has where vectors are served by HTTP.
    static func error(_ error: StepError) -> StepError {
        guard error.kind == .rejected, let state = error.fields["sqlstate"]?.string else { return error }
        var error = error
        let status =
            switch state {
            // A table or an index that is not there, one that is.
            case "42P01", "42704": 404
            case "42P07", "42710": 409
            case "42501", "28000", "28P01": 403
            default: 400
            }
        error.fields["status"] = Value(status)
        error.message = "the server refused: \(error.message)"
        return error
    }

    // MARK: Reading

    /// The columns that a selection asks for.
    private func columns(_ selection: VectorOperation.Selection) -> String {
        var columns = "\(names.id) AS id"
        if selection.payload != Array("false".utf8) { columns += ", \(names.payload) AS payload" }
        if let vectors = selection.vectors, vectors != Array("false".utf8) { columns += ", \(names.vector) AS vector" }
        return columns
    }

    /// A row as a point; of the payload only what was asked for.
    func point(_ row: Value, _ selection: VectorOperation.Selection) -> Value {
        var payload = row["payload"] ?? .null
        if let json = selection.payload, let wanted = try? JSON.parse(json).value {
            let only = wanted.array ?? wanted["include"]?.array
            if let names = only?.compactMap(\.string) {
                payload = .object(Value.Object((payload.object ?? .init()).filter { names.contains($0.0) }))
            }
        }
        return [
            "id": row["id"]?.string.flatMap { PointID(.string($0))?.value } ?? row["id"] ?? .null, "payload": payload,
            "vector": row["vector"] ?? .null,
        ]
    }

    private mutating func fetch(
        _ ids: [PointID], _ selection: VectorOperation.Selection
    ) async throws(StepError) -> [(String, Value)] {
        let texts = ids.map { Value.string($0.text) }
        let answer = try await ask(
            "SELECT \(columns(selection)) FROM \(table) WHERE \(names.id) = ANY($1::text[])", [.array(texts)])
        var found: [PointID: Value] = [:]
        for row in answer.rows {
            if let id = row["id"].flatMap({ PointID($0) }) { found[id] = point(row, selection) }
        }
        return [
            ("points", .array(ids.compactMap { found[$0] })),
            ("missing", .array(ids.filter { found[$0] == nil }.map(\.value))),
        ]
    }

    private mutating func scroll(_ scroll: VectorOperation.Scroll) async throws(StepError) -> [(String, Value)] {
        var condition = PGFilter(names, after: scroll.offset.map { [.string($0.text)] } ?? [])
        var text = try condition.condition(scroll.filter)
        // Numbers have up to 20 digits and UUIDs have 36 characters: the length orders the two, and numbers.
        let order = "length(\(names.id)), \(names.id) COLLATE \"C\""
        if scroll.offset != nil { text += " AND (\(order)) >= (length($1), $1)" }
        var by = order
        if let field = scroll.orderBy {
            let value =
                "\(names.payload) #> \("{\(field.split(separator: ".").joined(separator: ","))}".quotedLiteral)"
            // Points without a number or a text there are left out, as Qdrant leaves out what its index does not hold.
            text += " AND jsonb_typeof(\(value)) IN ('number', 'string')"
            by = "\(value), \(order)"
        }
        let answer = try await ask(
            "SELECT \(columns(scroll.selection)) FROM \(table) WHERE \(text) ORDER BY \(by) "
                + "LIMIT \(scroll.limit + 1)", condition.parameters)
        let points = answer.rows.map { point($0, scroll.selection) }
        // Another page of such an order begins with a value, not with a point.
        let hasMore = points.count > scroll.limit && scroll.orderBy == nil
        let next = hasMore ? points[scroll.limit]["id"] ?? .null : .null
        return [("points", .array(Array(points.prefix(scroll.limit)))), ("next", next)]
    }

    // MARK: Searching

    private mutating func search(_ search: VectorOperation.Search) async throws(StepError) -> [(String, Value)] {
        var source = QuerySource(search.queries)
        let distance = try await distance(search.using)
        guard search.isBatch else {
            guard let query = try source.next(1).first else { return [("hits", [])] }
            let begun = Instant.now
            let hits = try await hits(query, search, distance, limit: search.limit, isExact: search.exact ?? false)
            guard let depth = search.recallAt else { return [("hits", .array(hits))] }
            measured = Instant.now - begun
            let exact = try await self.hits(query, search, distance, limit: depth, isExact: true)
            let recall = try Recall(at: depth).of(hits, exact: exact)
            return [("hits", .array(hits)), ("recall", .number(recall)), ("recalls", [.number(recall)])]
        }
        var results: [Value] = []
        var recalls: [Double] = []
        var time = Duration.zero
        while let query = try source.next(1).first {
            let begun = Instant.now
            let limit = search.recallAt ?? search.limit
            let found = try await hits(query, search, distance, limit: limit, isExact: search.exact ?? false)
            time += Instant.now - begun
            guard let depth = search.recallAt else {
                results.append(["hits": .array(found)])
                continue
            }
            let exact = try await hits(query, search, distance, limit: depth, isExact: true)
            recalls.append(try Recall(at: depth).of(found, exact: exact))
        }
        guard search.recallAt != nil else { return [("results", .array(results))] }
        measured = time
        guard !recalls.isEmpty else {
            throw StepError(.protocol, "there is no query to take the recall of", phase: "request")
        }
        return [
            ("recall", .number(recalls.reduce(0, +) / Double(recalls.count))),
            ("recalls", .array(recalls.map { .number($0) })),
        ]
    }

    /// The nearest points, best first.
    private mutating func hits(
        _ query: VectorOperation.Query, _ search: VectorOperation.Search, _ distance: Distance, limit: Int,
        isExact: Bool
    ) async throws(StepError) -> [Value] {
        let column = names.column(search.using)
        let wanted: String
        let parameter: Value
        var excluded = ""
        switch query {
        case .vector(.dense(let numbers)):
            var bytes: [UInt8] = []
            VectorData.append(numbers, to: &bytes)
            parameter = .string(String(decoding: bytes, as: UTF8.self))
            wanted = "$1::vector"
        case .point(let id):
            parameter = .string(id.text)
            wanted = "(SELECT \(column) FROM \(table) WHERE \(names.id) = $1)"
            excluded = " AND \(names.id) <> $1"
        case .vector: throw StepError(.rejected, "pgvector searches dense vectors only", phase: "request")
        }
        var condition = PGFilter(names, after: [parameter])
        let filter = try condition.condition(search.filter)
        guard let sign = distance.pgOperator else {
            throw StepError(
                .rejected, "pgvector has no distance '\(distance.rawValue)' in every version", phase: "request")
        }
        let apart = "\(column) \(sign) \(wanted)"
        var text = "SELECT \(columns(search.selection)), \(distance.score(apart)) AS score FROM \(table) "
        text += "WHERE \(column) IS NOT NULL AND \(filter)\(excluded)"
        if let threshold = search.scoreThreshold {
            text += " AND \(distance.score(apart)) \(distance.largerIsNearer ? ">=" : "<=") \(threshold)"
        }
        text += " ORDER BY \(apart) LIMIT \(limit) OFFSET \(search.offset ?? 0)"
        let settings = try Self.settings(search.params, isExact: isExact)
        if !settings.isEmpty { _ = try await ask("BEGIN") }
        for setting in settings { _ = try await ask(setting) }
        let rows = try await ask(text, condition.parameters).rows
        let shown = statement
        if !settings.isEmpty { _ = try await ask("COMMIT") }
        statement = shown
        var hits: [Value] = []
        for (place, row) in rows.enumerated() {
            guard let score = row["score"], score.number != nil else {
                throw StepError(
                    .protocol, "hit \(place) has a score that is no number", phase: "body",
                    hint: "a vector of zeros has no cosine: look at the query and at the point")
            }
            let known = point(row, search.selection)
            hits.append([
                "id": known["id"] ?? .null, "score": score, "payload": known["payload"] ?? .null,
                "vector": known["vector"] ?? .null,
            ])
        }
        return hits
    }

    /// What holds for one search: no index for an exact one, else what its parameters say.
    private static func settings(_ params: [UInt8]?, isExact: Bool) throws(StepError) -> [String] {
        if isExact { return ["SET LOCAL enable_indexscan = off"] }
        guard let params, let object = (try? JSON.parse(params))?.value.object else { return [] }
        let known = ["hnsw_ef": "hnsw.ef_search", "ef_search": "hnsw.ef_search", "probes": "ivfflat.probes"]
        var settings: [String] = []
        for (name, value) in object {
            guard let setting = known[name], let number = value.number.flatMap({ Int(exactly: $0) }) else {
                throw StepError(
                    .rejected, "pgvector has no search parameter '\(name.prefix(40))'", phase: "request",
                    hint: "it has 'hnsw_ef' and 'probes'")
            }
            settings.append("SET LOCAL \(setting) = \(number)")
        }
        return settings
    }
}
