/// What a collection was made with, and what was changed of it since.
struct CollectionSettings: Sendable {
    /// The dense vectors by name; the one without a name is ''.
    var dense: [(name: String, size: Int, distance: VectorDistance)] = []
    var sparse: [String] = []
    /// Edges of a node in the index of the vectors; 0 means that there is none.
    var edges = 16
    var construction = 100
    /// From how many KiB of vectors on there is an index.
    var indexingThreshold = 10_000
    /// Whether a filter may look at fields without an index.
    var allowsUnindexedFilters = true
    var isStrict = false

    init(_ body: JSON) throws(VectorError) {
        if let vectors = body["vectors"], !vectors.isNull {
            if vectors["size"] != nil {
                dense = [try Self.vector("", vectors)]
            } else if case .object(let members) = vectors {
                for member in members { dense.append(try Self.vector(member.key, member.value)) }
            } else {
                throw .format("data did not match any variant of untagged enum VectorsConfig")
            }
        }
        if case .object(let members)? = body["sparse_vectors"] { sparse = members.map(\.key) }
        try change(body)
    }

    /// Takes over what a change says.
    mutating func change(_ body: JSON) throws(VectorError) {
        if let graph = body["hnsw_config"] {
            edges = graph["m"]?.integer ?? edges
            if let beam = graph["ef_construct"]?.integer {
                guard beam >= 4 else {
                    throw VectorError(
                        status: 422,
                        message:
                            "Validation error in JSON body: [hnsw_config.ef_construct: value \(beam) invalid, must be 4 or larger]"
                    )
                }
                construction = beam
            }
        }
        for key in ["optimizers_config", "optimizer_config"] {
            indexingThreshold = body[key]?["indexing_threshold"]?.integer ?? indexingThreshold
        }
        if let strict = body["strict_mode_config"], !strict.isNull {
            isStrict = strict["enabled"]?.bool ?? isStrict
            allowsUnindexedFilters = strict["unindexed_filtering_retrieve"]?.bool ?? allowsUnindexedFilters
        }
    }

    private static func vector(
        _ name: String, _ json: JSON
    ) throws(VectorError) -> (name: String, size: Int, distance: VectorDistance) {
        guard let size = json["size"]?.integer else { throw .format("missing field `size`") }
        guard (1...65_536).contains(size) else {
            throw VectorError(
                status: 422,
                message: "Validation error in JSON body: [vectors.size: value \(size) invalid, must be from 1 to 65536]"
            )
        }
        guard let word = json["distance"]?.string else { throw .format("missing field `distance`") }
        guard let distance = VectorDistance(rawValue: word) else {
            throw .format("unknown variant `\(word)`, expected one of `Cosine`, `Euclid`, `Dot`, `Manhattan`")
        }
        return (name, size, distance)
    }

    /// The `config` of a description.
    var json: JSON {
        func vector(_ entry: (name: String, size: Int, distance: VectorDistance)) -> JSON {
            ["size": .integer(entry.size), "distance": .string(entry.distance.rawValue)]
        }
        let vectors: JSON =
            if let only = dense.first, only.name.isEmpty { vector(only) } else {
                .object(dense.map { JSON.Member(key: $0.name, value: vector($0)) })
            }
        var params: [JSON.Member] = [
            .init(key: "vectors", value: vectors), .init(key: "shard_number", value: 1),
            .init(key: "replication_factor", value: 1), .init(key: "write_consistency_factor", value: 1),
            .init(key: "on_disk_payload", value: false),
        ]
        if !sparse.isEmpty {
            let members = sparse.map { JSON.Member(key: $0, value: .object([])) }
            params.append(.init(key: "sparse_vectors", value: .object(members)))
        }
        return [
            "params": .object(params),
            "hnsw_config": [
                "m": .integer(edges), "ef_construct": .integer(construction), "full_scan_threshold": 10_000,
                "max_indexing_threads": 0, "on_disk": false,
            ],
            "optimizer_config": [
                "deleted_threshold": 0.2, "vacuum_min_vector_number": 1000, "default_segment_number": 1,
                "indexing_threshold": .integer(indexingThreshold), "flush_interval_sec": 5,
            ],
            "wal_config": ["wal_capacity_mb": 32, "wal_segments_ahead": 0],
            "strict_mode_config": [
                "enabled": .bool(isStrict), "unindexed_filtering_retrieve": .bool(allowsUnindexedFilters),
            ],
        ]
    }
}
