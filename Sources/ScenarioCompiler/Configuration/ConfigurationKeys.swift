public import ScenarioModel
public import ScenarioSyntax

/// The keys of the configuration, from which its parser, its schema, `explain` and the reference are drawn.
public enum ConfigurationKeys {
    /// The file's own keys; targets have those of the given kinds of step.
    public static func root(_ kinds: [any StepKind]) -> KeyTable {
        KeyTable(
            name: "configuration",
            summary: "How scenarios are run: connections, time-outs, retries, profiles, secrets (plumb.yaml).",
            keys: [
                Key("include", .oneOf([.text, .list(.text)]), "Configuration files that this one is laid over.")
            ] + overridable + [
                Key(
                    "profiles", .map(.table { profile(kinds) }),
                    "Sets of connections to run against, chosen by --profile; the first is the default.")
            ],
            foreign: [
                "targets": "profiles", "environments": "profiles", "envs": "profiles", "env": "env_file",
                "dotenv": "env_file", "includes": "include", "imports": "include", "suites": "integration_tests",
                "timeout": "defaults", "retry": "defaults", "sandbox": "profiles",
            ])
    }

    /// The keys that a profile may lay over the file's own.
    static let overridable: [Key] = [
        Key(
            "env_file", .oneOf([.text, .list(.text)]),
            "Files of KEY=VALUE lines for `$env`; a later file wins, and the process environment over all."),
        Key("secrets", .list(.identifier), "Environment variables that are read as `$secrets.NAME` only, and masked."),
        Key("defaults", .table { defaults }, "Time-outs and retries that hold where nothing else is written."),
        Key("loads", .map(.table { load }), "Named repetitions, for `repeat: NAME`."),
        Key("integration_tests", .map(.any), "The suites' settings: a tree laid over the folders of scenarios."),
    ]

    /// The keys of a profile.
    public static func profile(_ kinds: [any StepKind]) -> KeyTable {
        KeyTable(
            name: "profile", summary: "A set of connections to run against.",
            keys: [
                Key("description", .text, "What the profile is for."),
                Key("extends", .identifier, "The profile that this one is laid over."),
                Key(
                    "sandbox", .oneOf([.boolean, .table { sandbox }]), default: "false",
                    "Start the embedded services with the run; they are targets of the profile."),
                Key("targets", .map(.table { target(kinds) }), "The connections, by name."),
                Key(
                    "links", .map(.table { link }),
                    "Ways from one service to another on which faults can be put, by names such as gateway->mixtral."),
            ] + overridable,
            foreign: ["inherits": "extends", "base": "extends", "from": "extends", "services": "targets"])
    }

    /// `defaults`.
    public static let defaults = KeyTable(
        name: "defaults", summary: "Time-outs and retries that hold where nothing else is written.",
        keys: [
            Key("timeout", .table { timeouts }, "Time-outs, by what they bound."),
            Key("retry", .table { retry }, "The rules of retrying."),
        ],
        foreign: ["timeouts": "timeout", "retries": "retry"])

    /// `defaults.timeout`.
    public static let timeouts = KeyTable(
        name: "defaults.timeout", summary: "Time-outs, by what they bound; every limit is finite.",
        keys: [
            bound("http", "30s", "One attempt of an http step."),
            bound("sql", "10s", "One attempt of an sql step."),
            bound("vector", "30s", "One attempt of a vector step."),
            bound("metric", "30s", "One attempt of a metric step."),
            bound("connect", "5s", "Opening a connection, name look-up and TLS included."),
            bound("scenario", "5m", "A whole scenario, its cleanup apart."),
            bound("cleanup", "30s", "The cleanup of a scenario."),
            bound("within", "30s", "How long `until` polls."),
            bound("every", "500ms", "The pause between two polls."),
        ])

    private static func bound(_ name: String, _ text: String, _ doc: String) -> Key {
        Key(name, .template(.duration), default: text, doc)
    }

    /// `retry`, of the defaults, a target, a scenario or a step.
    public static let retry = KeyTable(
        name: "retry", summary: "When and how often an attempt is tried again.",
        keys: [
            Key("max", .template(.integer), default: "0", "How many retries follow the first try at most."),
            Key(
                "on", .oneOf([.text, .integer, .list(.oneOf([.text, .integer]))]), default: "connect",
                "What is retried: connect, reset, timeout, HTTP statuses, SQLSTATEs."),
            Key("backoff", .duration, default: "200ms", "The pause before the first retry; it doubles each time."),
            Key("jitter", .number, default: "0.5", "The share of the pause, from 0 to 1, that is left to chance."),
        ],
        foreign: ["attempts": "max", "retries": "max", "count": "max", "delay": "backoff", "when": "on", "if": "on"])

    /// A load, and the mapping of a step's `repeat`.
    public static let load = KeyTable(
        name: "load", summary: "Many runs that are judged as a whole.",
        keys: [
            Key("times", .template(.integer), "How many runs there are."),
            Key("for", .template(.duration), "How long runs are started."),
            Key("while", .identifier, "Repeats as long as the named step of the same parallel group runs."),
            Key("stages", .list(.table { stage }), "Rates, or numbers of users, one after another."),
            Key("parallel", .template(.integer), default: "1", "How many runs may be in flight at once."),
            Key("rate", .template(.rate), "Arrivals per second, whether or not earlier runs are done."),
            Key(
                "spacing", .choice(["even", "poisson"]), default: "even",
                "How arrivals are spread: at equal distances, or at random as callers come."),
            Key("think", .template(.duration), default: "0s", "The pause between two runs of a user, without `rate`."),
            Key("warmup", .template(.duration), default: "0s", "The time at the beginning that is not counted."),
            Key("pass", .oneOf([.integer, .text]), default: "100%", "How many runs must pass: a count or a share."),
            Key(
                "assert", .oneOf([.list(.expression), .map(.expression)]),
                "What must hold of the aggregate: `.ms.p95 < 800`."),
            Key(
                "allow_dropped", .oneOf([.integer, .text]), default: "0",
                "How many arrivals of a `plumb load` may find no room: a count or a share."),
            Key(
                "abort", .boolean, default: "false",
                "Ends a `plumb load` at the first interval in which an assertion does not hold."),
        ],
        foreign: [
            "count": "times", "duration": "for", "users": "parallel", "vus": "parallel", "concurrency": "parallel",
            "rps": "rate", "thresholds": "assert", "sleep": "think", "pacing": "spacing", "distribution": "spacing",
        ])

    /// A stage of a load.
    public static let stage = KeyTable(
        name: "stage", summary: "A part of a load with a rate, or a number of users, of its own.",
        keys: [
            Key("for", .duration, required: true, "How long it lasts."),
            Key("rate", .rate, "Its arrivals per second."),
            Key("parallel", .integer, "Its users, in a load without rates."),
            Key(
                "ramp", .boolean, default: "false",
                "Goes in a straight line from where the stage before ended; the first begins with nothing."),
        ],
        foreign: ["duration": "for", "target": "rate", "users": "parallel", "vus": "parallel", "from": "ramp"])

    /// A link between services.
    public static let link = KeyTable(
        name: "link", summary: "A way from one service to another on which faults can be put.",
        keys: [
            Key("listen", .text, required: true, "The address, host and port, that the calling service is pointed at."),
            Key("to", .text, required: true, "The address of the called service."),
        ])
}
