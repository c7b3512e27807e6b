public import ScenarioSyntax

extension ConfigurationKeys {
    /// The keys of a node of `integration_tests` that have a meaning; others are data for scenarios.
    public static let suite = KeyTable(
        name: "suite",
        summary: "The settings of a folder of scenarios and of all below it; bare numbers are seconds where a duration "
            + "is meant.",
        keys: [
            Key("enabled", .template(.boolean), default: "true", "False skips the suite, visibly."),
            Key("timeout_seconds", .template(.number), "The time-out of each attempt of a step."),
            Key(
                "retry_attempts", .template(.integer),
                "How many retries follow the first try, after trouble of transport."),
            Key(
                "concurrent_requests", .template(.integer),
                "How many requests scenarios send at once; they read it as `$suite.concurrent_requests`."),
            Key("connection_timeout", .template(.number), "The time-out of opening a connection."),
            Key("max_connections", .template(.integer), "How many connections the suite opens to a target at most."),
            Key("pool_size", .template(.integer), "Connections that the suite's pools keep."),
            Key(
                "max_overflow", .template(.integer), "Connections beyond the pool's size that may be open for a while."),
            Key("timeout", .template(.number), "How long to wait for a connection of the pool when all are in use."),
            Key(
                "test_scenarios", .list(.text),
                "The scenarios to run, by name and in order of start and report; all of the folder where left out."),
        ])
}
