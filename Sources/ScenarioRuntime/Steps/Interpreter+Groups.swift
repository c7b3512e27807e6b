import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// Runs the steps of a group in a frame of their own; a plain group's results show outside.
    func runGroup(
        _ step: Step, _ group: Group, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        registerCleanup(step, run, frame)
        let started = clock.now
        var limits = limits
        do throws(StepFailure) {
            if let timeout = step.timeout {
                let length = try known(
                    timeout.value, rendering(frame, seed: seed(step, frame)), DurationText.parse,
                    "a duration such as 5s")
                limits = limits.adding("group timeout", Setting(length, timeout.origin), from: started)
            }
        } catch {
            return failed(step, error.report)
        }
        let isLoop = frame.isIteration
        let inner = isLoop ? Frame(parent: frame, trail: frame.trail + "/" + step.id) : frame
        let reports = await runBlock(group.block, run, inner, limits, keepGoing: group.keepGoing, trail: trail)
        var report = newReport(step)
        report.children = reports
        for child in reports where child.verdict != .skipped { report.verdict = report.verdict.worse(child.verdict) }
        if let culprit = reports.first(where: { $0.verdict == .failed || $0.verdict == .error }) {
            report.reason = "\(culprit.id) failed"
        }
        var fields: [SharedValue.Field] = []
        if isLoop { for (id, value) in inner.ownResults { fields.append(.init(id, shared: value)) } }
        fields.append(.init("ms", .number(milliseconds(since: started).rounded())))
        let attempt = Attempt(
            result: SharedValue(fields: fields), error: nil, exchange: { .init(summary: "") }, requests: 0)
        if report.verdict == .passed { return judged(step, run, inner, attempt, report: report) }
        return StepOutcome(report: report, value: attempt.result.adding([.init("ran", true)]))
    }

    /// Runs another scenario in place: its own names inside, only its outputs outside.
    func runUse(
        _ step: Step, _ use: Use, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        registerCleanup(step, run, frame)
        let started = clock.now
        let seed = seed(step, frame)
        let scenario = use.scenario
        do throws(StepFailure) {
            let inner = try useFrame(scenario, use.with, rendering(frame, seed: seed), run)
            if let condition = scenario.condition {
                await engine.whenReady(for: [condition])
                guard try rendering(inner, seed: seed).holds(condition) else {
                    return StepOutcome(report: skipped(step, "if: \(condition.text) is false", frame), value: nil)
                }
            }
            if let cleanup = scenario.cleanup {
                run.cleanups.append(.init(block: cleanup, frame: inner, owner: step.id))
            }
            var limits = limits
            if let timeout = step.timeout {
                let length = try known(
                    timeout.value, rendering(frame, seed: seed), DurationText.parse, "a duration such as 5s")
                limits = limits.adding("use timeout", Setting(length, timeout.origin), from: started)
            }
            let reports = await runBlock(
                scenario.steps, run, inner, limits, keepGoing: scenario.keepGoing, trail: trail)
            var report = newReport(step)
            report.children = reports
            for child in reports where child.verdict != .skipped {
                report.verdict = report.verdict.worse(child.verdict)
            }
            if let culprit = reports.first(where: { $0.verdict == .failed || $0.verdict == .error }) {
                report.reason = "\(culprit.id) in \(scenario.file.path) failed"
            }
            guard report.verdict == .passed else { return StepOutcome(report: report, value: nil) }
            var fields = try outputs(of: scenario, inner, seed: seed)
            fields.append(.init("ms", .number(milliseconds(since: started).rounded())))
            let attempt = Attempt(
                result: SharedValue(fields: fields), error: nil, exchange: { .init(summary: "") }, requests: 0)
            return judged(step, run, frame, attempt, report: report)
        } catch {
            return failed(step, error.report)
        }
    }

    /// The frame of a used scenario: the run's names, its own variables, and nothing of who uses it.
    func useFrame(
        _ scenario: Scenario, _ with: [ValueTemplate.Member], _ rendering: Rendering, _ run: TestRun
    ) throws(StepFailure) -> Frame {
        var given: [String: Value] = [:]
        for member in with { given[member.key] = try rendering.value(of: member.value) }
        let inner = Frame(
            parent: base, trail: rendering.frame.trail + "/" + scenario.name, seed: run.origin)
        for name in ["run", "suite", "needs"] {
            if let value = rendering.frame.variable(name) { inner.set(name, value) }
        }
        try evaluateVariables(of: scenario, in: inner, with: given, seed: rendering.seed.text)
        return inner
    }

    /// What a scenario shows to those that use it.
    func outputs(
        of scenario: Scenario, _ frame: Frame, seed: EvaluationSeed
    ) throws(StepFailure) -> [SharedValue.Field] {
        var fields: [SharedValue.Field] = []
        for output in scenario.outputs {
            fields.append(
                .init(output.name, try rendering(frame, seed: seed).value(of: output.expression, code: "output.failed"))
            )
        }
        return fields
    }
}
