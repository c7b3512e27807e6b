import Diagnostics
import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// Polls until the step's condition holds, gives up, or its time has passed.
    func runPolling(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits,
        _ attempt: (Limits) async -> Attempted
    ) async -> StepOutcome {
        guard let until = step.until else {
            return failed(step, FailureReport(code: "run.lost", verdict: .error, message: "no condition to poll for"))
        }
        let base = rendering(frame, seed: seed(step, frame))
        let settings = run.layers.settings(of: step, target: nil)
        let within: Setting<Duration>
        let every: Duration
        do throws(StepFailure) {
            within = Setting(
                try known(settings.within.value, base, DurationText.parse, "a duration such as 30s"),
                settings.within.origin)
            every = try known(settings.every.value, base, DurationText.parse, "a duration such as 500ms")
        } catch {
            return failed(step, error.report)
        }
        let started = clock.now
        let inner = limits.adding("within", within, from: started)
        var polls = StepReport.Polls(count: 0, ms: 0, last: "nothing")
        var retries: [StepReport.Retry] = []
        var lastAttempt: Attempted?
        var lastFailure: FailureReport?
        var pace = PollPace(every: max(every, .milliseconds(1)))
        while true {
            polls.count += 1
            frame.set("attempt", SharedValue(Value(polls.count)))
            let begun = clock.now
            let attempted = await attempt(inner)
            retries += attempted.retries
            lastAttempt = attempted
            if Task.isCancelled || isStopping && !run.isCleaningUp { break }
            if let failure = attempted.failure { return failed(step, failure) }
            guard let result = attempted.attempt else { break }
            if let error = result.error, error.kind == .tls || error.kind == .auth, !step.acceptsError {
                return concludePolling(step, run, frame, attempted, polls, retries, started, result)
            }
            let seen = look(until, at: result, step, rendering(frame, dot: result.result, seed: base.seed))
            polls.last = seen.last
            lastFailure = seen.failure
            if seen.holds {
                return concludePolling(step, run, frame, attempted, polls, retries, started, result)
            }
            if seen.isLost {
                polls.ms = milliseconds(since: started)
                return pollingFailed(
                    step, run, frame, lastAttempt, polls, retries,
                    FailureReport(
                        code: "until.given-up", verdict: .failed,
                        message: "gave up after \(polls.count) polls: '\(until.giveUp?.text ?? "")' holds",
                        place: Place((until.giveUp ?? until.condition).source.span)))
            }
            guard let next = pace.next(begun: begun, ended: clock.now, deadline: inner.tightest?.deadline) else {
                break
            }
            _ = try? await clock.sleep(until: next)
            if Task.isCancelled || !pace.mayBegin(at: clock.now, deadline: inner.tightest?.deadline) { break }
        }
        polls.ms = milliseconds(since: started)
        // What an interrupt cut short says nothing of the condition.
        if isInterrupted(run) {
            return pollingFailed(
                step, run, frame, lastAttempt, polls, retries,
                FailureReport(
                    code: "run.interrupted", verdict: .error,
                    message: "the polling was interrupted behind \(polls.count) poll\(polls.count == 1 ? "" : "s")",
                    place: Place(step.span)))
        }
        let limit = inner.tightest
        var report = lastFailure ?? FailureReport(code: "until.time", verdict: .failed, message: "")
        report.code = "until.time"
        report.verdict = .failed
        report.message =
            "'\(until.condition.text)' did not come to hold in \(polls.count) poll\(polls.count == 1 ? "" : "s")"
            + (limit.map { " within \(DurationText.format($0.length))" } ?? "")
        report.place = report.place ?? Place(until.condition.source.span)
        report.settings = limit.map { [$0.text] } ?? []
        return pollingFailed(step, run, frame, lastAttempt, polls, retries, report)
    }

    /// How the condition stands after a poll.
    private struct Look {
        var holds = false
        var isLost = false
        var last = ""
        var failure: FailureReport?
    }

    private func look(_ until: Until, at attempt: Attempt, _ step: Step, _ rendering: Rendering) -> Look {
        var look = Look()
        let context = rendering.frame.context(for: [until.condition], dot: attempt.result, seed: rendering.seed)
        switch engine.judge([until.condition], in: context)[0] {
        case .holds:
            look.last = "true"
            look.holds = attempt.error == nil || step.acceptsError
        case .fails(let failure):
            let assertion = Assertion(name: nil, expression: until.condition)
            look.failure = Judge.report(assertion, failure, code: "until.time", rendering: rendering)
            look.last = failure.operands.first?.value.preview() ?? failure.error?.message ?? failure.message
        }
        if let error = attempt.error, !look.holds { look.last = "error \(error.kind.rawValue): \(error.message)" }
        if let giveUp = until.giveUp, !look.holds {
            let context = rendering.frame.context(for: [giveUp], dot: attempt.result, seed: rendering.seed)
            if case .holds = engine.judge([giveUp], in: context)[0] { look.isLost = true }
        }
        return look
    }

    private func concludePolling(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ attempted: Attempted, _ polls: StepReport.Polls,
        _ retries: [StepReport.Retry], _ started: Instant, _ attempt: Attempt
    ) -> StepOutcome {
        var polls = polls
        polls.ms = milliseconds(since: started)
        var report = newReport(step)
        report.polls = polls
        report.retries = retries
        report.trace = attempted.sent?.trace
        if let error = attempt.error, !step.acceptsError {
            report.verdict = .error
            report.failures = [
                FailureReport(
                    code: "\(step.kind).\(error.kind.codeName)", verdict: .error, message: error.message,
                    place: attempt.place ?? Place(step.span), hint: error.hint)
            ]
            report.exchange = attempt.exchange()
            return StepOutcome(report: report, value: nil)
        }
        var polled = attempt
        polled.result = attempt.result.adding([.init("polls", Value(polls.count))])
        var outcome = judged(step, run, frame, polled, report: report)
        if !retries.isEmpty, outcome.report.verdict == .passed, !step.expectsRetries {
            outcome.report.isFlaky = true
            run.isFlaky = true
        }
        return outcome
    }

    private func pollingFailed(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ attempted: Attempted?, _ polls: StepReport.Polls,
        _ retries: [StepReport.Retry], _ failure: FailureReport
    ) -> StepOutcome {
        var report = newReport(step)
        report.verdict = failure.verdict
        report.polls = polls
        report.retries = retries
        report.trace = attempted?.sent?.trace
        report.failures = [failure]
        if let attempt = attempted?.attempt {
            let exchange = attempt.exchange()
            if !exchange.summary.isEmpty { report.exchange = exchange }
        }
        return StepOutcome(report: report, value: nil)
    }
}
