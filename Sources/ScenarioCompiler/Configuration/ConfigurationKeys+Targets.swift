public import ScenarioModel
public import ScenarioSyntax

extension ConfigurationKeys {
    /// The keys that every target has.
    static let common: [Key] = [
        Key("kind", .choice(TargetKindNames.names), "What it connects to."),
        Key("default", .boolean, default: "false", "Whether steps of this kind use it when they name no target."),
        Key("from", .identifier, "The target whose keys hold where this one writes none."),
        Key(
            "missing", .text,
            "Why it is not there; where this says nothing, it is. Scenarios that require it are skipped with the reason."
        ),
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
            Key("seed", .integer, default: "42", "The seed of everything that looks random."),
            Key("host", .text, default: "127.0.0.1", "The IPv4 address to listen on."),
            Key("port", .integer, default: "0", "The port of the gateway; 0 is a free one."),
            Key("admin_port", .integer, default: "0", "The port of the admin API; 0 is a free one."),
            Key("model_port", .integer, default: "0", "The port of the first replica, which the others follow."),
            Key("api_key", .text, "The key that the gateway wants as bearer token."),
            Key("models", .list(.identifier), "The models that are served."),
            Key("replicas", .integer, default: "2", "How many servers stand behind each model."),
            Key("latency", .duration, default: "5ms", "The time before the first token."),
            Key("token_latency", .duration, default: "1ms", "The time for each further token."),
            Key("jitter", .number, default: "0.2", "How far each wait may vary, from 0 to 1."),
            Key("failure_rate", .number, default: "0", "The share of requests, from 0 to 1, that get status 500."),
            Key("rate_limit", .oneOf([.rate, .number]), "How many requests per second the gateway takes."),
            Key("upstream_timeout", .duration, default: "2s", "How long the gateway waits for a model."),
            Key("history", .integer, default: "240", "Completions that each model has in the store at the start."),
            Key("announce", .text, "A file that tells a Prometheus what to scrape, while the services run."),
        ])
}
