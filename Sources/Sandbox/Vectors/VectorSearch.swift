/// A search as it was asked for, checked.
struct VectorSearch: Sendable {
    enum Query: Sendable {
        case vector(StoredVector)
        case point(PointKey)
        /// No query: points in the order of their ids.
        case order
        /// The hits of the searches before become one list.
        case fusion(ScoreFusion)
    }

    var query: Query
    var using: String
    var filter: PayloadFilter?
    var limit: Int
    var offset: Int
    var threshold: Float?
    var isExact: Bool
    var fields: PointFields
    /// Searches that come first; the query is then put to what they found.
    var prefetch: [VectorSearch] = []

    /// How deep searches may stand in searches.
    private static let mostLevels = 16

    init(_ body: JSON, level: Int = 0) throws(VectorError) {
        guard case .object = body else { throw .format("a query is no object") }
        for key in ["lookup_from", "shard_key"] where body[key]?.isNull == false {
            throw .unsupported("`\(key)`")
        }
        if let written = body["prefetch"], !written.isNull {
            guard level < Self.mostLevels else { throw .bad("prefetches stand more than \(level) levels deep") }
            for entry in written.array ?? [written] {
                prefetch.append(try VectorSearch(entry, level: level + 1))
            }
        }
        query = try Self.query(body["query"])
        using = body["using"]?.string ?? ""
        filter = try body.filter()
        limit = try body.count("limit", atLeast: 1) ?? 10
        offset = try body.count("offset", atLeast: 0) ?? 0
        threshold = body["score_threshold"]?.double.map { Float($0) }
        isExact = body["params"]?["exact"]?.bool ?? false
        fields = PointFields(body, payloadByDefault: false)
        switch query {
        case .fusion where prefetch.isEmpty: throw .bad("cannot apply Fusion without prefetches")
        case .order where !prefetch.isEmpty:
            throw .bad(
                "A query is needed to merge the prefetches. Can't have prefetches without defining a query.")
        default: break
        }
    }

    private static func query(_ json: JSON?) throws(VectorError) -> Query {
        guard let json, !json.isNull else { return .order }
        if let nearest = json["nearest"] { return try query(nearest) }
        if let fusion = try ScoreFusion(json) { return .fusion(fusion) }
        if let id = PointKey(json) { return .point(id) }
        if case .object(let members) = json, json["indices"] == nil {
            throw .unsupported("queries of '\(members.first?.key ?? "")'")
        }
        return .vector(try StoredVector(json))
    }
}

/// Points that something is done to.
enum PointSelection: Sendable {
    case ids([PointKey])
    case filter(PayloadFilter)

    init(_ body: JSON) throws(VectorError) {
        if let ids = body["points"] {
            self = .ids(try ids.keys())
        } else if let filter = try body.filter() {
            self = .filter(filter)
        } else {
            throw .format("data did not match any variant of untagged enum PointsSelector")
        }
    }
}

/// What comes back of each point.
struct PointFields: Sendable {
    enum Payload: Sendable {
        case all
        case none
        case only([String])
        case but([String])

        /// The part of a payload that comes back; nil for none.
        func of(_ payload: JSON) -> JSON? {
            guard case .object(let members) = payload else {
                if case .none = self { return nil }
                return .object([])
            }
            return switch self {
            case .all: payload
            case .none: nil
            case .only(let names): .object(members.filter { names.contains($0.key) })
            case .but(let names): .object(members.filter { !names.contains($0.key) })
            }
        }
    }

    enum Vectors: Sendable, Equatable {
        case all
        case none
        case only([String])

        func has(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .none: false
            case .only(let names): names.contains(name)
            }
        }
    }

    var payload: Payload
    var vectors: Vectors

    init(_ body: JSON, payloadByDefault: Bool) {
        switch body["with_payload"] {
        case .bool(let flag)?: payload = flag ? .all : .none
        case .array(let names)?: payload = .only(names.compactMap(\.string))
        case .some(let selector) where selector["include"]?.array != nil:
            payload = .only(selector["include"]?.array?.compactMap(\.string) ?? [])
        case .some(let selector) where selector["exclude"]?.array != nil:
            payload = .but(selector["exclude"]?.array?.compactMap(\.string) ?? [])
        default: payload = payloadByDefault ? .all : .none
        }
        switch body["with_vector"] ?? body["with_vectors"] {
        case .bool(true)?: vectors = .all
        case .array(let names)?: vectors = .only(names.compactMap(\.string))
        default: vectors = .none
        }
    }
}

extension JSON {
    /// The filter of a request.
    func filter() throws(VectorError) -> PayloadFilter? {
        guard let filter = self["filter"], !filter.isNull else { return nil }
        return try PayloadFilter(filter)
    }

    /// A number of a request.
    func count(_ key: String, atLeast least: Int) throws(VectorError) -> Int? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let count = value.integer else { throw .format("invalid type for `\(key)`, expected usize") }
        guard (least...1_000_000).contains(count) else {
            throw VectorError(
                status: 422,
                message: "Validation error in JSON body: [\(key): value \(count) invalid, must be \(least) or larger]")
        }
        return count
    }

    /// The elements as ids.
    func keys() throws(VectorError) -> [PointKey] {
        guard let elements = array else { throw .format("expected a list of point ids") }
        var keys: [PointKey] = []
        for element in elements {
            guard let key = PointKey(element) else { throw .badID(element) }
            keys.append(key)
        }
        return keys
    }
}

extension VectorError {
    static func badID(_ json: JSON) -> Self {
        let text = String(decoding: json.encoded.prefix(60), as: UTF8.self)
        return .format("value \(text) is not a valid point ID, valid values are either an unsigned integer or a UUID")
    }
}
