import Diagnostics
import EventLoop
import Expressions
import ScenarioModel

/// A needed scenario that runs once for all tests that need it with the same parameters.
final class NeedRun: @unchecked Sendable {
    // Confined to the interpreter's executor, like the frames and runs it holds.
    let run: TestRun
    /// As the test that was the first to need it has it.
    let need: Scenario.Need
    let task: Task<NeedOutcome, Never>
    var file: String { need.scenario.file.path }

    init(run: TestRun, need: Scenario.Need, task: Task<NeedOutcome, Never>) {
        self.run = run
        self.need = need
        self.task = task
    }
}

/// What a needed scenario gives to those that need it.
enum NeedOutcome: Sendable {
    case outputs(Value)
    /// It did not pass; its users are skipped with this reason.
    case failed(String)
    /// Its parameters could not be evaluated.
    case broken(StepFailure)
}

extension Interpreter {
    /// The outputs of a need, from its one run for these parameters.
    func outputs(of need: Scenario.Need, for run: TestRun, _ frame: Frame) async -> NeedOutcome {
        let rendering = rendering(frame, seed: run.seed + "/needs/" + need.name)
        var given = Value.Object()
        do throws(StepFailure) {
            for member in need.with { given[member.key] = try rendering.value(of: member.value) }
        } catch {
            return .broken(error)
        }
        let key = needKey(need, given)
        if let known = needs[key] { return await known.task.value }
        if let follower {
            return await follower.outcome(
                of: NeedQuestion(test: run.planned.name.index, name: need.name, parameters: given, key: key))
        }
        // It stands in the trace of the test that came first, which waits for it.
        let started = startNeed(need, given, key: key, run.planned, trace: run.trace)
        let outcome = await started.task.value
        run.needReports.append(report(of: need, started.run, outcome))
        return outcome
    }

    /// What tells the runs of needs apart: file and parameters.
    func needKey(_ need: Scenario.Need, _ given: Value.Object) -> String {
        need.scenario.file.path + " " + Value.object(given).json(sorted: true)
    }

    /// Starts the one run of a need for these parameters.
    func startNeed(
        _ need: Scenario.Need, _ given: Value.Object, key: String, _ planned: PlannedTest, trace: TraceID
    ) -> NeedRun {
        let scenario = need.scenario
        let layers = SettingsLayers(
            plan.configuration, suites: planned.suites, flags: plan.options.flags, scenario: scenario)
        // One run serves many tests, so its seed hangs on its file and parameters, not on who came first.
        let own = TestRun(
            RunSource(planned: planned, scenario: scenario, layers: layers), session: TestSession(test: key),
            seed: RunSeed(plan.options.seed + "/needs/" + key), trace: trace, started: clock.now)
        own.faults = faults(of: scenario)
        let with = Dictionary(given.map { ($0.0, $0.1) }, uniquingKeysWith: { _, last in last })
        let task = Task(executorPreference: executor) { await self.runNeed(scenario, own, with) }
        let started = NeedRun(run: own, need: need, task: task)
        needs[key] = started
        return started
    }

    /// What a needed scenario came to, as a step of the test that was the first to need it.
    private func report(of need: Scenario.Need, _ own: TestRun, _ outcome: NeedOutcome) -> StepReport {
        var report = StepReport(
            id: need.name, name: nil, kind: "need", place: Place(need.span), verdict: .passed)
        report.startedMs = (own.started - began).milliseconds
        report.ms = milliseconds(since: own.started)
        report.children = own.needReports
        switch outcome {
        case .outputs: break
        case .failed(let reason):
            report.verdict = own.needReports.contains { $0.verdict == .failed } ? .failed : .error
            report.reason = reason
        case .broken: report.verdict = .error
        }
        return report
    }

    private func runNeed(_ scenario: Scenario, _ run: TestRun, _ with: [String: Value]) async -> NeedOutcome {
        let frame = Frame(parent: base, trail: scenario.name, seed: run.origin)
        do throws(StepFailure) {
            try evaluateVariables(of: scenario, in: frame, with: with, seed: run.seed)
            try beginStandingFaults(run)
            let limits = Limits().adding("scenario timeout", run.layers.scenarioLimit, from: clock.now)
            if let cleanup = scenario.cleanup {
                run.cleanups.append(.init(block: cleanup, frame: frame, owner: scenario.name))
            }
            let reports = await runBlock(
                scenario.steps, run, frame, limits, keepGoing: scenario.keepGoing, trail: [scenario.name])
            run.needReports = reports
            if let failed = reports.first(where: { $0.verdict == .failed || $0.verdict == .error }) {
                let reason = failed.failures.first.map { ": \($0.message)" } ?? ""
                return .failed(
                    "needs \(scenario.file.path), whose step '\(failed.id)' \(failed.verdict == .failed ? "failed" : "could not run")\(reason)"
                )
            }
            let fields = try outputs(of: scenario, frame, seed: EvaluationSeed(run.seed))
            return .outputs(SharedValue(fields: fields).value)
        } catch {
            return .failed("needs \(scenario.file.path): \(error.report.message)")
        }
    }

    /// Counts a test among those that may need each file.
    func countUsers(of test: PlannedTest) {
        for need in test.scenario.needs { remainingUsers[need.scenario.file.path, default: 0] += 1 }
    }

    /// Cleans up the needs whose last possible user has ended.
    func releaseNeeds(of test: PlannedTest) async {
        for need in test.scenario.needs {
            let file = need.scenario.file.path
            remainingUsers[file, default: 1] -= 1
            guard remainingUsers[file] == 0 else { continue }
            for (key, known) in needs where known.file == file {
                needs[key] = nil
                await clean(known)
            }
        }
    }

    /// Cleans up the needs that are left, as when a run is interrupted.
    func finishNeeds() async {
        for known in needs.values { await clean(known) }
        needs = [:]
    }

    private func clean(_ known: NeedRun) async {
        _ = await known.task.value
        for driver in drivers.values { await driver.endSteps(known.run.session) }
        let started = clock.now
        let reports = await cleanUp(known.run)
        for report in reports where report.verdict == .failed || report.verdict == .error {
            let reason = report.failures.first?.message ?? "failed"
            sink(.note("cleanup of \(known.file), step '\(report.id)': \(reason)"))
        }
        if !reports.isEmpty { tell(known, cleanedBy: reports, since: started) }
        for driver in drivers.values { await driver.endSession(known.run.session) }
        known.run.faults?.close()
    }

    /// Tells what cleaned up after a need, as a step of the test that was the first to need it.
    private func tell(_ known: NeedRun, cleanedBy reports: [StepReport], since started: Instant) {
        var cleanup = StepReport(
            id: known.need.name, name: "cleanup", kind: "need", place: Place(known.need.span),
            verdict: reports.reduce(.passed) { $0.worse($1.verdict) })
        cleanup.startedMs = (started - began).milliseconds
        cleanup.ms = milliseconds(since: started)
        cleanup.children = reports
        sink(.needCleaned(test: known.run.planned.name.index, cleanup: cleanup))
    }
}
