public import ScenarioModel
public import ScenarioSyntax

/// The `vector` step: one operation on a collection of vectors.
///
/// ```yaml
/// vector: { search: articles, vector: [0.1, 0.7, 0.2], limit: 3 }
/// ```
public struct VectorStep: StepKind {
    /// Creates the kind.
    public init() {}

    public var name: String { "vector" }
    public var keys: KeyTable { Self.table }
    public var targetKinds: [TargetKind] { [QdrantTargetKind.kind, PGVectorTargetKind.kind] }
    public var resultFields: [ResultField] {
        var names: Set<String> = []
        return VectorVerb.allCases.flatMap { Self.fields(of: $0, isBatch: false) + Self.fields(of: $0, isBatch: true) }
            .filter { names.insert($0.name).inserted }
    }

    /// The members of an operation's result.
    static func fields(of verb: VectorVerb, isBatch: Bool, hasRecall: Bool = true) -> [ResultField] {
        switch verb {
        case .search:
            let recall = [
                ResultField("recall", "With `recall`: the share of the exact nearest that the search found, its mean."),
                ResultField("recalls", "With `recall` and `vectors`: the recall of each query."),
            ]
            let answers =
                isBatch
                ? [ResultField("results", "With `vectors`: a `{hits}` for each query; not kept with `recall`.")]
                : [ResultField("hits", "The nearest points, best first: `[{id, score, payload, vector}]`.")]
            return answers + (hasRecall ? recall : []) + [serverTime]
        case .upsert, .delete:
            return [ResultField("affected", "How many points were written or removed, once searchable."), serverTime]
        case .fetch:
            return [
                ResultField("points", "The points, in the order asked for: `[{id, payload, vector}]`."),
                ResultField("missing", "The ids that no point has."), serverTime,
            ]
        case .scroll:
            return [
                ResultField("points", "The points, in the order asked for: `[{id, payload, vector}]`."),
                ResultField("next", "Where the next page begins, for `offset`; null behind the last."), serverTime,
            ]
        case .count: return [ResultField("count", "How many points there are, or pass the filter."), serverTime]
        case .describe:
            return [
                ResultField("points", "How many points the collection has."),
                ResultField("size", "The dimension of its vectors; null where it has several or none."),
                ResultField("distance", "`cosine`, `dot`, `euclid` or `manhattan`.", isText: true),
                ResultField("status", "`green`: ready; `yellow`: still at work.", isText: true),
                ResultField("indexed", "How many vectors are in the index."),
                ResultField("vectors", "Its named vectors: `{NAME: {size, distance}}`."),
                ResultField("sparse", "The names of its sparse vectors."),
                ResultField("indexes", "Its payload indexes: `{FIELD: {type, points}}`."), serverTime,
            ]
        case .list:
            return [
                ResultField("collections", "The names of all collections, sorted.", isText: true),
                ResultField("aliases", "The collection of each alias.", isText: true), serverTime,
            ]
        case .create: return [ResultField("created", "true."), serverTime]
        case .drop: return [ResultField("dropped", "true."), serverTime]
        case .alias: return [ResultField("aliases", "The collection of each alias.", isText: true), serverTime]
        case .index: return [ResultField("indexed", "How many vectors or payloads are in the index."), serverTime]
        }
    }

    private static let serverTime = ResultField("server_ms", "How long the server says that it took.")
}

/// The operations, each named by the key that holds its collection.
enum VectorVerb: String, CaseIterable, Sendable {
    case search, upsert, fetch, count, scroll, delete, create, drop, describe, index, list, alias

    /// The keys that have a meaning with it, beside its own.
    var keys: Set<String> {
        switch self {
        case .search:
            [
                "vector", "vectors", "using", "limit", "offset", "filter", "score_threshold", "exact", "with_payload",
                "with_vectors", "params", "recall", "size",
            ]
        case .upsert: ["points", "ids", "vectors", "payloads", "first_id", "size", "batch"]
        case .fetch: ["ids", "with_payload", "with_vectors"]
        case .count: ["filter", "exact"]
        case .scroll: ["filter", "limit", "offset", "order_by", "with_payload", "with_vectors"]
        case .delete: ["ids", "filter"]
        case .create: ["size", "distance", "vectors", "sparse", "params"]
        case .index: ["field", "type", "params", "remove"]
        case .drop, .describe, .list, .alias: []
        }
    }

    /// Whether a lost answer may be asked for again without harm.
    var isIdempotent: Bool {
        switch self {
        case .search, .fetch, .count, .scroll, .describe, .list, .upsert, .delete, .index: true
        case .create, .drop, .alias: false
        }
    }
}
