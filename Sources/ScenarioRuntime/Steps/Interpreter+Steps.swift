import Diagnostics
import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// Runs a step through its `if`, `each` and `repeat`, and keeps its result for later steps.
    func runStep(_ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits, trail: [String]) async -> StepOutcome {
        if Task.isCancelled || isStopping && !run.isCleaningUp {
            return StepOutcome(report: skipped(step, "interrupted", frame), value: nil)
        }
        let started = clock.now
        let trail = trail + [step.id]
        let position = RunPosition(test: run.planned.name.index, trail: trail.joined(separator: " → "))
        onStep(position.test, position.trail)
        if plan.options.tellsSteps {
            sink(
                .stepStarted(
                    test: position.test, id: step.id, trail: position.trail, kind: step.kind,
                    ms: milliseconds(since: began)))
        }
        if !step.expressions.isEmpty { await engine.whenReady(for: step.expressions) }
        var outcome = noted(
            await RunPosition.$current.withValue(position) { await conditional(step, run, frame, limits, trail) },
            of: step, started, frame)
        if outcome.failed { outcome.report.notes += standingFaultNotes(step) }
        if plan.options.tellsSteps {
            sink(
                .stepFinished(
                    test: position.test, id: step.id, trail: position.trail, verdict: outcome.report.verdict,
                    ms: outcome.report.ms))
        }
        return outcome
    }

    /// The outcome of a step with its times, its value kept for later steps.
    func noted(
        _ outcome: StepOutcome, of step: Step, _ started: Instant, _ frame: Frame
    ) -> StepOutcome {
        guard outcome.report.verdict != .skipped else { return outcome }
        var outcome = outcome
        outcome.report.startedMs = (started - began).milliseconds
        outcome.report.ms = milliseconds(since: started)
        if let value = outcome.value {
            frame.keep(step.id, value)
        } else {
            frame.keepAbsence(step.id, outcome.failed ? "without a result: it failed" : "without a result")
        }
        return outcome
    }

    private func conditional(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        if let condition = step.condition {
            do throws(StepFailure) {
                guard try rendering(frame, seed: seed(step, frame)).holds(condition) else {
                    return StepOutcome(report: skipped(step, "if: \(condition.text) is false", frame), value: nil)
                }
            } catch {
                return failed(step, error.report)
            }
        }
        if !step.faults.isEmpty { return await runFaulted(step, run, frame, limits, trail) }
        if step.each != nil { return await runEach(step, run, frame, limits, trail) }
        return await repeated(step, run, frame, limits, trail)
    }

    /// Runs a step as often as its `repeat` says, or once.
    func repeated(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        if let repetition = step.repetition {
            return await runRepeated(step, repetition, run, frame, limits, trail)
        }
        return await runOnce(step, run, frame, limits, trail, index: nil)
    }

    /// Runs the step's own action once, with its polling, and judges what came of it.
    func runOnce(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String], index: Int?
    ) async -> StepOutcome {
        switch step.action {
        case .group(let group):
            return await runGroup(step, group, run, frame, limits, trail)
        case .use(let use):
            return await runUse(step, use, run, frame, limits, trail)
        case .wait(let length):
            return await runWait(step, length, run, frame, limits)
        case .check:
            if step.until != nil {
                return await runPolling(step, run, frame, limits) { _ in
                    let attempted = Attempted()
                    attempted.attempt = self.emptyAttempt()
                    return attempted
                }
            }
            return judged(step, run, frame, emptyAttempt(), report: newReport(step))
        case .request(let request):
            return await runRequest(step, request, run, frame, limits)
        }
    }

    /// What expressions of a step are seeded with: the test, the step, and its place among iterations.
    func seed(_ step: Step, _ frame: Frame) -> EvaluationSeed { EvaluationSeed(step.id, at: frame) }

    /// A report of a step that passed so far.
    func newReport(_ step: Step) -> StepReport {
        StepReport(id: step.id, name: nil, kind: step.kind, place: Place(step.span), verdict: .passed)
    }

    /// The outcome of a step that ends on a failure of its own.
    func failed(_ step: Step, _ failure: FailureReport) -> StepOutcome {
        var report = newReport(step)
        report.verdict = failure.verdict
        report.failures = [failure]
        return StepOutcome(report: report, value: nil)
    }

    /// The attempt of a step that does nothing: an object without members.
    func emptyAttempt() -> Attempt {
        Attempt(result: SharedValue(fields: []), error: nil, exchange: { .init(summary: "") }, requests: 0)
    }

    /// Takes captures, judges the result, and makes the step's value of both.
    func judged(_ step: Step, _ run: TestRun, _ frame: Frame, _ attempt: Attempt, report: StepReport) -> StepOutcome {
        let findings = findings(step, frame, attempt, implied: Judge.implied(for: step))
        return told(findings, step, run, frame, attempt, report: report)
    }

    /// What a result comes to.
    struct Findings {
        var captures = Value.Object()
        var failures: [FailureReport] = []
        /// The step's value for others.
        var value: SharedValue
    }

    /// Takes captures, judges the result, and keeps the step's value.
    func findings(_ step: Step, _ frame: Frame, _ attempt: Attempt, implied: ImpliedExpectation?) -> Findings {
        let rendering = rendering(frame, dot: attempt.result, seed: seed(step, frame))
        var captures = Value.Object()
        var captured: [SharedValue.Field] = []
        var failures: [FailureReport] = []
        for capture in step.captures {
            if capture.isSecret { secrets.declare(step: step.id, capture: capture.name) }
            do throws(StepFailure) {
                let value = try take(capture, rendering)
                if capture.isSecret { secrets.add(value) }
                captured.append(.init(capture.name, value))
                captures[capture.name] = value
            } catch {
                failures.append(error.report)
            }
        }
        captured.append(hasRun)
        let value = attempt.result.adding(captured)
        frame.keep(step.id, value)
        failures += Judge(rendering: rendering).judge(attempt.result, of: step, implied: implied)
        return Findings(captures: captures, failures: failures, value: value)
    }

    /// Puts what was found into a step's report.
    func told(
        _ findings: Findings, _ step: Step, _ run: TestRun, _ frame: Frame, _ attempt: Attempt, report: StepReport
    ) -> StepOutcome {
        var report = report
        if let name = step.name {
            let rendering = rendering(frame, dot: attempt.result, seed: seed(step, frame))
            if let text = try? rendering.text(of: name) { report.name = text }
        }
        report.captures = findings.captures
        report.failures += findings.failures
        report.notes += attempt.notes
        for failure in findings.failures { report.verdict = report.verdict.worse(failure.verdict) }
        if report.verdict != .passed || plan.options.keepsExchanges && run.repeatDepth == 0 {
            let exchange = attempt.exchange()
            if !exchange.summary.isEmpty { report.exchange = exchange }
        }
        return StepOutcome(report: report, value: findings.value)
    }

    private func take(_ capture: Capture, _ rendering: Rendering) throws(StepFailure) -> Value {
        let expression = capture.expression
        let context = rendering.frame.context(for: expression, dot: rendering.dot, seed: rendering.seed)
        var reason: String
        var verdict = Verdict.failed
        var hint: String? = "if that is right, give it a default: '\(capture.name): { jq: …, default: … }'"
        do throws(EvaluationError) {
            let outputs = try engine.outputs(of: expression, in: context)
            if outputs.count == 1, !outputs[0].isNull { return outputs[0] }
            if let fallback = capture.fallback, outputs.count < 2 { return try fallbackValue(fallback, rendering) }
            switch outputs.count {
            case 0: reason = "the capture yields nothing"
            case 1: reason = "the capture yields null"
            default:
                reason = "the capture yields \(outputs.count) values"
                hint = "a capture is one value: make them a list, '[\(expression.text)]'"
            }
        } catch {
            if let fallback = capture.fallback, error.kind == .missingPath {
                return (try? rendering.value(of: fallback)) ?? .null
            }
            reason = error.message
            // A default stands for what is absent, and for nothing else; the nearest name is the better advice.
            let both = [error.hint, hint].compactMap { $0 }.joined(separator: "; ")
            hint = error.kind == .missingPath ? both : error.hint
            if error.kind == .budget { verdict = .error }
        }
        throw StepFailure(
            FailureReport(
                code: "capture.failed", verdict: verdict, message: reason, place: Place(expression.source.span),
                name: capture.name, hint: hint))
    }

    private func fallbackValue(_ fallback: ValueTemplate, _ rendering: Rendering) throws(EvaluationError) -> Value {
        do throws(StepFailure) {
            return try rendering.value(of: fallback)
        } catch {
            throw EvaluationError(.jq, error.report.message)
        }
    }

    private func runWait(
        _ step: Step, _ length: Late<Duration>, _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async -> StepOutcome {
        let started = clock.now
        do throws(StepFailure) {
            let length = try known(
                length, rendering(frame, seed: seed(step, frame)), DurationText.parse, "a duration such as 5s")
            let end = started + length
            if let limit = limits.tightest, limit.deadline < end {
                _ = try? await clock.sleep(until: limit.deadline)
                return failed(step, timedOut("the wait of \(DurationText.format(length)) was cut", limit, step))
            }
            _ = try? await clock.sleep(until: end)
        } catch {
            return failed(step, error.report)
        }
        let result = SharedValue(fields: [.init("ms", .number(milliseconds(since: started).rounded()))])
        return judged(
            step, run, frame, Attempt(result: result, error: nil, exchange: { .init(summary: "") }, requests: 0),
            report: newReport(step))
    }

    /// The report of a limit that struck.
    func timedOut(_ what: String, _ limit: Limits.Limit, _ step: Step) -> FailureReport {
        FailureReport(
            code: "run.time", verdict: .error,
            message: "\(what): the \(limit.name) of \(DurationText.format(limit.length)) has passed",
            place: Place(step.span), settings: [limit.text])
    }

    /// The value of a setting that a template may give, converted from text as the language allows.
    func known<Known>(
        _ late: Late<Known>, _ rendering: Rendering, _ parse: (String) -> Known?, _ phrase: String
    ) throws(StepFailure) -> Known {
        switch late {
        case .known(let value): return value
        case .template(let template):
            let value = try rendering.value(of: template)
            if let known = parse(value.tostring) { return known }
            throw StepFailure(
                FailureReport(
                    code: "template.type", verdict: .error,
                    message: "expected \(phrase), found \(value.type) \(value.preview())",
                    place: Place(template.span)))
        }
    }
}
