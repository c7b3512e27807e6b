public import ScenarioModel
public import ScenarioSyntax

/// The `metric` step: a question to a Prometheus, or to a page of metrics.
///
/// ```yaml
/// metric: sum(rate(gateway_requests_total[1m]))
/// ```
public struct MetricStep: StepKind {
    /// Creates the kind.
    public init() {}

    public var name: String { "metric" }
    public var keys: KeyTable { Self.table }
    public var shape: Shape { .oneOf([.text, .table { Self.table }]) }
    public var targetKinds: [TargetKind] { MetricTargetKinds.all }
    public var resultFields: [ResultField] { Self.fields.flatMap(\.fields).uniqued + Self.common }

    /// The keys of which a step has exactly one.
    static let questions = [
        "query", "match", "labels", "alerts", "rules", "targets", "metadata", "exemplars", "delta",
    ]

    /// The members that the result of each question has.
    static let fields: [(key: String, fields: [ResultField])] = [
        ("query", [samples, value]),
        ("range", [ResultField("series", "The series of a range: `[{labels, values: [[t, v]]}]`.")]),
        ("match", [ResultField("matches", "The label sets that a selector picks.")]),
        ("labels", [ResultField("values", "The values of a label, sorted.")]),
        ("alerts", [ResultField("alerts", "Active alerts: `[{name, state, labels, annotations, value, active_at}]`.")]),
        ("rules", [ResultField("rules", "Loaded rules: `[{name, group, type, health, query, last_error}]`.")]),
        ("targets", [ResultField("targets", "Scraped targets: `[{job, instance, health, last_scrape, last_error}]`.")]),
        ("metadata", [ResultField("metadata", "What metrics say of themselves: `[{metric, type, help, unit}]`.")]),
        ("exemplars", [ResultField("exemplars", "Exemplars: `[{series, labels, value, time}]`.")]),
        ("delta", [samples, value, ResultField("resets", "How many counters began anew while the step was watched.")]),
    ]

    private static let samples = ResultField("samples", "The samples: `[{labels, value, time}]`.")
    private static let value = ResultField(
        "value", "The value of the only sample, null for none or several; of a delta, the sum of all.")
    static let common: [ResultField] = [
        ResultField("warnings", "What the server warns of: `[TEXT]`.")
    ]

    /// The members of the result of a question.
    static func fields(of key: String) -> [ResultField] {
        (fields.first { $0.key == key }?.fields ?? []) + common
    }

    /// The keys of a `metric` mapping.
    static let table = KeyTable(
        name: "metric", summary: "Asks a Prometheus, or a page of metrics.",
        keys: [
            Key("query", .text, "PromQL; on an openmetrics target a selector such as up{job=\"node\"}."),
            Key("at", .text, default: "now", "The time that is asked for: RFC 3339, or seconds since 1970."),
            Key("range", .table { range }, "Asks for the values over a range of time."),
            Key("match", .text, "A selector; the result has the label sets of the series that it picks."),
            Key("labels", .text, "The name of a label; the result has its values."),
            Key(
                "alerts", .text, "The name of an alert, or * for all; the result has those that are pending or firing."),
            Key("rules", .text, "The name of a group of rules, or * for all."),
            Key("targets", .text, "The name of a job, or * for all; the result has its scraped targets."),
            Key("metadata", .text, "The name of a metric, or * for all; the result has type, help and unit."),
            Key("exemplars", .text, "A selector; the result has the exemplars of its series."),
            Key("delta", .text, "A selector of counters; the result has their change while 'over' ran."),
            Key("over", .identifier, "The id of the step or group beside this one that 'delta' watches."),
        ],
        foreign: [
            "promql": "query", "expr": "query", "metric": "query", "time": "at", "selector": "match",
            "series": "match", "label": "labels", "alert": "alerts", "rule": "rules", "target": "targets",
            "job": "targets", "increase": "delta", "during": "over", "across": "over",
        ])

    /// A range of time.
    static let range = KeyTable(
        name: "range", summary: "A range of time, and how far apart its points are.",
        keys: [
            Key("last", .template(.duration), "How long the range is; it ends now, or at 'to'."),
            Key("from", .text, "Where it begins, in place of 'last': RFC 3339, or seconds since 1970."),
            Key("to", .text, default: "now", "Where it ends."),
            Key("step", .template(.duration), required: true, "The time between two points."),
        ], foreign: ["start": "from", "end": "to", "duration": "last", "interval": "step", "resolution": "step"])
}

extension [ResultField] {
    /// The fields without those of a name that came before.
    fileprivate var uniqued: [ResultField] {
        var names: Set<String> = []
        return filter { names.insert($0.name).inserted }
    }
}
