import ArgumentParser
import Diagnostics
import EventLoop
import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// Makes a plan of what `plumb run` was asked, and carries it out.
struct RunPreparation {
    private let request: RunRequest

    init(_ request: RunRequest) { self.request = request }

    /// Runs and reports; returns the exit status, or throws that with which nothing ran.
    func carryOut() throws -> ExitCode {
        var ground = try Groundwork(request.scenarios)
        defer { ground.end() }
        let faults = FaultFlag.read(request.fault, ground.configuration, StepKinds.all, into: &ground.diagnostics)
        try ground.goOn()
        try ground.startServices(faults: faults)
        let lastRun = LastRun(root: ground.configuration.root)
        let keeping = try ground.keeping()
        let names = request.failed ? try unpassed(lastRun, keeping, ground) : nil
        var plan = try ground.plan(names: names) { options in
            options.jobs = request.jobs ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            options.failFast = request.failFast
        }
        if let text = request.shard { plan.tests = try part(try Shard(text), of: plan.tests, ground) }
        plan.tests = repeated(plan.tests)
        plan.options.keepsExchanges = !request.report.isEmpty
        plan.options.keepsPlainSteps = !request.report.isEmpty || keeping != nil
        plan.options.faults = faults
        try ground.complete()
        let status = execute(plan, ground.signals, lastRun, keeping)
        ground.end()
        Streams.leave(status)
    }

    /// The tests that did not pass: as the history tells where this run is kept in one, else the record of the last run.
    private func unpassed(_ lastRun: LastRun, _ keeping: HistoryKeeping?, _ ground: Groundwork) throws -> Set<String> {
        do throws(HistoryProblem) {
            if let names = try keeping?.unpassed() ?? lastRun.unpassed { return names }
        } catch {
            throw ground.refusal(error.diagnostic)
        }
        throw ground.refusal(
            Diagnostic(
                .nothingSelected, at: nil, "--failed: there is no record of a last run", hint: "run once without it"))
    }

    private func part(_ shard: Shard, of tests: [PlannedTest], _ ground: Groundwork) throws -> [PlannedTest] {
        let part = shard.part(of: tests)
        guard part.isEmpty else { return part }
        throw ground.refusal(
            Diagnostic(
                .nothingSelected, at: nil,
                "part \(shard.number) of \(shard.count) has none of the \(tests.count) tests",
                hint: "share them among at most \(tests.count) machines"))
    }

    private func repeated(_ tests: [PlannedTest]) -> [PlannedTest] {
        guard request.repeat > 1 else { return tests }
        var all: [PlannedTest] = []
        for round in 1...request.repeat {
            for test in tests {
                var copy = test
                copy.name.index = all.count
                copy.name.name += "#\(round)"
                all.append(copy)
            }
        }
        return all
    }

    private func execute(
        _ plan: RunPlan, _ signals: Signals, _ lastRun: LastRun, _ keeping: HistoryKeeping?
    ) -> ExitCode {
        CrashNotice.end()
        let stream = ReportWords.stream(besides: request.report)
        let style = Streams.style(stream, request.scenarios.project.color)
        let began = Instant.now
        let terminal = TerminalReporter(
            style: style,
            now: { (Instant.now - began).milliseconds },
            write: { Streams.write($0, to: stream) })
        terminal.showsPassed = !request.scenarios.quiet
        let secrets = SecretMask(plan.configuration.secrets.values.compactMap { $0 })
        terminal.rerunCommand = request.rerunCommand.flatMap { secrets.masked($0) == $0 ? $0 : nil }
        let opened = Audience<any Reporter>.open(request.report, of: plan) { text throws(ReportError) in
            try (try? ReportRequest(text))?.reporter(plan, signals)
        }
        guard let reporters = opened else { return .nothingRan }
        if let keeping { for reporter in reporters { reporter.use(history: keeping.past) } }
        var plan = plan
        plan.options.tellsSteps = terminal.followsSteps || reporters.contains { $0.followsSteps }
        var start = RunStart(
            id: plan.options.runID, version: PlumbVersion.text, seed: plan.options.seed,
            profile: plan.configuration.profile, started: plan.options.started,
            startedUnixMs: RunIdentity.milliseconds(),
            jobs: plan.options.jobs, tests: plan.tests.map(\.name))
        start.suites = plan.configuration.configuredSuites(of: start.tests)
        var session = RunSession(plan, terminal: terminal, reporters: reporters, signals: signals)
        let outcome = session.run(started: start)
        if let line = suiteLine(outcome.result) { Streams.write(line, to: stream) }
        lastRun.write(outcome.result)
        for problem in outcome.problems { problem.tell(of: plan) }
        let isKept = keeping?.keep(outcome.result) ?? true
        let status = outcome.result.end.status
        return ExitCode(Int32(status == 0 && !(outcome.problems.isEmpty && isKept) ? 3 : status))
    }

    /// What the run of one suite's folder ends with: `cross_service/api_gateway_to_models valid: true`.
    private func suiteLine(_ result: RunResult) -> String? {
        let verdicts = SuiteVerdict.all(of: result)
        guard request.scenarios.paths.count == 1, DiskFiles().isFolder(request.scenarios.paths[0]), verdicts.count == 1,
            let verdict = verdicts.first, !verdict.suite.isEmpty
        else { return nil }
        return SuiteReport.line(verdict) + "\n"
    }
}
