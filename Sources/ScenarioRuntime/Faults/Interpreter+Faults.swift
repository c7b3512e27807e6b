import Diagnostics
import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// The faults of a test of a scenario; nil where neither it nor the command line puts any.
    func faults(of scenario: Scenario) -> TestFaults? {
        let places = (scenario.faults + plan.options.faults).map(\.place)
        guard let proxies, !places.isEmpty else { return nil }
        return TestFaults(proxies, faulted: Set(places.filter { !Fault.isLink($0) }))
    }

    /// Puts the faults of the command line on a test's targets, for as long as it runs.
    func beginStandingFaults(_ run: TestRun) throws(StepFailure) {
        let standing = plan.options.faults.filter { !$0.isLink }
        guard let faults = run.faults, !standing.isEmpty else { return }
        let blows = try blows(standing, rendering(base, seed: run.seed + "/--fault"))
        _ = try faults.strike(blows, seed: run.seed + "/--fault")
        run.hasStandingFaults = true
    }

    /// Puts the command line's faults on links, for as long as the run lasts; lint has seen that the links are there.
    func beginLinkFaults() {
        let standing = plan.options.faults.filter(\.isLink)
        guard let proxies, !standing.isEmpty else { return }
        do throws(StepFailure) {
            let rendering = rendering(base, seed: plan.options.seed + "/--fault")
            let faults = TestFaults(proxies, faulted: [])
            _ = try faults.strike(try blows(standing, rendering), seed: plan.options.seed + "/--fault")
        } catch {
            sink(.note("--fault: \(error.report.message)"))
        }
    }

    /// What a step that failed has to say of faults that the command line put: whoever reads of it may not have written that.
    func standingFaultNotes(_ step: Step) -> [String] {
        guard !plan.options.faults.isEmpty, case .request = step.action else { return [] }
        let places = Set(plan.options.faults.map(\.place)).sorted().joined(separator: "', '")
        return ["'--fault' put trouble on '\(places)' for the whole run"]
    }

    /// Runs a step while its faults are in force, and sees that a group recovers where it must.
    func runFaulted(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        let seed = seed(step, frame).text
        let number: Int
        let blows: [TestFaults.Blow]
        do throws(StepFailure) {
            guard let faults = run.faults else {
                throw StepFailure(
                    FailureReport(
                        code: "fault.place", verdict: .error, message: "faults cannot be put on anything in this run",
                        place: Place(step.span)))
            }
            blows = try self.blows(step.faults, rendering(frame, seed: seed))
            do throws(StepFailure) {
                number = try faults.strike(blows, seed: seed)
            } catch {
                var report = error.report
                report.place = report.place ?? step.faults.first.map { Place($0.span) }
                throw StepFailure(report)
            }
        } catch {
            return failed(step, error.report)
        }
        var outcome = await unfaulted(step, run, frame, limits, trail)
        let complaints = run.faults?.lift(number) ?? []
        if let recovery = step.recovery, !isInterrupted(run) {
            outcome = await recover(step, recovery, outcome, run, frame, limits, trail)
        }
        outcome.report.notes += complaints
        if outcome.failed, step.recovery == nil {
            let places = Set(blows.map(\.place)).sorted().joined(separator: "', '")
            outcome.report.notes.append("faults were in force on '\(places)', which is reached through a proxy then")
        }
        return outcome
    }

    private func unfaulted(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        if step.each != nil { return await runEach(step, run, frame, limits, trail) }
        return await repeated(step, run, frame, limits, trail)
    }

    /// Repeats a group whose faults are lifted until it passes; only that counts, and when it came.
    private func recover(
        _ step: Step, _ recovery: Setting<Duration>, _ under: StepOutcome, _ run: TestRun, _ frame: Frame,
        _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        let lifted = clock.now
        let inner = limits.adding("recovers_within", recovery, from: lifted)
        let deadline = inner.tightest?.deadline ?? lifted + recovery.value
        var judged = step
        // What is said of the group holds of the recovery as a whole, whose time is known at its end.
        if step.each == nil, step.repetition == nil {
            judged.expectation = nil
            judged.assertions = []
            judged.captures = []
        }
        var pace = PollPace(every: .milliseconds(50))
        var rounds = 0
        while true {
            rounds += 1
            let begun = clock.now
            var outcome = await unfaulted(judged, run, frame, inner, trail)
            if isInterrupted(run) { return outcome }
            if !outcome.failed, clock.now <= deadline {
                return recovered(step, outcome, under, rounds, from: lifted, run, frame)
            }
            guard let next = pace.next(begun: begun, ended: clock.now, deadline: deadline) else {
                outcome.report.failures = [notRecovered(step, recovery, outcome, rounds, inner)]
                outcome.report.verdict = .failed
                outcome.report.notes += [noteUnderFault(under)]
                return outcome
            }
            _ = try? await clock.sleep(until: next)
        }
    }

    private func recovered(
        _ step: Step, _ outcome: StepOutcome, _ under: StepOutcome, _ rounds: Int,
        from lifted: Instant, _ run: TestRun, _ frame: Frame
    ) -> StepOutcome {
        let time = milliseconds(since: lifted)
        var report = outcome.report
        report.reason = "recovered in \(Int(time.rounded(.up))) ms"
        report.recoveredMs = time
        report.notes += [noteUnderFault(under), "passed in round \(rounds) after the fault was lifted"]
        let members: [SharedValue.Field] = [
            .init("recovered_ms", .number(time.rounded())), .init("passed_under_fault", .bool(!under.failed)),
        ]
        guard step.each == nil, step.repetition == nil else {
            return StepOutcome(report: report, value: outcome.value?.adding(members))
        }
        let result = (outcome.value ?? SharedValue(fields: [])).adding(members)
        return judged(
            step, run, frame, Attempt(result: result, error: nil, exchange: { .init(summary: "") }, requests: 0),
            report: report)
    }

    private func notRecovered(
        _ step: Step, _ recovery: Setting<Duration>, _ outcome: StepOutcome, _ rounds: Int, _ limits: Limits
    ) -> FailureReport {
        let last = outcome.report.firstTrouble.map { ": \($0.id): \($0.failures.first?.message ?? "failed")" } ?? ""
        return FailureReport(
            code: "fault.not-recovered", verdict: .failed,
            message: "'\(step.id)' did not recover within \(DurationText.format(recovery.value)) of the fault's end"
                + " (\(rounds) round\(rounds == 1 ? "" : "s"))" + last,
            place: Place(step.span),
            hint: "'plumb explain fault.not-recovered' tells what is awaited",
            settings: limits.tightest.map { [$0.text] } ?? [])
    }

    private func noteUnderFault(_ under: StepOutcome) -> String {
        guard under.failed else { return "under the fault all steps passed" }
        let trouble = under.report.firstTrouble
        let reason = trouble?.failures.first?.message ?? "without a message"
        return "under the fault \(trouble?.id ?? "it") failed: \(reason)"
    }

    /// The faults with their templates evaluated.
    private func blows(_ faults: [Fault], _ rendering: Rendering) throws(StepFailure) -> [TestFaults.Blow] {
        var blows: [TestFaults.Blow] = []
        for fault in faults {
            let value = try rendering.value(of: fault.settings)
            do throws(FaultSettings.Problem) {
                blows.append(.init(place: fault.place, settings: try FaultSettings(value.object ?? .init())))
            } catch {
                throw StepFailure(
                    FailureReport(
                        code: "fault.form", verdict: .error, message: "on '\(fault.place)': \(error.message)",
                        place: Place(fault.span), hint: error.hint))
            }
        }
        return blows
    }
}

extension StepReport {
    /// The innermost step that did not pass, the first one.
    fileprivate var firstTrouble: StepReport? {
        for child in children where child.verdict == .failed || child.verdict == .error {
            return child.firstTrouble ?? child
        }
        return verdict == .failed || verdict == .error ? self : nil
    }
}
