internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// What is asked of metrics: it changes nothing, so that it may be asked again.
protocol MetricRequest: StepRequest {}

extension MetricRequest {
    var kind: String { "metric" }
    var timeoutKind: String { "metric" }
    var needsTarget: Bool { true }
    var isIdempotent: Bool { true }
    var codesOfNothingToUndo: [String] { [] }
    var impliedExpectation: ImpliedExpectation? { nil }
}

/// A `metric` step as written and checked; `delta` is ``MetricDelta``.
struct MetricCall: MetricRequest {
    var question: MetricQuestion
    var span: SourceSpan

    var resultFields: [ResultField] {
        if case .range = question { return MetricStep.fields(of: "range") }
        return MetricStep.fields(of: question.key)
    }

    func explanation(ofMember name: String, in result: SharedValue) -> String? {
        guard name == "value", result.field("value")?.value.isNull == true,
            let samples = result.field("samples")?.value.array, samples.count > 1
        else { return nil }
        return "there are \(samples.count) samples, so 'value' is null: name one by its labels, or read '.samples'"
    }

    func plan(target: Target?) -> [String] {
        switch question {
        case .query(let query, let at): [query.written + (at.map { " at \($0.written)" } ?? "")]
        case .range(let query, let range): [query.written, range.written]
        case .match(let query), .exemplars(let query): ["\(question.key) \(query.written)"]
        case .labels(let name), .alerts(let name), .rules(let name), .targets(let name), .metadata(let name):
            ["\(question.key) \(name.written)"]
        }
    }

    func problems(with target: Target) -> [Diagnostic] {
        guard target.kind == "openmetrics" else { return [] }
        switch question {
        case .query(let query, let at):
            if let at { return [.needsPrometheus("'at'", "a page has present values only", at: at.span)] }
            return query.problem.map { [$0] } ?? []
        case .range(_, let range):
            return [.needsPrometheus("'range'", "a page has present values only", at: range.span)]
        case .match(let query), .exemplars(let query): return query.problem.map { [$0] } ?? []
        case .alerts(let name), .rules(let name), .targets(let name):
            return [.needsPrometheus("'\(question.key)'", "a page tells of none", at: name.span)]
        case .labels, .metadata: return []
        }
    }

    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        try PreparedMetric(question, span, scope, target)
    }
}

/// A `delta` step: the change of counters while another step runs.
struct MetricDelta: MetricRequest, WatchingRequest {
    var selector: PromQLTemplate
    var watched: (id: String, span: SourceSpan)
    var span: SourceSpan

    var resultFields: [ResultField] { MetricStep.fields(of: "delta") }
    var firstExpressions: [Expression] { selector.value.expressions }
    var firstLook: any StepRequest { MetricLook(delta: self, first: nil) }

    func lastLook(after first: Value) -> any StepRequest { MetricLook(delta: self, first: first) }

    func plan(target: Target?) -> [String] { ["delta \(selector.written)", "over \(watched.id)"] }

    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        try firstLook.prepare(scope, target: target)
    }
}

/// One of the two looks of a `delta` step.
struct MetricLook: MetricRequest {
    var delta: MetricDelta
    /// What the first look found; nil for that look itself.
    var first: Value?

    var resultFields: [ResultField] { delta.resultFields }

    func plan(target: Target?) -> [String] { delta.plan(target: target) }

    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        try PreparedMetric(delta, first, scope, target)
    }
}

extension PromQLTemplate {
    /// What keeps the query from an `openmetrics` target.
    var problem: Diagnostic? {
        misfit.map { misfit in
            Diagnostic(
                .metricDriver, at: located.span(of: misfit.range), .init(misfit.message),
                hint: .init(PlainSelector.hint))
        }
    }
}

extension MetricRange {
    /// The range on one line: `last 15m, step 15s`.
    var written: String {
        var parts: [String] = []
        if let last { parts.append("last \(last.written)") }
        if let from { parts.append("from \(from.written)") }
        if let to { parts.append("to \(to.written)") }
        parts.append("step \(step.written)")
        return parts.joined(separator: ", ")
    }
}

extension Late<Duration> {
    fileprivate var written: String {
        switch self {
        case .known(let length): DurationText.format(length)
        case .template(let template): template.written
        }
    }
}

extension Diagnostic {
    fileprivate static func needsPrometheus(_ what: String, _ reason: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .metricDriver, at: span, "\(Message(what)) needs a Prometheus: an 'openmetrics' target is one page",
            hint: "\(Message(reason)); ask a target of kind 'prometheus'")
    }
}
