/// The form of a snapshot: a line that tells what the collection is, a line for each point, a line with their number.
extension VectorCollection {
    private static let format = 1

    /// Writes the collection to a new file.
    ///
    /// - Returns: the file's size in bytes.
    func write(to path: String) throws(VectorError) -> Int {
        var file = try SnapshotWriter(path)
        let config = settings.json
        let schema = indexes.sorted { $0.key < $1.key }.map { JSON.Member(key: $0.key, value: .string($0.value)) }
        try file.line([
            "plumb_snapshot": .integer(Self.format), "vectors": config["params"]?["vectors"] ?? .object([]),
            "sparse_vectors": config["params"]?["sparse_vectors"] ?? .object([]),
            "hnsw_config": config["hnsw_config"] ?? .null, "optimizers_config": config["optimizer_config"] ?? .null,
            "strict_mode_config": config["strict_mode_config"] ?? .null, "payload_schema": .object(schema),
        ])
        let all = PointFields(["with_payload": true, "with_vector": true], payloadByDefault: true)
        for row in ids.indices where ids[row] != nil { try file.line(record(row, all)) }
        try file.line(["points": .integer(rows.count)])
        try file.flush()
        return file.size
    }

    /// Makes a collection of a snapshot's file, all of it or none.
    static func restored(from path: String, breaks: Set<SandboxBreak>) async throws -> VectorCollection {
        let file = try SnapshotReader(path)
        guard let head = try file.line(), head["plumb_snapshot"]?.integer == format else {
            throw VectorError.bad("the file is no snapshot of this store")
        }
        let collection = VectorCollection(try CollectionSettings(head), breaks: breaks)
        if case .object(let schema)? = head["payload_schema"] {
            for field in schema { _ = await collection.addIndex(field.key, type: field.value.string ?? "keyword") }
        }
        var batch: [Point] = []
        while let line = try file.line() {
            if let count = line["points"]?.integer {
                _ = try await collection.upsert(batch)
                guard try await collection.count(nil) == count else {
                    throw VectorError.bad("the snapshot has not all of its points")
                }
                return collection
            }
            batch.append(try Point(line))
            if batch.count == 256 {
                _ = try await collection.upsert(batch)
                batch = []
            }
        }
        throw VectorError.bad("the snapshot was cut short")
    }
}

extension VectorCollection.Point {
    /// Reads a point as requests and snapshots have it.
    init(_ json: JSON) throws(VectorError) {
        guard let id = json["id"], let vector = json["vector"] else {
            throw .format("missing field `\(json["id"] == nil ? "id" : "vector")`")
        }
        try self.init(id, vector, json["payload"])
    }

    init(_ id: JSON, _ vector: JSON, _ payload: JSON?) throws(VectorError) {
        guard let key = PointKey(id) else { throw .badID(id) }
        let payload = payload ?? .object([])
        self.init(
            id: key, vector: vector.isNull ? .named([]) : try StoredVector(vector),
            payload: payload.isNull ? .object([]) : payload)
    }
}
