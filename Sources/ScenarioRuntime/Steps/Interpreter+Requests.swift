import Diagnostics
import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax
import Synchronization

extension Interpreter {
    /// Runs a driver's request: prepared once per poll, attempted with retries, polled until it holds.
    func runRequest(
        _ step: Step, _ request: any StepRequest, _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async -> StepOutcome {
        registerCleanup(step, run, frame)
        do throws(StepFailure) {
            let carrier = try carrier(of: step, request, run, frame)
            if step.until != nil {
                return await runPolling(step, run, frame, limits) { limits in
                    await self.attempt(carrier, run, frame, limits)
                }
            }
            return concluded(carrier, run, frame, await attempt(carrier, run, frame, limits))
        } catch {
            return failed(step, error.report)
        }
    }

    /// Runs a request that does not poll, with a report only where there is something to tell.
    @inline(__always)
    func runBriefly(
        _ step: Step, _ request: any StepRequest, _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async -> RunEnding {
        registerCleanup(step, run, frame)
        let carrier: Carrier
        do throws(StepFailure) {
            carrier = try self.carrier(of: step, request, run, frame)
        } catch {
            return .told(failed(step, error.report))
        }
        let attempted = await attempt(carrier, run, frame, limits)
        guard let attempt = attempted.attempt, attempted.retries.isEmpty,
            !attempt.isInError || carrier.acceptsError, !isInterrupted(run)
        else { return .told(concluded(carrier, run, frame, attempted)) }
        let findings = findings(carrier.step, frame, attempt, implied: carrier.implied)
        if findings.failures.isEmpty {
            return .passed(PassedRequest(carrier: carrier, attempted: attempted, findings: findings))
        }
        return .told(concluded(carrier, run, frame, attempted, findings))
    }

    /// What carries a step's requests, found once unless its target is named anew each time.
    private func carrier(
        of step: Step, _ request: any StepRequest, _ run: TestRun, _ frame: Frame
    ) throws(StepFailure) -> Carrier {
        if let known = run.carrier(of: step) { return known }
        guard let driver = drivers[request.kind] else {
            throw StepFailure(
                FailureReport(
                    code: "step.no-driver", verdict: .error, message: "no driver carries out '\(request.kind)' steps",
                    place: Place(step.span)))
        }
        let settled = try settled(request, of: step, frame)
        let target = try resolveTarget(of: step, settled, run, rendering(frame, seed: seed(step, frame)))
        let carrier = Carrier(
            step: step, request: settled, driver: driver, target: target,
            terms: run.terms(of: step, target: target?.target), label: run.label(of: step),
            part: part)
        // A template may name another target the next time; a watching step asks what its first look leaves open.
        let isFixed = step.target.map { $0.name.constant != nil } ?? true
        if isFixed, !(request is any WatchingRequest) { run.keep(carrier, for: step) }
        return carrier
    }

    /// One poll: the request prepared anew, and sent with its retries.
    @inline(__always)
    func attempt(_ carrier: Carrier, _ run: TestRun, _ frame: Frame, _ limits: Limits) async -> Attempted {
        let attempted = Attempted()
        let rendering = rendering(frame, seed: seed(carrier.step, frame))
        do throws(StepFailure) {
            let prepared = try carrier.prepare(rendering)
            let timeout = try timeout(of: carrier, rendering)
            var most = try mostRetries(of: carrier, rendering)
            // Under a fault only what the step itself says is sent again.
            if run.isStruck, carrier.step.retry.max == nil { most = 0 }
            var retry = most > 0 ? Retry(carrier.retryRules(max: most, isIdempotent: prepared.isIdempotent)) : nil
            var chance: SeededChance?
            let tracing = tracing(of: carrier.step, run, frame)
            while true {
                if carrier.rateLimit != nil { await admit(carrier) }
                let begun = clock.now
                spans += 1
                let span = tracing.attempt(spans)
                let inner = limits.adding("timeout", timeout, from: begun)
                let left = inner.remaining(at: begun) ?? timeout.value
                let gate = gate(before: carrier)
                await gate?.enter()
                var attempt = await carrier.driver.attempt(
                    prepared,
                    AttemptLimits(
                        timeout: left, connect: min(carrier.terms.settings.connect.value, left), label: carrier.label,
                        pool: carrier.terms.pool, mayRepeat: carrier.step.isIdempotent, number: attempted.tries + 1,
                        origin: tracing.origin, span: span,
                        onProgress: run.repeatDepth > 0 ? nil : progressTelling()),
                    in: run.session)
                gate?.leave()
                let took = milliseconds(since: begun)
                attempted.sent = TracedAttempt(
                    tracing: tracing, span: span, startedMs: (begun - began).milliseconds, ms: took)
                requests += attempt.requests
                for secret in attempt.secrets { secrets.add(.string(secret)) }
                attempted.tries += 1
                attempted.limit = inner.tightest
                if isInterrupted(run) {
                    attempted.attempt = attempt
                    return attempted
                }
                let decision = retry?.decide(
                    error: attempt.error, code: attempt.code, retryAfter: attempt.retryAfter,
                    chance: Self.share(of: &chance, seed: rendering.seed))
                guard case .again(let pause, let cause)? = decision,
                    limits.tightest.map({ clock.now + pause < $0.deadline }) ?? true
                else {
                    attempt.result = attempt.result.adding([
                        attempted.tries == 1 ? onlyTry : .init("tries", Value(attempted.tries))
                    ])
                    attempted.attempt = attempt
                    if decision == .settled { attempted.withheld = retry?.withheld(attempt.error) }
                    return attempted
                }
                attempted.retries.append(
                    .init(
                        cause: cause, ms: took, waitedMs: pause.milliseconds,
                        startedMs: (begun - began).milliseconds, spanID: span.spanID))
                _ = try? await clock.sleep(until: clock.now + pause)
            }
        } catch {
            attempted.failure = error.report
            return attempted
        }
    }

    /// The time-out of an attempt, which a template may give.
    private func timeout(of carrier: Carrier, _ rendering: Rendering) throws(StepFailure) -> Setting<Duration> {
        if let known = carrier.timeout { return known }
        let timeout = carrier.terms.settings.timeout
        return Setting(
            try known(timeout.value, rendering, DurationText.parse, "a duration such as 5s"), timeout.origin)
    }

    /// The most retries, which a template may give.
    private func mostRetries(of carrier: Carrier, _ rendering: Rendering) throws(StepFailure) -> Int {
        if let known = carrier.mostRetries { return known }
        let most = carrier.terms.settings.retry.max?.value ?? .known(0)
        return try known(most, rendering, { Int($0) }, "a number of retries")
    }

    /// What an attempt tells its progress to; nil where nobody follows steps.
    ///
    /// Of many repetitions none is followed.
    private func progressTelling() -> (@Sendable (StepProgress) -> Void)? {
        guard plan.options.tellsSteps, let position = RunPosition.current else { return nil }
        let clock = clock
        // The display is drawn no oftener, and a report of events shall not be made of them.
        let last = Mutex(clock.now)
        return { progress in
            let now = clock.now
            let isDue = last.withLock { last in
                guard now - last >= Self.timeBetweenProgress else { return false }
                last = now
                return true
            }
            guard isDue else { return }
            self.assumeIsolated { interpreter in
                interpreter.sink(
                    .stepProgressed(
                        test: position.test, trail: position.trail, progress: progress,
                        ms: interpreter.milliseconds(since: interpreter.began)))
            }
        }
    }

    private static let timeBetweenProgress = Duration.milliseconds(100)

    /// The next number of a chance that most steps never ask.
    private static func share(of chance: inout SeededChance?, seed: EvaluationSeed) -> Double {
        var begun = chance ?? SeededChance(seed.text + "/retry")
        defer { chance = begun }
        return begun.share()
    }

    /// Whether the run is being ended, and what is under way is not its cleanup.
    func isInterrupted(_ run: TestRun) -> Bool { Task.isCancelled || isStopping && !run.isCleaningUp }

    /// Judges a request that was sent, or reports why it was not.
    ///
    /// Where the result was judged already, what was found is given.
    func concluded(
        _ carrier: Carrier, _ run: TestRun, _ frame: Frame, _ attempted: Attempted, _ findings: Findings? = nil
    ) -> StepOutcome {
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
        if let cause = attempted.withheld {
            report.notes.append(
                "not sent again after '\(cause)': it may have been carried out; 'idempotent: true' on the step allows it"
            )
        }
        report.trace = attempted.sent?.trace
        // What an interrupt cut short is no result of the service, even for a step that takes errors.
        if isInterrupted(run) {
            report.verdict = .error
            report.failures = [
                FailureReport(
                    code: "run.interrupted", verdict: .error, message: "the request was interrupted",
                    place: Place(step.span))
            ]
            report.exchange = attempt.exchange()
            return StepOutcome(report: report, value: nil)
        }
        if let error = attempt.error, !carrier.acceptsError {
            report.verdict = error.kind == .rejected ? .failed : .error
            report.failures = [
                FailureReport(
                    code: "\(step.kind).\(error.kind.codeName)", verdict: report.verdict,
                    message: error.message, place: attempt.place ?? Place(step.span), hint: error.hint,
                    settings: settingsText(carrier, attempted.limit), notes: error.facts)
            ]
            report.exchange = attempt.exchange()
            frame.keep(step.id, attempt.result.adding([hasRun]))
            if error.kind == .rejected, isDoneInCleanup(carrier, run, attempt) { report.markAlreadyGone(attempt.code) }
            return StepOutcome(report: report, value: nil)
        }
        let found = findings ?? self.findings(step, frame, attempt, implied: carrier.implied)
        var outcome = told(found, step, run, frame, attempt, report: report)
        if !attempted.retries.isEmpty, outcome.report.verdict == .passed, !step.expectsRetries {
            outcome.report.isFlaky = true
            run.isFlaky = true
        }
        if outcome.failed {
            let settings = settingsText(carrier, attempted.limit)
            for index in outcome.report.failures.indices where outcome.report.failures[index].settings.isEmpty {
                outcome.report.failures[index].settings = settings
            }
            if isDoneInCleanup(carrier, run, attempt) {
                outcome.report.markAlreadyGone(attempt.code)
            }
        }
        return outcome
    }

    private func isDoneInCleanup(_ carrier: Carrier, _ run: TestRun, _ attempt: Attempt) -> Bool {
        guard run.isCleaningUp, let code = attempt.code else { return false }
        return carrier.request.codesOfNothingToUndo.contains(code)
    }

    /// The settings that had a part in an attempt, and who set each.
    private func settingsText(_ carrier: Carrier, _ limit: Limits.Limit?) -> [String] {
        var texts: [String] = []
        if let limit { texts.append(limit.text) }
        if let max = carrier.terms.settings.retry.max, let known = max.value.known, known > 0 {
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
