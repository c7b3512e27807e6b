internal import Expressions

extension QdrantRequest {
    /// A search of one query.
    static func search(_ query: VectorOperation.Query, _ search: VectorOperation.Search, in collection: String) -> Self
    {
        Self("POST", path(collection, "/points/query"), .reading, body: body(query, search, isExact: search.exact))
    }

    /// A search of several queries; `isExact` overrides what the search says.
    static func batch(
        _ queries: [VectorOperation.Query], _ search: VectorOperation.Search, isExact: Bool?, in collection: String
    ) -> Self {
        var bytes = Array("{\"searches\":[".utf8)
        for (index, query) in queries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += body(query, search, isExact: isExact)
        }
        bytes += "]}".utf8
        return Self("POST", path(collection, "/points/query/batch"), .reading, body: bytes)
    }

    private static func body(
        _ query: VectorOperation.Query, _ search: VectorOperation.Search, isExact: Bool?
    ) -> [UInt8] {
        var object = JSONObjectWriter()
        object.add("query") { bytes in
            switch query {
            case .point(let id): bytes += id.json.utf8
            case .vector(let vector): vector.append(to: &bytes)
            }
        }
        object.add("using", text: search.using)
        object.add("limit", search.limit)
        object.add("offset", search.offset)
        object.add("filter", search.filter)
        object.add("score_threshold", search.scoreThreshold.map { Value.number($0).json() })
        if isExact != nil || search.params != nil {
            var params = JSONObjectWriter()
            params.merge(search.params)
            params.add("exact", isExact)
            object.add("params", params.finish())
        }
        object.add("with_payload", search.selection.payload ?? Array("true".utf8))
        object.add("with_vector", search.selection.vectors)
        return object.finish()
    }

    /// A batch of points to write.
    static func upsert(_ body: [UInt8], in collection: String) -> Self {
        Self("PUT", path(collection, "/points"), .writing, body: body)
    }

    static func fetch(
        _ ids: some Collection<PointID>, _ selection: VectorOperation.Selection, in collection: String
    ) -> Self {
        var object = JSONObjectWriter()
        object.add("ids", list(ids))
        object.add("with_payload", selection.payload ?? Array("true".utf8))
        object.add("with_vector", selection.vectors)
        return Self("POST", path(collection, "/points"), .reading, body: object.finish())
    }

    static func count(_ filter: [UInt8]?, exact: Bool?, in collection: String) -> Self {
        var object = JSONObjectWriter()
        object.add("filter", filter)
        object.add("exact", exact ?? true)
        return Self("POST", path(collection, "/points/count"), .reading, body: object.finish())
    }

    static func scroll(_ scroll: VectorOperation.Scroll, in collection: String) -> Self {
        var object = JSONObjectWriter()
        object.add("limit", scroll.limit)
        object.add("offset", scroll.offset?.json)
        object.add("filter", scroll.filter)
        object.add("order_by", text: scroll.orderBy)
        object.add("with_payload", scroll.selection.payload ?? Array("true".utf8))
        object.add("with_vector", scroll.selection.vectors)
        return Self("POST", path(collection, "/points/scroll"), .reading, body: object.finish())
    }

    static func delete(_ points: VectorOperation.Points, in collection: String) -> Self {
        var object = JSONObjectWriter()
        switch points {
        case .ids(let ids): object.add("points", list(ids))
        case .filter(let filter): object.add("filter", filter)
        }
        return Self("POST", path(collection, "/points/delete"), .writing, body: object.finish())
    }

    /// The filter that selects what a deletion will remove, to count it.
    static func filter(of points: VectorOperation.Points) -> [UInt8] {
        switch points {
        case .filter(let filter): return filter
        case .ids(let ids): return Array("{\"must\":[{\"has_id\":".utf8) + list(Array(Set(ids))) + Array("}]}".utf8)
        }
    }

    static func create(_ creation: VectorOperation.Creation, _ collection: String) -> Self {
        var object = JSONObjectWriter()
        func params(_ size: Int, _ distance: Distance) -> String {
            "{\"size\":\(size),\"distance\":\"\(distance.qdrantName)\"}"
        }
        if let only = creation.vectors.first, only.name == nil {
            object.add("vectors", params(only.size, only.distance))
        } else if !creation.vectors.isEmpty {
            var vectors = JSONObjectWriter()
            for vector in creation.vectors { vectors.add(vector.name ?? "", params(vector.size, vector.distance)) }
            object.add("vectors", vectors.finish())
        }
        if !creation.sparse.isEmpty {
            var vectors = JSONObjectWriter()
            for name in creation.sparse { vectors.add(name, "{}") }
            object.add("sparse_vectors", vectors.finish())
        }
        object.merge(creation.params)
        return Self("PUT", path(collection), .common, body: object.finish())
    }

    static func describe(_ collection: String) -> Self { Self("GET", path(collection)) }
    static func drop(_ collection: String) -> Self { Self("DELETE", path(collection), .common) }
    static var collections: Self { Self("GET", "/collections") }
    static var aliases: Self { Self("GET", "/aliases") }

    static func alias(_ changes: [(name: String, collection: String?)]) -> Self {
        var actions: [String] = []
        for change in changes {
            let name = Value.string(change.name).json()
            if let collection = change.collection {
                let target = Value.string(collection).json()
                actions.append("{\"create_alias\":{\"alias_name\":\(name),\"collection_name\":\(target)}}")
            } else {
                actions.append("{\"delete_alias\":{\"alias_name\":\(name)}}")
            }
        }
        return Self(
            "POST", "/collections/aliases", .common,
            body: Array("{\"actions\":[\(actions.joined(separator: ","))]}".utf8))
    }

    /// Builds or removes an index; that of the vectors is built by leave and removed by having no edges.
    static func index(_ change: VectorOperation.IndexChange, in collection: String) -> Self {
        guard let field = change.field else {
            var object = JSONObjectWriter()
            if change.removes {
                object.add("hnsw_config", "{\"m\":0}")
            } else {
                var graph = JSONObjectWriter()
                graph.merge(change.params ?? Array("{\"m\":16}".utf8))
                object.add("hnsw_config", graph.finish())
                object.add("optimizers_config", "{\"indexing_threshold\":1}")
            }
            return Self("PATCH", path(collection), .common, body: object.finish())
        }
        if change.removes {
            return Self(
                "DELETE", path(collection, "/index/" + PercentEncoding.component(field)), .writing)
        }
        var object = JSONObjectWriter()
        object.add("field_name", text: field)
        if let params = change.params {
            var schema = JSONObjectWriter()
            schema.add("type", text: change.type)
            schema.merge(params)
            object.add("field_schema", schema.finish())
        } else {
            object.add("field_schema", text: change.type)
        }
        return Self("PUT", path(collection, "/index"), .writing, body: object.finish())
    }

    private static func list(_ ids: some Collection<PointID>) -> [UInt8] {
        Array("[".utf8) + Array(ids.map(\.json).joined(separator: ",").utf8) + Array("]".utf8)
    }
}
