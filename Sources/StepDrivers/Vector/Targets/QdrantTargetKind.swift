internal import ScenarioModel
internal import ScenarioSyntax

/// What a configuration can say of a Qdrant server; an http step may name it too.
enum QdrantTargetKind {
    static let kind = TargetKind(name: "qdrant", keys: table, hasURL: true)

    static let table = KeyTable(
        name: "qdrant target", summary: "A Qdrant vector database, by its REST interface.",
        keys: [
            Key("url", .text, required: true, "Where its REST interface is, such as http://127.0.0.1:6333."),
            Key("api_key", .text, "The key that it asks for; keep it under `secrets`."),
            Key(
                "consistency", .oneOf([.integer, .choice(["majority", "quorum", "all"])]),
                "How many replicas must agree on what is read."),
            Key(
                "ordering", .choice(["weak", "medium", "strong"]), default: "weak",
                "Which guarantees the order of writes has."),
            Key("server_timeout", .duration, "How long the server may take for a request, in whole seconds."),
        ] + HTTPTargetKind.table.keys.filter { !["url", "cookies", "follow_redirects"].contains($0.name) },
        foreign: HTTPTargetKind.table.foreign.merging(
            [
                "key": "api_key", "apikey": "api_key", "token": "api_key", "host": "url",
                "wait_timeout": "server_timeout",
            ]
        ) { _, own in own })
}
