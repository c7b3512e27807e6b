import ArgumentParser
import Diagnostics
import EventLoop
import Expressions
import FaultProxy
import Glibc
import Reporting
import RunHistory
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
        if let settings = configuration.sandbox {
            do throws(SandboxProcess.Failure) {
                let database = try SandboxDatabase.conninfo(configuration, project)
                let all = self.faults(faults, project)
                let links = try links(all, configuration)
                // A database on several servers has no address; it need have one only where its link has faults.
                let store =
                    SandboxLinks.needStore(all, configuration)
                    ? try SandboxDatabase.address(configuration, project) : nil
                let started = try SandboxProcess.start(arguments(settings) + links.arguments, database: database)
                sandbox = started
                configuration = configuration.applying(
                    sandbox: started.endpoints, apiKey: started.apiKey, settings: started.settings)
                configuration = links.applied(to: configuration, started.endpoints, store: store)
            } catch {
                Streams.err("error: \(error.message)\n")
                return ExitCode(3)
            }
        } else if !request.sandboxBreak.isEmpty {
            Streams.err("error: --sandbox-break needs a profile with 'sandbox: true'\n")
            return .nothingRan
        }
        let history = LastRun(root: configuration.root)
        guard var plan = try plan(project, configuration, history, &diagnostics) else {
            Project.report(diagnostics, configuration, request.project.color)
            return .nothingRan
        }
        plan.options.faults = faults
        Project.report(diagnostics, configuration, request.project.color)
        if let problem = libraries?.wait() {
            Streams.err("error: \(problem)\n")
            return ExitCode(3)
        }
        let status = execute(plan, signals, history)
        sandbox?.stop()
        Streams.leave(status)
    }

    /// The faults that scenarios and the command line put on anything.
    private func faults(_ flags: [Fault], _ project: Project) -> [Fault] {
        let written = project.compilation.scenarios.flatMap { compiled in
            compiled.scenario.faults + compiled.scenario.needs.flatMap(\.scenario.faults)
        }
        return written + flags
    }

    /// The ways of the sandbox's links on which faults are put.
    private func links(
        _ faults: [Fault], _ configuration: Configuration
    ) throws(SandboxProcess.Failure) -> SandboxLinks {
        do throws(ProxyError) {
            return try SandboxLinks(faults, configuration)
        } catch {
            throw SandboxProcess.Failure(message: "no port for a link of the sandbox: \(error)")
        }
    }

    private func plan(
        _ project: Project, _ configuration: Configuration, _ history: LastRun, _ diagnostics: inout [Diagnostic]
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
            guard let names = history.unpassed else {
                diagnostics.append(
                    Diagnostic(
                        .nothingSelected, at: nil, "--failed: there is no record of a last run",
                        hint: "run once without it"))
                return nil
            }
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
        plan.tests = repeated(plan.tests)
        plan.options.keepsExchanges = !request.report.isEmpty
        plan.options.keepsPlainSteps = !request.report.isEmpty || request.historyRuns != nil
        return plan
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

    private func execute(_ plan: RunPlan, _ signals: Signals, _ history: LastRun) -> ExitCode {
        CrashNotice.end()
        // A report on standard output has it to itself.
        let isOutputTaken = request.report.contains { $0.hasSuffix("=-") }
        let stream = isOutputTaken ? STDERR_FILENO : STDOUT_FILENO
        let style = Streams.style(stream, request.project.color)
        let began = ContinuousClock.now
        let terminal = TerminalReporter(
            style: style,
            now: { (ContinuousClock.now - began).milliseconds },
            write: { Streams.write($0, to: stream) })
        terminal.showsPassed = !request.quiet
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
        guard problems.isEmpty else {
            for problem in problems { tell(problem, plan) }
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
        history.write(outcome.result)
        for problem in outcome.problems { tell(problem, plan) }
        let isKept = request.historyRuns.map { keep(outcome.result, $0, root: plan.configuration.root) } ?? true
        let status = outcome.result.end.status
        return ExitCode(Int32(status == 0 && !(outcome.problems.isEmpty && isKept) ? 3 : status))
    }

    /// Adds the run to the history; tells where it cannot.
    private func keep(_ result: RunResult, _ most: Int, root: String) -> Bool {
        let path = FilePath.join(root, HistoryFile.name)
        mkdir(FilePath.parent(path), 0o755)
        do throws(RunHistoryError) {
            try RunHistory(path: path, isWritable: true).add(result, keeping: most)
            return true
        } catch {
            Streams.err("error: \(error)\n" + (error.hint.map { "  = hint: \($0)\n" } ?? ""))
            return false
        }
    }

    /// What the run of one suite's folder ends with: `cross_service/api_gateway_to_models valid: true`.
    private func suiteLine(_ result: RunResult) -> String? {
        let verdicts = SuiteVerdict.all(of: result)
        guard request.paths.count == 1, DiskFiles().isFolder(request.paths[0]), verdicts.count == 1,
            let verdict = verdicts.first, !verdict.suite.isEmpty
        else { return nil }
        return SuiteReport.line(verdict) + "\n"
    }

    private func tell(_ problem: ReportError, _ plan: RunPlan) {
        let mask = SecretMask(plan.configuration.secrets.values.compactMap { $0 })
        Streams.err(mask.masked("error: \(problem)\n" + (problem.hint.map { "  = hint: \($0)\n" } ?? "")))
    }

    private func arguments(_ settings: Configuration.SandboxSettings) -> [String] {
        settings.arguments
            + (request.sandboxBreak.isEmpty ? [] : ["--break", request.sandboxBreak.joined(separator: ",")])
    }
}

extension Diagnostic.Code {
    static let nothingSelected = Diagnostic.Code(
        "run.nothing-selected",
        "A run that runs nothing proves nothing, so it is an error: look at the paths, tags and filters.")
}
