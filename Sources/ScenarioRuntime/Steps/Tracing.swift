import Diagnostics
import ScenarioModel

/// The ids of a step's requests: of its trace, its own span, and a new one for each attempt.
struct Tracing {
    let origin: StepOrigin
    let trace: TraceID
    let span: UInt64
    let isRecorded: Bool

    /// The place of an attempt, by a number that no other attempt of the worker has.
    func attempt(_ number: Int) -> SpanContext {
        SpanContext(
            trace: trace, span: SpanContext.span(within: span, number: number), isRecorded: isRecorded)
    }
}

/// An attempt that was sent, from which the report's ids are made where there is a report.
struct TracedAttempt {
    let tracing: Tracing
    let span: SpanContext
    let startedMs: Double
    let ms: Double

    /// What the report keeps of it.
    var trace: StepReport.Trace {
        StepReport.Trace(
            traceID: span.trace.text, spanID: SpanContext.text(of: tracing.span), attemptSpanID: span.spanID,
            startedMs: startedMs, ms: ms)
    }
}

extension Interpreter {
    /// The ids of a step's requests at a place of a running test; all polls of a step have one span around them.
    func tracing(of step: Step, _ run: TestRun, _ frame: Frame) -> Tracing {
        Tracing(
            origin: origin(of: step, run), trace: run.trace, span: span(of: step, run, trail: frame.trail),
            isRecorded: run.isTraceRecorded)
    }

    private func span(of step: Step, _ run: TestRun, trail: String) -> UInt64 {
        let known = run.known.of(step)
        if trail.isEmpty, let span = known.span { return span }
        // The trail tells iterations apart, the offset those of a cleanup that bear the same default id.
        let made = SpanContext.span(
            run: plan.options.runID, test: run.planned.name.index, trail: trail, step: step.id,
            offset: step.span.range.lowerBound)
        if trail.isEmpty { known.span = made }
        return made
    }

    private func origin(of step: Step, _ run: TestRun) -> StepOrigin {
        let known = run.known.of(step)
        if let origin = known.origin { return origin }
        let names = shownNames(run)
        let made = StepOrigin(run: plan.options.runID, test: names.test, scenario: names.scenario, step: step.id)
        known.origin = made
        return made
    }

    private func shownNames(_ run: TestRun) -> (test: String, scenario: String) {
        if let known = run.known.shownNames { return known }
        let name = run.planned.name
        let scenario = name.suite.isEmpty ? name.scenario : "\(name.suite)/\(name.scenario)"
        let made = (test: withoutSecrets(name.name), scenario: withoutSecrets(scenario))
        run.known.shownNames = made
        return made
    }

    /// A name as services may see it: rows of `cases` may bear secrets, which leave in no name.
    private func withoutSecrets(_ name: String) -> String {
        secrets.masked(SecretMask(plan.configuration.presentSecrets.map(\.1)).masked(name))
    }
}
