internal import ScenarioModel
public import ScenarioSyntax

/// The keys of a fault.
public enum FaultKeys {
    /// What is put on one target or link.
    public static let fault = KeyTable(
        name: "fault", summary: "Trouble put on a target or a link; several kinds act together.",
        keys: [
            Key("latency", .template(.duration), "Bytes arrive this much later."),
            Key("jitter", .template(.duration), "By how much each delay may be shorter or longer."),
            Key("bandwidth", .template(.text), "Bytes a second of each connection: `10KiB/s`."),
            Key("hang", .template(.boolean), "Nothing passes: the connection stays open, and is silent."),
            Key("refuse", .template(.boolean), "No connection comes about, and open ones are reset."),
            Key(
                "reset", .template(.oneOf([.boolean, .size])),
                "Resets the connection as soon as something is asked, or behind so many bytes of the answer."),
            Key("truncate", .template(.size), "Closes the connection behind so many bytes of the answer."),
            Key("slice", .template(.size), "Bytes arrive in pieces of at most this size."),
            Key("slow_close", .template(.duration), "The end of a connection arrives this much later."),
            Key("corrupt", .template(.number), "The share of bytes that are damaged: `0.01`."),
            Key(
                "respond", .table { respond },
                "Answers in the service's place; for services that speak HTTP/1.1 without TLS."),
            Key(
                "cut_sse_after", .template(.integer),
                "Closes the connection behind so many server-sent events of an answer."),
            Key(
                "direction", .choice(FaultSettings.Direction.allCases.map(\.rawValue)), default: "response",
                "Which bytes latency, bandwidth, hang, slice, slow_close and corrupt act on."),
            Key("first", .template(.integer), "How many requests are struck at most; `refuse` counts connections."),
            Key("chance", .template(.number), "The share of requests that are struck, by the run's seed."),
        ],
        foreign: [
            "delay": "latency", "lag": "latency", "rate": "bandwidth", "throttle": "bandwidth", "limit": "bandwidth",
            "timeout": "hang", "blackhole": "hang", "drop": "hang", "down": "refuse", "refused": "refuse",
            "close": "truncate", "cut": "truncate", "limit_data": "truncate", "slicer": "slice", "damage": "corrupt",
            "status": "respond", "abort": "reset", "probability": "chance", "toxicity": "chance", "times": "first",
            "count": "first",
        ])

    /// An answer in the service's place.
    static let respond = KeyTable(
        name: "respond", summary: "An answer that the proxy gives instead of the service.",
        keys: [
            Key("status", .template(.integer), required: true, "Its status."),
            Key("headers", .map(.any), "Its headers."),
            Key("json", .any, "Its body, as JSON."),
            Key("text", .text, "Its body, as text."),
        ], foreign: ["body": "json", "code": "status"])
}
