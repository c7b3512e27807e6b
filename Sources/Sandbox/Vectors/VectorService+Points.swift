extension VectorService {
    /// Answers what stands below `/collections/NAME/points`.
    func points(_ collection: VectorCollection, _ rest: [String], _ request: Incoming) async throws -> JSON {
        switch (request.method, rest) {
        case ("PUT", []): return try await upsert(collection, try request.document())
        case ("POST", []):
            let body = try request.document()
            guard let ids = body["ids"] else { throw VectorError.format("missing field `ids`") }
            let fields = PointFields(body, payloadByDefault: true)
            return .array(try await collection.fetch(try ids.keys(), fields))
        case ("GET", let path) where path.count == 1:
            guard let id = PointKey(path: path[0][...]) else { throw VectorError.badID(.string(path[0])) }
            let all: JSON = ["with_payload": true, "with_vector": true]
            guard let record = try await collection.fetch([id], PointFields(all, payloadByDefault: true)).first else {
                throw VectorError(status: 404, message: "Not found: Point with id \(path[0]) does not exists!")
            }
            return record
        case ("POST", ["delete"]): return try await collection.delete(try PointSelection(try request.document()))
        case ("POST", ["count"]):
            return ["count": .integer(try await collection.count(try request.document().filter()))]
        case ("POST", ["scroll"]): return try await scroll(collection, try request.document())
        case ("POST", ["query"]):
            return ["points": .array(try await collection.search(try VectorSearch(try request.document())))]
        case ("POST", ["query", "batch"]): return try await searches(collection, try request.document())
        case ("POST", ["payload"]), ("PUT", ["payload"]):
            let body = try request.document()
            guard case .object(let members)? = body["payload"] else {
                throw VectorError.format("missing field `payload`")
            }
            return try await collection.changePayload(
                request.method == "POST" ? .merge(members) : .replace(members), of: try PointSelection(body))
        case ("POST", ["payload", "delete"]):
            let body = try request.document()
            let names = Set(body["keys"]?.array?.compactMap(\.string) ?? [])
            return try await collection.changePayload(.remove(names), of: try PointSelection(body))
        case ("POST", ["payload", "clear"]):
            return try await collection.changePayload(.clear, of: try PointSelection(try request.document()))
        default: throw VectorError(status: 404, message: "Not found: \(request.method) \(request.path)")
        }
    }

    private func upsert(_ collection: VectorCollection, _ body: JSON) async throws -> JSON {
        var points: [VectorCollection.Point] = []
        if let list = body["points"]?.array {
            points.reserveCapacity(list.count)
            for entry in list { points.append(try VectorCollection.Point(entry)) }
        } else if let batch = body["batch"], let ids = batch["ids"]?.array, let vectors = batch["vectors"]?.array {
            let payloads = batch["payloads"]?.array
            guard vectors.count == ids.count, payloads?.count ?? ids.count == ids.count else {
                throw VectorError.wrong("number of ids and vectors must be equal")
            }
            for place in ids.indices {
                points.append(try VectorCollection.Point(ids[place], vectors[place], payloads?[place]))
            }
        } else {
            throw VectorError.format("data did not match any variant of untagged enum PointInsertOperations")
        }
        return try await collection.upsert(points)
    }

    private func scroll(_ collection: VectorCollection, _ body: JSON) async throws -> JSON {
        var offset: PointKey?
        if let written = body["offset"], !written.isNull {
            guard let key = PointKey(written) else { throw VectorError.badID(written) }
            offset = key
        }
        if let written = body["order_by"], !written.isNull {
            guard offset == nil else {
                throw VectorError.wrong(
                    "Cannot use an `offset` when using `order_by`. The alternative for paging is to use "
                        + "`order_by.start_from` and a filter to exclude the IDs that you've already seen for the "
                        + "`order_by.start_from` value")
            }
            let found = try await collection.scroll(
                try body.filter(), by: try PointOrder(written), limit: try body.count("limit", atLeast: 1) ?? 10,
                PointFields(body, payloadByDefault: true))
            return ["points": .array(found), "next_page_offset": nil]
        }
        let page = try await collection.scroll(
            try body.filter(), from: offset, limit: try body.count("limit", atLeast: 1) ?? 10,
            PointFields(body, payloadByDefault: true))
        return ["points": .array(page.points), "next_page_offset": page.next?.json ?? .null]
    }

    private func searches(_ collection: VectorCollection, _ body: JSON) async throws -> JSON {
        guard let searches = body["searches"]?.array else { throw VectorError.format("missing field `searches`") }
        var answers: [JSON] = []
        for entry in searches {
            answers.append(["points": .array(try await collection.search(try VectorSearch(entry)))])
        }
        return .array(answers)
    }
}
