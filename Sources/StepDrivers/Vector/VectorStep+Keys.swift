internal import ScenarioSyntax

extension VectorStep {
    /// The keys of a `vector` mapping.
    static let table = KeyTable(
        name: "vector", summary: "One operation on a collection of vectors.",
        keys: [
            Key("search", .text, "Finds the points of this collection that are nearest to a vector, or to several."),
            Key("upsert", .text, "Writes points into this collection, in batches; a point of the same id is replaced."),
            Key("fetch", .text, "Reads points of this collection by their ids."),
            Key("count", .text, "Counts the points of this collection."),
            Key("scroll", .text, "Reads the points of this collection page by page, in the order of their ids."),
            Key("delete", .text, "Removes points from this collection, by `ids` or by `filter`."),
            Key("create", .text, "Makes this collection; it must not be there."),
            Key("drop", .text, "Removes this collection; it must be there."),
            Key("describe", .text, "Tells what this collection is: points, size, distance, indexes."),
            Key("index", .text, "Builds an index of this collection and waits until it is ready."),
            Key("list", .choice(["true"]), "Tells all collections and aliases."),
            Key("alias", .map(.oneOf([.text, .null])), "Gives collections other names; null takes a name away."),
            Key(
                "vector", .any,
                "The query: a list of numbers, `{indices, values}`, an id, or an answer with one embedding."),
            Key(
                "vectors", .any,
                "Several of them: a list, an answer with embeddings, or `{file: PATH}` (.npy, .jsonl). "
                    + "With `create` the named vectors: `{NAME: {size, distance}}`."),
            Key("using", .text, "The name of the vector that is searched."),
            Key("limit", .template(.integer), default: "10", "The most points that come back."),
            Key("offset", .any, "How many hits are passed over; with `scroll` the id of the first."),
            Key("filter", .any, "Which points count, in Qdrant's form: `must`, `should`, `must_not`, `min_should`."),
            Key("score_threshold", .template(.number), "The worst score of a hit."),
            Key("exact", .template(.boolean), "Compares with every point; with `count`, counts every one."),
            Key("with_payload", .any, default: "true", "Whether payloads come back, or which of their fields."),
            Key("with_vectors", .any, default: "false", "Whether vectors come back, or which of the named."),
            Key("points", .any, "The points, `[{id, vector, payload}]`, or `{file: PATH}` (.jsonl, .npy)."),
            Key("ids", .any, "Ids: integers from 0 to 2^64-1, or UUIDs."),
            Key("payloads", .any, "The payload of each point, in the order of `ids`."),
            Key("first_id", .template(.integer), default: "0", "The id of the first row of a .npy file."),
            Key("size", .template(.integer), "The dimension: of the collection to create, else what is to be sent."),
            Key("distance", .choice(Distance.allCases.map(\.rawValue)), default: "cosine", "How nearness is measured."),
            Key("sparse", .list(.text), "The names of the sparse vectors of a collection to create."),
            Key(
                "params", .any,
                "Search: `hnsw_ef`, `indexed_only`, …; create: `hnsw_config`, …; index: `m`, `ef_construct`, or the "
                    + "parameters of a payload index. They are passed on."),
            Key("recall", .table { recall }, "Runs the queries exactly too, and compares."),
            Key("field", .text, "The payload field that is indexed; left out: the vectors are."),
            Key(
                "type", .choice(["keyword", "integer", "float", "bool", "geo", "datetime", "text", "uuid"]),
                default: "keyword", "What the payload field holds."),
            Key("remove", .template(.boolean), default: "false", "Removes the index instead."),
            Key("order_by", .text, "The payload field that orders a scroll; it needs an index."),
            Key("batch", .template(.integer), default: "256", "How many points are sent at once."),
        ],
        foreign: [
            "collection": "search", "query": "search", "insert": "upsert", "put": "upsert", "add": "upsert",
            "get": "fetch", "retrieve": "fetch", "remove_points": "delete", "info": "describe", "top": "limit",
            "k": "limit", "top_k": "limit", "where": "filter", "threshold": "score_threshold",
            "with_vector": "with_vectors", "include_vectors": "with_vectors", "payload": "with_payload",
            "dimension": "size", "dimensions": "size", "dim": "size", "metric": "distance", "embedding": "vector",
            "embeddings": "vectors", "name": "using", "schema": "type", "batch_size": "batch",
        ])

    /// What `recall` compares.
    static let recall = KeyTable(
        name: "recall", summary: "Compares a search with the exact one.",
        keys: [Key("k", .template(.integer), required: true, "How many of the nearest are compared.")],
        foreign: ["at": "k", "limit": "k"])

    /// A vector of a collection to create.
    static let namedVector = KeyTable(
        name: "named vector", summary: "A vector that points of the collection have under a name.",
        keys: [
            Key("size", .template(.integer), required: true, "Its dimension."),
            Key("distance", .choice(Distance.allCases.map(\.rawValue)), default: "cosine", "How nearness is measured."),
        ], foreign: ["dimension": "size", "dim": "size", "metric": "distance"])
}

/// How nearness is measured.
enum Distance: String, CaseIterable, Sendable {
    case cosine, dot, euclid, manhattan

    /// The name in Qdrant's API.
    var qdrantName: String {
        switch self {
        case .cosine: "Cosine"
        case .dot: "Dot"
        case .euclid: "Euclid"
        case .manhattan: "Manhattan"
        }
    }

    /// Whether a larger score is nearer.
    var largerIsNearer: Bool { self == .cosine || self == .dot }
}
