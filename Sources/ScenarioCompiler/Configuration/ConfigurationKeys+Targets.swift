public import ScenarioModel
public import ScenarioSyntax

extension ConfigurationKeys {
    /// The keys that every target has.
    static let common: [Key] = [
        Key("kind", .choice(TargetKindNames.names), "What it connects to."),
        Key("default", .boolean, default: "false", "Whether steps of this kind use it when they name no target."),
        Key("from", .identifier, "The target whose keys hold where this one writes none."),
        Key("timeout", .template(.duration), "The time-out of one attempt through it."),
        Key("retry", .table { retry }, "The rules of retrying through it."),
        Key("rate_limit", .template(.rate), "How many attempts may start per second, such as 100/s."),
        Key("max_connections", .template(.integer), "How many connections may be open at once."),
        Key("pool", .table { pool }, "The connection pool, where the kind has one."),
    ]

    /// `pool` of a target.
    public static let pool = KeyTable(
        name: "pool", summary: "A pool of connections.",
        keys: [
            Key("size", .template(.integer), "Connections that are kept."),
            Key("max_overflow", .template(.integer), "Connections beyond the size that may be open for a while."),
            Key("timeout", .template(.duration), "How long to wait for a connection when all are in use."),
        ])

    /// The keys of a target of any kind: the common ones, and those of every kind that has a driver.
    ///
    /// A kind whose driver comes later may have keys that the table does not know.
    public static func target(_ kinds: [any StepKind]) -> KeyTable {
        let drivers = kinds.flatMap(\.targetKinds)
        var keys = common
        for key in drivers.flatMap(\.keys.keys) where !keys.contains(where: { $0.name == key.name }) {
            // What one kind requires another does not have.
            keys.append(Key(key.name, key.shape, default: key.defaultText, key.doc))
        }
        return KeyTable(name: "target", summary: "A connection: its kind, and the keys of that kind.", keys: keys)
    }

    /// The keys of a target of one kind.
    public static func target(of kind: TargetKind) -> KeyTable {
        let own = kind.keys.keys.map { $0.name }
        return KeyTable(
            name: "\(kind.name) target", summary: kind.keys.summary,
            keys: common.filter { !own.contains($0.name) } + kind.keys.keys,
            foreign: kind.keys.foreign.merging(foreign) { own, _ in own })
    }

    private static let foreign = [
        "type": "kind", "driver": "kind", "extends": "from", "base_url": "url", "endpoint": "url", "address": "url",
        "timeout_seconds": "timeout", "retries": "retry", "rate": "rate_limit",
    ]

    /// The options of the sandbox, which its own program explains in full.
    public static let sandbox = KeyTable(
        name: "sandbox", summary: "How the embedded services behave.",
        keys: [
            Key("seed", .integer, "The seed of all that is left to chance."),
            Key("api_key", .text, "The key that the gateway asks for."),
            Key("replicas", .integer, "How many servers stand behind each model."),
            Key("models", .list(.identifier), "The models that are served."),
            Key("latency", .duration, "The pause before an answer."),
            Key("token_latency", .duration, "The pause between two tokens."),
            Key("jitter", .number, "The share of the pauses, from 0 to 1, that is left to chance."),
            Key("failure_rate", .number, "The share of requests, from 0 to 1, that fail."),
            Key("rate_limit", .rate, "How many requests the gateway takes, such as 100/s."),
        ])
}
