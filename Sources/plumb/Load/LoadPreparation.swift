import ArgumentParser
import Diagnostics
import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel
import ScenarioRuntime
import ScenarioSyntax
import StepDrivers

/// Makes a plan of what `plumb load` was asked, and carries it out.
struct LoadPreparation {
    private let command: LoadCommand

    init(_ command: LoadCommand) { self.command = command }

    /// Runs and reports; returns the exit status.
    func carryOut() throws -> ExitCode {
        guard let signals = Signals() else { return ExitCode(3) }
        var diagnostics: [Diagnostic] = []
        var libraries: LibraryLoading?
        let project = Project.load(command.paths, command.project.request, isLint: false, into: &diagnostics) {
            libraries = LibraryLoading(for: $0)
        }
        defer { _ = libraries?.wait() }
        guard let project, !diagnostics.contains(where: { $0.severity == .error }),
            let repetition = repetition(project.configuration, &diagnostics)
        else {
            Project.report(diagnostics, project?.configuration, command.project.color)
            return .nothingRan
        }
        var configuration = project.configuration
        var sandbox: SandboxProcess?
        defer { sandbox?.stop() }
        do throws(SandboxProcess.Failure) {
            if let started = try SandboxProcess.start(for: project, broken: command.sandboxBreak) {
                (sandbox, configuration) = (started.process, started.configuration)
            }
        } catch {
            Streams.err(error.text)
            return error.status
        }
        let plan = try plan(project, configuration, repetition, &diagnostics)
        Project.report(diagnostics, configuration, command.project.color)
        guard let plan else { return .nothingRan }
        if let problem = libraries?.wait() {
            Streams.err("error: \(problem)\n")
            return ExitCode(3)
        }
        var order = LoadOrder(plan: plan, repetition: repetition, options: try options())
        let choice = LoopChoice(
            repetition, plan, kinds: StepKinds.all, asked: command.loops, processors: Processors.usable)
        order.loops = choice.count
        if let note = choice.note { Streams.err("note: \(note)\n") }
        let status = try execute(order, signals)
        sandbox?.stop()
        Streams.leave(status)
    }

    private func options() throws -> LoadOptions {
        var options = LoadOptions()
        options.interval = try LoadCommand.duration(command.interval, "--interval")
        options.drain = try LoadCommand.duration(command.drain, "--drain")
        return options
    }

    /// The load that is named, with what the options say laid over it.
    private func repetition(_ configuration: Configuration, _ diagnostics: inout [Diagnostic]) -> Repetition? {
        let shape = command.shape
        let file = SourceFile(path: "command line", text: "")
        var load: Repetition
        if let name = shape.load {
            guard let known = configuration.loads[name] else {
                let names = configuration.loads.keys.sorted()
                diagnostics.append(
                    Diagnostic(
                        .unknownLoadName, at: nil, "there is no load '\(name)' in the configuration",
                        hint: .init(
                            NearestName.of(name, in: names).map { "did you mean '\($0)'?" }
                                ?? (names.isEmpty
                                    ? "declare it under 'loads', or give --rate and --duration"
                                    : "it has: \(names.joined(separator: ", "))"))))
                return nil
            }
            load = known
        } else {
            load = Repetition(span: SourceSpan(file, 0..<0), extent: .times(.known(1)))
        }
        if let times = shape.times { load.extent = .times(.known(times)) }
        if let duration = shape.duration.flatMap(DurationText.parse) { load.extent = .duration(.known(duration)) }
        if shape.times != nil || shape.duration != nil { load.stages = [] }
        if let rate = shape.rate.flatMap(QuantityText.parseRate) {
            load.rate = .known(rate)
            load.stages = []
            // One in flight, the default, would make each answer that is awaited a dropped arrival.
            if shape.load == nil { load.parallel = .known(Self.parallelOfRate) }
        }
        if let users = shape.users { load.parallel = .known(users) }
        if let warmup = shape.warmup.flatMap(DurationText.parse) { load.warmup = .known(warmup) }
        if let think = shape.think.flatMap(DurationText.parse) { load.think = .known(think) }
        if let spacing = shape.spacing.flatMap(Repetition.Spacing.init) { load.spacing = spacing }
        if let pass = shape.pass.flatMap(Repetition.Pass.init(written:)) { load.pass = pass }
        if let most = shape.allowDropped.flatMap(Repetition.Pass.init(written:)) { load.allowedDropped = most }
        if shape.abort { load.abortsEarly = true }
        var reader = SyntaxReader()
        for text in shape.assertions {
            let source = SourceFile(path: "--assert", text: text)
            let located = LocatedText(verbatim: text, at: SourceSpan(source, 0..<text.utf8.count))
            if let expression = reader.expression(located, .aggregate) {
                load.assertions.append(Assertion(name: nil, expression: expression))
            }
        }
        diagnostics += reader.diagnostics
        return reader.errorCount > 0 ? nil : load
    }

    /// Runs in flight that `--rate` allows where `--users` says nothing.
    private static let parallelOfRate = 1000

    private func plan(
        _ project: Project, _ configuration: Configuration, _ load: Repetition, _ diagnostics: inout [Diagnostic]
    ) throws -> RunPlan? {
        var options = RunPlan.Options()
        options.runID = RunIdentity.random()
        options.seed = command.seed ?? RunIdentity.random()
        options.started = RunIdentity.now()
        options.permissions = command.allowExec ? ["exec"] : []
        options.variables = try Project.variables(command.selection.variables)
        options.flags = try Project.flags(command.selection.request)
        options.keepsExchanges = false
        options.tellsSteps = false
        var selection = RunPlanner.Selection()
        selection.tags = command.selection.tag
        selection.steps = Set(command.selection.step)
        selection.refusesSkips = command.selection.noSkips
        let engine = CrashNotice.engine(project.compilation.expressions, configuration)
        let asked = RunPlanner.queries(
            project.compilation, configuration, kinds: StepKinds.all, engine: engine, options: options,
            selection: selection)
        let queried = CaseReader.read(asked.queries).merging(asked.failed) { rows, _ in rows }
        var plan = RunPlanner.plan(
            project.compilation, configuration, kinds: StepKinds.all, engine: engine, options: options,
            selection: selection, queried: queried, into: &diagnostics)
        if diagnostics.contains(where: { $0.severity == .error }) { return nil }
        if let problem = unfit(plan.tests) {
            diagnostics.append(problem)
            return nil
        }
        plan.tests = plan.tests.filter { $0.skip == nil }
        plan.expressions += load.assertions.map(\.expression)
        return plan
    }

    /// What makes the tests nothing to load with, or nil.
    private func unfit(_ tests: [PlannedTest]) -> Diagnostic? {
        guard !tests.isEmpty else {
            return Diagnostic(
                .nothingSelected, at: nil, "no scenario is selected",
                hint: "names that begin with '_' are no tests by themselves; look at the paths and tags")
        }
        let left = tests.filter { $0.skip == nil }
        guard !left.isEmpty else {
            return Diagnostic(
                .nothingSelected, at: nil, .init("every test would be skipped: \(tests[0].skip ?? "")"))
        }
        if let idle = left.first(where: { $0.scenario.requestKinds.isEmpty }) {
            return Diagnostic(
                .loadWithoutRequests, at: nil, .init("\(idle.scenario.file.path) sends nothing, so it is no load"),
                hint: "give it a step with a request, or leave it out")
        }
        return nil
    }

    private func execute(_ order: LoadOrder, _ signals: Signals) throws -> ExitCode {
        CrashNotice.end()
        let plan = order.plan
        let history = LoadHistory(plan.configuration.root, order.plan, load: command.shape.load)
        var order = order
        var baseline: LoadResult?
        if let path = command.baseline {
            switch history.read(path) {
            case .found(let result): baseline = result
            case .none:
                Streams.err("note: there is no stored load to compare with yet; this one is stored if it passes\n")
            case .unreadable(let message, let hint):
                Streams.err("error: \(message)\n  = hint: \(hint)\n")
                return .nothingRan
            }
        }
        order.baseline = baseline?.outcome?.aggregate ?? .null
        let isOutputTaken = command.report.contains { $0.hasSuffix("=-") }
        let stream = isOutputTaken ? STDERR_FILENO : STDOUT_FILENO
        let terminal = LoadTerminal(
            style: Streams.style(stream, command.project.color), tellsIntervals: !command.quiet,
            write: { Streams.write($0, to: stream) })
        var reporters: [any LoadReporter] = []
        for text in command.report {
            let request = try LoadReportRequest(text)
            do throws(ReportError) {
                reporters.append(request.format.make(try ReportFile(path: request.path)))
            } catch {
                error.tell(of: plan)
                return .nothingRan
            }
        }
        let start = LoadStart(
            id: plan.options.runID, version: PlumbVersion.text, seed: plan.options.seed,
            profile: plan.configuration.profile, started: plan.options.started, load: command.shape.load,
            tests: plan.tests.map(\.name.name))
        var session = LoadSession(order, start: start, terminal: terminal, reporters: reporters, signals: signals)
        session.run()
        if let baseline, session.result.outcome?.end == .completed {
            session.compare(with: baseline, fails: command.failWhenWorse)
        }
        let problems = session.conclude()
        for problem in problems { problem.tell(of: plan) }
        let result = session.result
        if result.status == 0, result.comparison?.verdict != .worse { history.write(result) }
        return ExitCode(Int32(result.status == 0 && !problems.isEmpty ? 3 : result.status))
    }
}

/// What the worker is told to do.
struct LoadOrder {
    var plan: RunPlan
    var repetition: Repetition
    var options: LoadOptions
    /// The aggregate that `$baseline` is.
    var baseline: Value = .null
    /// How many event loops share it.
    var loops = 1
}

extension Diagnostic.Code {
    static let unknownLoadName = Diagnostic.Code(
        "load.unknown", "'--load NAME' names one of the configuration's 'loads'.")
    static let loadWithoutRequests = Diagnostic.Code(
        "load.without-requests", "A load is made of requests; a scenario that sends none loads nothing.")

    /// The codes of `plumb load`.
    static let allLoadCodes: [Diagnostic.Code] = [.unknownLoadName, .loadWithoutRequests]
}
