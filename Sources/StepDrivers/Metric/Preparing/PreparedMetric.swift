internal import Diagnostics
internal import Exposition
internal import Expressions
internal import Glibc
internal import HTTPTransport
internal import ScenarioModel
internal import ScenarioSyntax

/// A `metric` step with its templates evaluated.
final class PreparedMetric: PreparedStep {
    let question: Question
    let connection: HTTPConnection
    let targetName: String
    /// The address of the page and the selector, for an `openmetrics` target.
    let page: Page?
    /// Attempts so far.
    var attempts = 0

    typealias Query = PromQLTemplate.Rendered

    /// What is asked, every text known.
    enum Question {
        case instant(Query, time: String?)
        case range(Query, start: String, end: String, step: String)
        case match(Query)
        case labels(String)
        case alerts(String)
        case rules(String)
        case targets(String)
        case metadata(String)
        case exemplars(Query)
        /// The look of a delta; with the first one's result where it is the last.
        case delta(Query, first: Value?)
    }

    /// A page of metrics and what is wanted of it.
    struct Page {
        var url: String
        /// Nil for questions that are about the page as a whole.
        var selector: SampleSelector?
    }

    /// Evaluates a question.
    convenience init(
        _ question: MetricQuestion, _ span: SourceSpan, _ scope: any TemplateScope, _ target: ResolvedTarget?
    ) throws(StepFailure) {
        let evaluated: Question
        switch question {
        case .query(let query, let at):
            let rendered = try query.evaluate(scope)
            evaluated = .instant(
                rendered, time: try at.flatMap { (at) throws(StepFailure) in try Self.time(at, scope) })
        case .range(let query, let range): evaluated = try Self.range(query, range, scope)
        case .match(let query): evaluated = .match(try query.evaluate(scope))
        case .exemplars(let query): evaluated = .exemplars(try query.evaluate(scope))
        case .labels(let name): evaluated = .labels(try Self.name(name, scope))
        case .alerts(let name): evaluated = .alerts(try Self.name(name, scope))
        case .rules(let name): evaluated = .rules(try Self.name(name, scope))
        case .targets(let name): evaluated = .targets(try Self.name(name, scope))
        case .metadata(let name): evaluated = .metadata(try Self.name(name, scope))
        }
        try self.init(evaluated, span, target)
    }

    /// Evaluates a look of a delta.
    convenience init(
        _ delta: MetricDelta, _ first: Value?, _ scope: any TemplateScope, _ target: ResolvedTarget?
    ) throws(StepFailure) {
        try self.init(.delta(try delta.selector.evaluate(scope), first: first), delta.span, target)
    }

    private init(_ question: Question, _ span: SourceSpan, _ target: ResolvedTarget?) throws(StepFailure) {
        guard let target else {
            throw StepFailure.refused(.metricQuestion, "the question needs a target", at: span, hint: "name one")
        }
        self.question = question
        targetName = target.name
        connection = try HTTPConnection.of(target)
        guard target.kind == "openmetrics" else {
            if case .delta(let query, _) = question { try Self.checkSelector(query) }
            page = nil
            return
        }
        var selector: SampleSelector?
        switch question {
        case .range, .alerts, .rules, .targets, .instant(_, time: .some):
            throw StepFailure.refused(
                .metricDriver, "target '\(target.name)' is a page of present values, which cannot answer this",
                at: span, hint: "ask a target of kind 'prometheus'")
        case .instant(let query, _), .match(let query), .exemplars(let query), .delta(let query, _):
            selector = try Self.selector(query)
        case .labels, .metadata: break
        }
        page = Page(url: try Self.pageURL(target, connection), selector: selector)
    }

    /// The page of an `openmetrics` target, for `plumb doctor`; nil for another kind.
    static func examinedPage(_ target: ResolvedTarget) throws(StepFailure) -> Page? {
        guard target.kind == "openmetrics" else { return nil }
        return Page(url: try pageURL(target, try HTTPConnection.of(target)), selector: nil)
    }

    private static func selector(_ query: Query) throws(StepFailure) -> SampleSelector {
        do throws(PlainSelector.Misfit) {
            return try PlainSelector.parse(query.text)
        } catch {
            throw StepFailure.refused(
                .metricDriver, error.message, at: query.span(at: error.range.lowerBound), hint: PlainSelector.hint)
        }
    }

    /// Refuses what only the run knows to be no selector, where lint saw a template.
    private static func checkSelector(_ query: Query) throws(StepFailure) {
        do throws(PlainSelector.Misfit) {
            _ = try PlainSelector.parse(query.text)
        } catch {
            throw StepFailure.refused(
                .metricQuery, "'delta' takes a plain selector, and no expression",
                at: query.span(at: error.range.lowerBound),
                hint: "write NAME{label=\"value\"}; 'value' is the sum over all of its series")
        }
    }

    /// The page's address: the target's own path, else `path` behind it.
    private static func pageURL(
        _ target: ResolvedTarget, _ connection: HTTPConnection
    ) throws(StepFailure) -> String {
        let written = try TargetSettings(target, code: .metricSetting).text("path")
        guard written != nil || connection.url.hostAndPath.path == "/" else { return connection.url }
        let path = written ?? "/metrics"
        return connection.url + (path.hasPrefix("/") ? path : "/" + path)
    }

    private static func name(_ template: ValueTemplate, _ scope: any TemplateScope) throws(StepFailure) -> String {
        guard let text = try scope.text(of: template), !text.isEmpty else {
            throw StepFailure.refused(
                .templateType, "the name is empty", at: template.span, hint: "write a name, or '*' for all")
        }
        return text
    }

    private static func time(_ template: ValueTemplate, _ scope: any TemplateScope) throws(StepFailure) -> String? {
        guard let text = try scope.text(of: template) else { return nil }
        guard MetricTime.seconds(text) != nil else {
            throw StepFailure.refused(
                .metricTime, "'\(text.prefix(40))' is no time", at: template.span,
                hint: "a time is RFC 3339, or seconds since 1970")
        }
        return text
    }

    private static func range(
        _ query: PromQLTemplate, _ range: MetricRange, _ scope: any TemplateScope
    ) throws(StepFailure) -> Question {
        let rendered = try query.evaluate(scope)
        let end =
            try range.to.flatMap { (to) throws(StepFailure) in try time(to, scope) } ?? MetricTime.text(MetricTime.now)
        let step = try duration(range.step, scope)
        var start: String?
        if let from = range.from { start = try time(from, scope) }
        if start == nil, let last = range.last {
            start = MetricTime.text((MetricTime.seconds(end) ?? MetricTime.now) - (try duration(last, scope)))
        }
        guard let start, step > 0 else {
            throw StepFailure.refused(.metricRange, "the range has no beginning, or no step", at: range.span)
        }
        return .range(rendered, start: start, end: end, step: MetricTime.text(step))
    }

    private static func duration(
        _ late: Late<Duration>, _ scope: any TemplateScope
    ) throws(StepFailure) -> Double {
        switch late {
        case .known(let duration): return duration / .seconds(1)
        case .template(let template):
            let text = try scope.text(of: template) ?? ""
            guard let duration = DurationText.parse(text) else {
                throw StepFailure.refused(
                    .metricRange, "expected a duration such as 15s, found '\(text.prefix(40))'", at: template.span)
            }
            return duration / .seconds(1)
        }
    }

    var isIdempotent: Bool { true }

    var summary: String {
        let place = page?.url ?? connection.url
        return "\(asked) at \(place.withoutUserInfo)"
    }

    private var asked: String {
        switch question {
        case .instant(let query, _), .range(let query, _, _, _): query.text.singleLine
        case .match(let query): "series \(query.text.singleLine)"
        case .exemplars(let query): "exemplars \(query.text.singleLine)"
        case .delta(let query, _): "delta \(query.text.singleLine)"
        case .labels(let name): "labels \(name)"
        case .alerts(let name): "alerts \(name)"
        case .rules(let name): "rules \(name)"
        case .targets(let name): "targets \(name)"
        case .metadata(let name): "metadata \(name)"
        }
    }
}

extension String {
    /// The text with line breaks as spaces, cut where it is long.
    fileprivate var singleLine: String {
        let line = split(whereSeparator: \.isNewline).map { $0.trimmed }.joined(separator: " ")
        return line.count > 200 ? line.prefix(199) + "…" : line
    }
}
