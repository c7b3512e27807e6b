import Diagnostics
import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// Runs a driver's request: prepared once per poll, attempted with retries, polled until it holds.
    func runRequest(
        _ step: Step, _ request: any StepRequest, _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async -> StepOutcome {
        guard let driver = drivers[request.kind] else {
            return failed(
                step,
                FailureReport(
                    code: "step.no-driver", verdict: .error, message: "no driver carries out '\(request.kind)' steps",
                    place: Place(step.span)))
        }
        registerCleanup(step, run, frame)
        do throws(StepFailure) {
            let seed = seed(step, run, frame)
            let request = try settled(request, of: step, frame)
            let target = try resolveTarget(of: step, request, run, rendering(frame, seed: seed))
            let carrier = Carrier(
                step: step, request: request, driver: driver, target: target,
                terms: run.terms(of: step, target: target?.target), run: run)
            if step.until != nil {
                return await runPolling(step, run, frame, limits) { limits in
                    await self.attempt(carrier, frame, limits)
                }
            }
            let attempt = await attempt(carrier, frame, limits)
            return concluded(carrier, frame, attempt)
        } catch {
            return failed(step, error.report)
        }
    }

    /// What carries a request through its attempts.
    struct Carrier: @unchecked Sendable {
        let step: Step
        let request: any StepRequest
        let driver: any StepDriver
        let target: ResolvedTarget?
        let terms: Terms
        let run: TestRun

        var settings: StepSettings { terms.settings }
    }

    /// One poll: the request prepared anew, and sent with its retries.
    func attempt(_ carrier: Carrier, _ frame: Frame, _ limits: Limits) async -> Attempted {
        let step = carrier.step
        var attempted = Attempted()
        let rendering = rendering(frame, seed: seed(step, carrier.run, frame))
        do throws(StepFailure) {
            let prepared = try carrier.request.prepare(rendering, target: carrier.target)
            let timeout = Setting(
                try known(carrier.settings.timeout.value, rendering, DurationText.parse, "a duration such as 5s"),
                carrier.settings.timeout.origin)
            let most = try known(
                carrier.settings.retry.max?.value ?? .known(0), rendering, { Int($0) }, "a number of retries")
            // Under a fault only what the step itself says is sent again.
            let isStruck = (carrier.run.faults?.depth ?? 0) > (carrier.run.hasStandingFaults ? 1 : 0)
            var retry = Retry(rules(carrier, prepared, max: isStruck && step.retry.max == nil ? 0 : most))
            var chance: SeededChance?
            while true {
                try await admit(carrier, limits)
                let begun = clock.now
                let inner = limits.adding("timeout", timeout, from: begun)
                let left = inner.remaining(at: begun) ?? timeout.value
                let connect = min(carrier.settings.connect.value, left)
                var attempt = await gated(carrier) {
                    await carrier.driver.attempt(
                        prepared,
                        AttemptLimits(
                            timeout: left, connect: connect, label: carrier.run.planned.name.name + "/" + step.id,
                            pool: carrier.terms.pool, mayRepeat: step.isIdempotent),
                        in: carrier.run.session)
                }
                requests += attempt.requests
                for secret in attempt.secrets { secrets.add(.string(secret)) }
                attempted.tries += 1
                attempted.limit = inner.tightest
                if isInterrupted(carrier.run) {
                    attempted.attempt = attempt
                    return attempted
                }
                let decision = retry.decide(
                    error: attempt.error, code: attempt.code, retryAfter: attempt.retryAfter,
                    chance: Self.share(of: &chance, seed: rendering.seed))
                guard case .again(let pause, let cause) = decision,
                    limits.tightest.map({ clock.now + pause < $0.deadline }) ?? true
                else {
                    attempt.result = attempt.result.adding([.init("tries", Value(attempted.tries))])
                    attempted.attempt = attempt
                    return attempted
                }
                attempted.retries.append(
                    .init(cause: cause, ms: milliseconds(since: begun), waitedMs: pause.milliseconds))
                _ = try? await clock.sleep(until: clock.now + pause)
            }
        } catch {
            attempted.failure = error.report
            return attempted
        }
    }

    /// The next number of a chance that most steps never ask.
    private static func share(of chance: inout SeededChance?, seed: String) -> Double {
        var begun = chance ?? SeededChance(seed + "/retry")
        defer { chance = begun }
        return begun.share()
    }

    /// Whether the run is being ended, and what is under way is not its cleanup.
    func isInterrupted(_ run: TestRun) -> Bool { Task.isCancelled || isStopping && !run.isCleaningUp }

    /// What one poll came to.
    struct Attempted {
        var attempt: Attempt?
        /// Set where nothing could be sent.
        var failure: FailureReport?
        var retries: [StepReport.Retry] = []
        var tries = 0
        var limit: Limits.Limit?
    }

    private func rules(_ carrier: Carrier, _ prepared: any PreparedStep, max: Int) -> Retry.Rules {
        let step = carrier.step
        let part = carrier.settings.retry
        var expected: String?
        if case .literal(let value, _, _)? = step.expectation?["status"] { expected = value.tostring }
        return Retry.Rules(
            max: max, causes: part.on?.value ?? [.connect], backoff: part.backoff?.value ?? .milliseconds(200),
            jitter: part.jitter?.value ?? 0.5, isIdempotent: step.isIdempotent || prepared.isIdempotent,
            acceptsError: step.acceptsError && step.retry.max == nil, expectedCode: expected)
    }

    /// Judges a request that was sent, or reports why it was not.
    func concluded(_ carrier: Carrier, _ frame: Frame, _ attempted: Attempted) -> StepOutcome {
        let step = carrier.step
        guard let attempt = attempted.attempt else {
            return failed(
                step,
                attempted.failure
                    ?? FailureReport(code: "run.lost", verdict: .error, message: "the step was not carried out"))
        }
        var report = newReport(step)
        report.target = carrier.target?.name
        report.retries = attempted.retries
        // What an interrupt cut short is no result of the service, even for a step that takes errors.
        if isInterrupted(carrier.run) {
            report.verdict = .error
            report.failures = [
                FailureReport(
                    code: "run.interrupted", verdict: .error, message: "the request was interrupted",
                    place: Place(step.span))
            ]
            report.exchange = attempt.exchange()
            return StepOutcome(report: report, value: nil)
        }
        if let error = attempt.error, !step.acceptsError {
            report.verdict = error.kind == .rejected ? .failed : .error
            report.failures = [
                FailureReport(
                    code: "\(step.kind).\(error.kind.codeName)", verdict: report.verdict,
                    message: error.message, place: attempt.place ?? Place(step.span), hint: error.hint,
                    settings: settingsText(carrier, attempted.limit), notes: error.facts)
            ]
            report.exchange = attempt.exchange()
            frame.keep(step.id, attempt.result.adding([.init("ran", true)]))
            if error.kind == .rejected, isDoneInCleanup(carrier, attempt) { report.markAlreadyGone(attempt.code) }
            return StepOutcome(report: report, value: nil)
        }
        var outcome = judged(step, carrier.run, frame, attempt, report: report)
        if !attempted.retries.isEmpty, outcome.report.verdict == .passed {
            outcome.report.isFlaky = true
            carrier.run.isFlaky = true
        }
        if outcome.failed {
            let settings = settingsText(carrier, attempted.limit)
            for index in outcome.report.failures.indices where outcome.report.failures[index].settings.isEmpty {
                outcome.report.failures[index].settings = settings
            }
            if isDoneInCleanup(carrier, attempt) {
                outcome.report.markAlreadyGone(attempt.code)
            }
        }
        return outcome
    }

    private func isDoneInCleanup(_ carrier: Carrier, _ attempt: Attempt) -> Bool {
        guard carrier.run.isCleaningUp, let code = attempt.code else { return false }
        return carrier.request.codesOfNothingToUndo.contains(code)
    }

    /// The settings that had a part in an attempt, and who set each.
    private func settingsText(_ carrier: Carrier, _ limit: Limits.Limit?) -> [String] {
        var texts: [String] = []
        if let limit { texts.append(limit.text) }
        if let max = carrier.settings.retry.max, let known = max.value.known, known > 0 {
            texts.append("retry \(known) (\(max.origin))")
        }
        if let target = carrier.target { texts.append("target \(target.name) (\(target.target.origin))") }
        return texts
    }
}

extension StepReport {
    /// Takes the refusal of a cleanup for what it is: there was nothing left to undo.
    fileprivate mutating func markAlreadyGone(_ code: String?) {
        failures = []
        verdict = .passed
        notes.append("answered \(code ?? "") : already gone")
    }
}
