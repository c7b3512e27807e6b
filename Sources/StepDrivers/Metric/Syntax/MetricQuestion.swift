internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// What a `metric` step asks, with its templates.
enum MetricQuestion: Sendable {
    /// An expression now or at a time.
    case query(PromQLTemplate, at: ValueTemplate?)
    /// An expression over a range of time.
    case range(PromQLTemplate, MetricRange)
    /// The label sets of the series that a selector picks.
    case match(PromQLTemplate)
    /// The values of a label.
    case labels(ValueTemplate)
    case alerts(ValueTemplate)
    case rules(ValueTemplate)
    case targets(ValueTemplate)
    case metadata(ValueTemplate)
    case exemplars(PromQLTemplate)

    /// The key under which it is written.
    var key: String {
        switch self {
        case .query, .range: "query"
        case .match: "match"
        case .labels: "labels"
        case .alerts: "alerts"
        case .rules: "rules"
        case .targets: "targets"
        case .metadata: "metadata"
        case .exemplars: "exemplars"
        }
    }

    /// The selector where the question is one for an `openmetrics` target too.
    var query: PromQLTemplate? {
        switch self {
        case .query(let query, _), .range(let query, _), .match(let query), .exemplars(let query): query
        default: nil
        }
    }
}

/// A range of time with the distance of its points.
struct MetricRange: Sendable {
    /// How long it is; it ends now, or at `to`.
    var last: Late<Duration>?
    var from: ValueTemplate?
    var to: ValueTemplate?
    var step: Late<Duration>
    var span: SourceSpan
}
