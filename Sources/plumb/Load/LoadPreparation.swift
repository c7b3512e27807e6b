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
    private let request: ScenarioRequest

    init(_ command: LoadCommand) {
        self.command = command
        request = command.scenarios.request
    }

    /// Runs and reports; returns the exit status, or throws that with which nothing ran.
    func carryOut() throws -> ExitCode {
        var ground = try Groundwork(request)
        defer { ground.end() }
        let repetition = repetition(ground.configuration, &ground.diagnostics)
        guard let repetition else { throw ground.refusal() }
        try ground.startServices()
        let keeping = try ground.keeping()
        var plan = try ground.plan { options in
            options.keepsExchanges = false
            options.tellsSteps = false
        }
        if let problem = unfit(plan.tests) { throw ground.refusal(problem) }
        plan.tests = plan.tests.filter { $0.skip == nil }
        plan.expressions += repetition.assertions.map(\.expression)
        try ground.complete()
        var order = LoadOrder(plan: plan, repetition: repetition, options: try options())
        let choice = LoopChoice(
            repetition, plan, kinds: StepKinds.all, asked: command.loops, processors: Processors.usable)
        order.loops = choice.count
        order.note = choice.note
        let status = try execute(order, ground.signals, keeping)
        ground.end()
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

    /// What makes the tests nothing to load with, or nil.
    private func unfit(_ tests: [PlannedTest]) -> Diagnostic? {
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

    private func execute(_ order: LoadOrder, _ signals: Signals, _ keeping: HistoryKeeping?) throws -> ExitCode {
        CrashNotice.end()
        var order = order
        let plan = order.plan
        let start = start(of: order)
        let stored = LoadHistory(plan.configuration.root, start)
        var baseline: LoadResult?
        if let asked = command.baseline {
            switch found(asked, stored, keeping, start.identity) {
            case .found(let result): baseline = result
            case .none:
                Streams.err("note: there is no stored load to compare with yet; this one is stored if it passes\n")
            case .unreadable(let message, let hint):
                Streams.err("error: \(message)\n" + (hint.map { "  = hint: \($0)\n" } ?? ""))
                return .nothingRan
            }
        }
        order.baseline = baseline?.outcome?.aggregate ?? .null
        let stream = ReportWords.stream(besides: command.report)
        let terminal = LoadTerminal(
            style: Streams.style(stream, request.project.color), tellsIntervals: !request.quiet,
            write: { Streams.write($0, to: stream) })
        let opened = Audience<any LoadReporter>.open(command.report, of: plan) { text throws(ReportError) in
            try (try? LoadReportRequest(text))?.reporter()
        }
        guard let reporters = opened else { return .nothingRan }
        var session = LoadSession(order, start: start, terminal: terminal, reporters: reporters, signals: signals)
        session.run()
        if let baseline, session.result.outcome?.end == .completed {
            session.compare(with: baseline, fails: command.failWhenWorse)
        }
        let problems = session.conclude()
        for problem in problems { problem.tell(of: plan) }
        let result = session.result
        if result.status == 0, result.comparison?.verdict != .worse { stored.write(result) }
        let isKept = keeping?.keep(result) ?? true
        return ExitCode(Int32(result.status == 0 && !(problems.isEmpty && isKept) ? 3 : result.status))
    }

    private func start(of order: LoadOrder) -> LoadStart {
        let (plan, repetition) = (order.plan, order.repetition)
        var start = LoadStart(
            id: plan.options.runID, version: PlumbVersion.text, seed: plan.options.seed,
            profile: plan.configuration.profile, started: plan.options.started, load: command.shape.load,
            tests: plan.tests.map(\.name.name))
        start.rate = repetition.mostRate
        start.users = repetition.isOpen ? nil : repetition.mostUsers
        return start
    }

    /// What there is to compare with: `last` is in the history where one keeps this load.
    private func found(
        _ asked: String, _ stored: LoadHistory, _ keeping: HistoryKeeping?, _ identity: String
    ) -> LoadHistory.Found {
        guard asked == "last", let keeping else { return stored.read(asked) }
        do throws(HistoryProblem) {
            return try keeping.baseline(of: identity).map { .found($0) } ?? .none
        } catch {
            return .unreadable(error.message, hint: error.hint)
        }
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
    /// What people are to be told of that number.
    var note: String?
}

extension Diagnostic.Code {
    static let unknownLoadName = Diagnostic.Code(
        "load.unknown", "'--load NAME' names one of the configuration's 'loads'.")
    static let loadWithoutRequests = Diagnostic.Code(
        "load.without-requests", "A load is made of requests; a scenario that sends none loads nothing.")

    /// The codes of `plumb load`.
    static let allLoadCodes: [Diagnostic.Code] = [.unknownLoadName, .loadWithoutRequests]
}
