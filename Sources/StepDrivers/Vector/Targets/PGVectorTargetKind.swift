internal import ScenarioModel
internal import ScenarioSyntax

/// What a configuration can say of tables with vectors: the server's own keys, and the names of the columns.
enum PGVectorTargetKind {
    static let kind = TargetKind(name: "pgvector", keys: table, hasURL: false, hasPool: true)

    static let table = KeyTable(
        name: "pgvector target", summary: "Tables of a PostgreSQL server that have vector columns.",
        keys: [
            Key("id_column", .text, default: "id", "The column of the ids, of type `text`."),
            Key("vector_column", .text, default: "vector", "The column of the vectors that have no name."),
            Key("payload_column", .text, default: "payload", "The column of the payloads, of type `jsonb`."),
            Key(
                "distance", .choice(["cosine", "dot", "euclid"]), default: "cosine",
                "The distance of tables that were made by others, and say none."),
        ] + PostgresTargetKind.table.keys,
        foreign: PostgresTargetKind.table.foreign)
}
