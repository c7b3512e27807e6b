internal import Diagnostics
internal import Expressions
internal import ScenarioModel

/// Carries out one operation on a server of Qdrant, in as many requests as it takes.
struct QdrantRun {
    let endpoint: QdrantEndpoint
    let collection: String
    /// Hears how many points are written.
    let onProgress: (@Sendable (StepProgress) -> Void)?

    /// The last exchange.
    var last: QdrantAnswer?
    var requests = 0
    var serverMilliseconds: Double?
    /// How long what the step is about took, where the attempt did more than that.
    var measured: Duration?
    var notes: [String] = []
    /// Members of the result that are known although the operation failed.
    var fieldsSoFar: [(String, Value)] = []

    /// How many queries or ids go into one request.
    static let chunk = 64
    /// How many batches of points are on their way at once.
    static let batchesInFlight = 4
    /// How many more are made ready meanwhile.
    static let batchesAhead = 3

    init(endpoint: QdrantEndpoint, collection: String, onProgress: (@Sendable (StepProgress) -> Void)? = nil) {
        self.endpoint = endpoint
        self.collection = collection
        self.onProgress = onProgress
    }

    /// Does it.
    ///
    /// - Returns: The members of the result.
    /// - Throws: The first error; what was done before stays done, and ``fieldsSoFar`` tells how much it is.
    mutating func perform(_ operation: VectorOperation) async throws(StepError) -> [(String, Value)] {
        switch operation {
        case .search(let search): return try await self.search(search)
        case .upsert(let upsert): return [("affected", Value(try await self.upsert(upsert)))]
        case .fetch(let ids, let selection): return try await fetch(ids, selection)
        case .count(let filter, let exact):
            return [("count", try await count(filter, exact: exact))]
        case .scroll(let scroll):
            let page = try await ask(.scroll(scroll, in: collection))
            let points = try Self.list(page["points"], "points").map { Self.point($0) }
            return [("points", .array(points)), ("next", page["next_page_offset"] ?? .null)]
        case .delete(let points):
            // Qdrant does not tell how many it removes.
            let affected = try await count(QdrantRequest.filter(of: points), exact: true)
            try Self.checkCompleted(try await ask(.delete(points, in: collection)))
            return [("affected", affected)]
        case .create(let creation):
            _ = try await ask(.create(creation, collection))
            return [("created", true)]
        case .drop:
            // Qdrant answers 200 with false where there was nothing to drop.
            guard try await ask(.drop(collection)).bool != false else {
                throw QdrantAnswer.rejected(404, "Collection `\(collection)` doesn't exist!")
            }
            return [("dropped", true)]
        case .describe: return CollectionDescription(try await ask(.describe(collection))).fields
        case .list: return try await list()
        case .alias(let changes):
            _ = try await ask(.alias(changes))
            return [("aliases", try await aliases())]
        case .index(let change): return [("indexed", try await index(change))]
        }
    }

    /// Sends a request and gives the `result` of its answer.
    mutating func ask(_ request: QdrantRequest) async throws(StepError) -> Value {
        try take(await endpoint.send(request))
    }

    mutating func take(_ answer: QdrantAnswer) throws(StepError) -> Value {
        last = answer
        requests += 1
        if let time = answer.serverMilliseconds { serverMilliseconds = (serverMilliseconds ?? 0) + time }
        if let error = answer.error { throw error }
        return answer.result
    }

    // MARK: Reading

    private mutating func count(_ filter: [UInt8]?, exact: Bool?) async throws(StepError) -> Value {
        let result = try await ask(.count(filter, exact: exact, in: collection))
        guard let count = result["count"], count.number != nil else { throw Self.missing("count") }
        return count
    }

    private mutating func fetch(
        _ ids: [PointID], _ selection: VectorOperation.Selection
    ) async throws(StepError) -> [(String, Value)] {
        var found: [PointID: Value] = [:]
        var rest = ids[...]
        while !rest.isEmpty {
            let result = try await ask(.fetch(rest.prefix(1000), selection, in: collection))
            rest = rest.dropFirst(1000)
            for record in try Self.list(result, "result") {
                guard let id = record["id"].flatMap({ PointID($0) }) else { throw Self.missing("id") }
                found[id] = Self.point(record)
            }
        }
        return [
            ("points", .array(ids.compactMap { found[$0] })),
            ("missing", .array(ids.filter { found[$0] == nil }.map(\.value))),
        ]
    }

    private mutating func list() async throws(StepError) -> [(String, Value)] {
        let result = try await ask(.collections)
        let names = try Self.list(result["collections"], "collections").compactMap { $0["name"]?.string }.sorted()
        return [("collections", .array(names.map { .string($0) })), ("aliases", try await aliases())]
    }

    private mutating func aliases() async throws(StepError) -> Value {
        let result = try await ask(.aliases)
        let found = try Self.list(result["aliases"], "aliases").compactMap { alias -> (String, Value)? in
            guard let name = alias["alias_name"]?.string, let target = alias["collection_name"] else { return nil }
            return (name, target)
        }
        return .object(Value.Object(found.sorted { $0.0 < $1.0 }))
    }

    // MARK: Values

    static func list(_ value: Value?, _ name: String) throws(StepError) -> [Value] {
        guard let list = value?.array else { throw missing(name) }
        return list
    }

    static func missing(_ name: String) -> StepError {
        StepError(
            .protocol, "the answer lacks '\(name)', or it is of another type", phase: "body",
            hint: "is this the REST interface of a Qdrant server?")
    }

    /// Writes with `wait` are told when they are done; anything else is not searchable yet.
    static func checkCompleted(_ result: Value) throws(StepError) {
        guard let status = result["status"]?.string else { throw missing("status") }
        guard status == "completed" else {
            throw StepError(
                .rejected, "the server took the points, and they are not searchable yet: '\(status.prefix(40))'",
                phase: "body", hint: "give it longer with 'server_timeout' of the target")
        }
    }

    static func point(_ record: Value) -> Value {
        ["id": record["id"] ?? .null, "payload": record["payload"] ?? .null, "vector": record["vector"] ?? .null]
    }
}

/// What a collection is, out of Qdrant's description.
struct CollectionDescription {
    let info: Value

    init(_ info: Value) { self.info = info }

    var points: Value { info["points_count"] ?? .null }
    var indexed: Value { info["indexed_vectors_count"] ?? .null }
    var status: String { info["status"]?.string ?? "" }

    /// The number of payloads in the index of a field; nil where there is no such index.
    func indexed(field: String) -> Value? { info["payload_schema"]?[field]?["points"] }

    var fields: [(String, Value)] {
        let params = info["config"]?["params"]
        let vectors = params?["vectors"]
        let isSingle = vectors?["size"]?.number != nil
        var named = Value.Object()
        if !isSingle {
            for (name, vector) in vectors?.object ?? .init() {
                named[name] = ["size": vector["size"] ?? .null, "distance": Self.distance(vector)]
            }
        }
        var indexes = Value.Object()
        for (field, index) in info["payload_schema"]?.object ?? .init() {
            indexes[field] = ["type": index["data_type"] ?? .null, "points": index["points"] ?? .null]
        }
        let sparse = params?["sparse_vectors"]?.object?.keys.sorted() ?? []
        return [
            ("points", points), ("size", isSingle ? vectors?["size"] ?? .null : .null),
            ("distance", isSingle ? vectors.map { Self.distance($0) } ?? .null : .null), ("status", .string(status)),
            ("indexed", indexed), ("vectors", .object(named)), ("sparse", .array(sparse.map { .string($0) })),
            ("indexes", .object(indexes)),
        ]
    }

    private static func distance(_ vector: Value) -> Value {
        guard let name = vector["distance"]?.string else { return .null }
        return .string(Distance.allCases.first { $0.qdrantName == name }?.rawValue ?? name)
    }
}
