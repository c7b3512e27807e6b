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

    /// Runs and reports; returns the exit status.
    func carryOut() throws -> ExitCode {
        guard let signals = Signals() else { return ExitCode(3) }
        var diagnostics: [Diagnostic] = []
        var libraries: LibraryLoading?
        let project = Project.load(request.paths, request.project, isLint: false, into: &diagnostics) {
            libraries = LibraryLoading(for: $0)
        }
        defer { _ = libraries?.wait() }
        guard let project, !diagnostics.contains(where: { $0.severity == .error }) else {
            Project.report(diagnostics, project?.configuration, request.project.color)
            return .nothingRan
        }
        var configuration = project.configuration
        var sandbox: SandboxProcess?
        defer { sandbox?.stop() }
        let faults = FaultFlag.read(request.fault, configuration, StepKinds.all, into: &diagnostics)
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            Project.report(diagnostics, configuration, request.project.color)
            return .nothingRan
        }
        do throws(SandboxProcess.Failure) {
            if let started = try SandboxProcess.start(for: project, broken: request.sandboxBreak, faults: faults) {
                (sandbox, configuration) = (started.process, started.configuration)
            }
        } catch {
            Streams.err(error.text)
            return error.status
        }
        let lastRun = LastRun(root: configuration.root)
        var keeping: RunKeeping?
        if let most = request.historyRuns {
            do throws(HistoryProblem) {
                keeping = try RunKeeping(request.history, keeping: most, configuration, project)
            } catch {
                diagnostics.append(
                    Diagnostic(.noHistory, at: nil, "\(error.message)", hint: error.hint.map { .init($0) }))
                Project.report(diagnostics, configuration, request.project.color)
                return .nothingRan
            }
        }
        guard var plan = try plan(project, configuration, lastRun, keeping, &diagnostics) else {
            Project.report(diagnostics, configuration, request.project.color)
            return .nothingRan
        }
        plan.options.faults = faults
        Project.report(diagnostics, configuration, request.project.color)
        if let problem = libraries?.wait() {
            Streams.err("error: \(problem)\n")
            return ExitCode(3)
        }
        let status = execute(plan, signals, lastRun, keeping)
        sandbox?.stop()
        Streams.leave(status)
    }

    private func plan(
        _ project: Project, _ configuration: Configuration, _ lastRun: LastRun, _ keeping: RunKeeping?,
        _ diagnostics: inout [Diagnostic]
    ) throws -> RunPlan? {
        var options = RunPlan.Options()
        options.runID = RunIdentity.random()
        options.seed = request.seed ?? RunIdentity.random()
        options.started = RunIdentity.now()
        options.jobs = request.jobs ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        options.failFast = request.failFast
        options.permissions = request.allowExec ? ["exec"] : []
        options.variables = try Project.variables(request.selection.variables)
        options.flags = try Project.flags(request.selection)
        var selection = RunPlanner.Selection()
        selection.tags = request.selection.tag
        selection.steps = Set(request.selection.step)
        selection.refusesSkips = request.selection.noSkips
        if request.failed {
            guard let names = unpassed(lastRun, keeping, &diagnostics) else { return nil }
            selection.names = names
        }
        let engine = CrashNotice.engine(project.compilation.expressions, configuration)
        let asked = RunPlanner.queries(
            project.compilation, configuration, kinds: StepKinds.all, engine: engine, options: options,
            selection: selection)
        let queried = CaseReader.read(asked.queries).merging(asked.failed) { rows, _ in rows }
        var plan = RunPlanner.plan(
            project.compilation, configuration, kinds: StepKinds.all, engine: engine, options: options,
            selection: selection, queried: queried, into: &diagnostics)
        if diagnostics.contains(where: { $0.severity == .error }) { return nil }
        if plan.tests.isEmpty {
            diagnostics.append(nothingSelected(project))
            return nil
        }
        if let text = request.shard {
            let shard = try Shard(text)
            let all = plan.tests.count
            plan.tests = shard.part(of: plan.tests)
            guard !plan.tests.isEmpty else {
                diagnostics.append(
                    Diagnostic(
                        .nothingSelected, at: nil,
                        "part \(shard.number) of \(shard.count) has none of the \(all) tests",
                        hint: "share them among at most \(all) machines"))
                return nil
            }
        }
        plan.tests = repeated(plan.tests)
        plan.options.keepsExchanges = !request.report.isEmpty
        plan.options.keepsPlainSteps = !request.report.isEmpty || request.historyRuns != nil
        return plan
    }

    /// The tests that did not pass: as the history tells where this run is kept in one, else the record of the last run.
    private func unpassed(
        _ lastRun: LastRun, _ keeping: RunKeeping?, _ diagnostics: inout [Diagnostic]
    ) -> Set<String>? {
        if let keeping {
            do throws(HistoryProblem) {
                return try keeping.unpassed()
            } catch {
                diagnostics.append(
                    Diagnostic(.noHistory, at: nil, "\(error.message)", hint: error.hint.map { .init($0) }))
                return nil
            }
        }
        if let names = lastRun.unpassed { return names }
        diagnostics.append(
            Diagnostic(
                .nothingSelected, at: nil, "--failed: there is no record of a last run", hint: "run once without it"))
        return nil
    }

    private func nothingSelected(_ project: Project) -> Diagnostic {
        if request.failed {
            return Diagnostic(.nothingSelected, at: nil, "every test of these paths passed in the last run")
        }
        let tags = Set(project.compilation.scenarios.flatMap(\.scenario.tags)).sorted()
        if !request.selection.tag.isEmpty { return Self.nothingTagged(request.selection.tag, of: tags) }
        if !request.selection.step.isEmpty {
            return Diagnostic(
                .nothingSelected, at: nil, "no scenario has a step '\(request.selection.step.joined(separator: ", "))'")
        }
        return Diagnostic(
            .nothingSelected, at: nil, "no scenario is selected",
            hint: "names that begin with '_' are no tests by themselves, and a suite's 'test_scenarios' selects")
    }

    /// Says of each `--tag` what it asked for: a tag, or with `!` its absence.
    private static func nothingTagged(_ asked: [String], of tags: [String]) -> Diagnostic {
        func list(_ names: [String], _ word: String) -> String? {
            names.isEmpty ? nil : names.map { "'\($0)'" }.joined(separator: " \(word) ")
        }
        let unwanted = asked.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
        let wanted = asked.filter { !$0.hasPrefix("!") }
        let parts = [
            list(wanted, "or").map { "has the tag \($0)" }, list(unwanted, "and").map { "is without the tag \($0)" },
        ]
        let near = wanted.lazy.filter { !tags.contains($0) }.compactMap { NearestName.of($0, in: tags) }.first
        let known = tags.isEmpty ? "none of them has tags" : "they have: \(tags.joined(separator: ", "))"
        return Diagnostic(
            .nothingSelected, at: nil,
            "no scenario \(parts.compactMap { $0 }.joined(separator: " and "))",
            hint: .init(near.map { "did you mean '\($0)'?" } ?? known))
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
        _ plan: RunPlan, _ signals: Signals, _ lastRun: LastRun, _ keeping: RunKeeping?
    ) -> ExitCode {
        CrashNotice.end()
        // A report on standard output has it to itself.
        let isOutputTaken = request.report.contains { $0.hasSuffix("=-") }
        let stream = isOutputTaken ? STDERR_FILENO : STDOUT_FILENO
        let style = Streams.style(stream, request.project.color)
        let began = Instant.now
        let terminal = TerminalReporter(
            style: style,
            now: { (Instant.now - began).milliseconds },
            write: { Streams.write($0, to: stream) })
        terminal.showsPassed = !request.quiet
        let secrets = SecretMask(plan.configuration.secrets.values.compactMap { $0 })
        terminal.rerunCommand = request.rerunCommand.flatMap { secrets.masked($0) == $0 ? $0 : nil }
        var reporters: [any Reporter] = []
        var problems: [ReportError] = []
        for text in request.report {
            guard let report = try? ReportRequest(text) else { continue }
            do throws(ReportError) {
                reporters.append(try report.reporter(plan, signals))
            } catch {
                problems.append(error)
            }
        }
        if let keeping { for reporter in reporters { reporter.use(history: keeping.past) } }
        guard problems.isEmpty else {
            for problem in problems { problem.tell(of: plan) }
            return .nothingRan
        }
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
        guard request.paths.count == 1, DiskFiles().isFolder(request.paths[0]), verdicts.count == 1,
            let verdict = verdicts.first, !verdict.suite.isEmpty
        else { return nil }
        return SuiteReport.line(verdict) + "\n"
    }
}

extension Diagnostic.Code {
    static let noHistory = Diagnostic.Code(
        "run.no-history",
        "The history that '--history' names cannot be used: give a file, a URL of PostgreSQL, or a target of that kind."
    )
    static let nothingSelected = Diagnostic.Code(
        "run.nothing-selected",
        "A run that runs nothing proves nothing, so it is an error: look at the paths, tags and filters.")
}
