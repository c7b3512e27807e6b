import Diagnostics
import EventLoop
import Expressions
import PlumbTesting
import ScenarioCompiler
import ScenarioModel
import ScenarioRuntime
import Synchronization
import Testing

/// Runs scenarios of a test with the fake driver on a clock that never waits.
struct ScenarioBench {
    var files: [String: String]
    var configure: @Sendable (inout RunPlan.Options) -> Void = { _ in }
    /// Stops the run when this event comes.
    var stopAt: @Sendable (RunEvent) -> Bool = { _ in false }

    /// What a run came to.
    struct Outcome: Sendable {
        var results: [TestResult]
        var events: [RunEvent]
        var log: [String]
        var elapsed: Double
        var mostInFlight: Int
        var secrets: [String]

        /// The only test's result.
        var test: TestResult { results[0] }
        /// The steps' verdicts: `chat passed`.
        var verdicts: [String] { test.steps.map { "\($0.id) \($0.verdict.rawValue)" } }
        /// The report of a step by its id, wherever it stands.
        func step(_ id: String) -> StepReport? {
            func find(_ reports: [StepReport]) -> StepReport? {
                for report in reports {
                    if report.id == id { return report }
                    if let found = find(report.children) { return found }
                }
                return nil
            }
            return find(test.steps + test.cleanup)
        }
    }

    /// Creates a bench with one scenario, `main.yaml`, and perhaps files beside it.
    init(_ text: String, files: [String: String] = [:]) {
        self.files = files
        self.files["main.yaml"] = text
    }

    /// Compiles without running; the codes of what is wrong.
    func codes() throws -> [String] { try compile().1.map(\.code.id) }

    private func compile() throws -> (Compiler.Compilation, [Diagnostic], Configuration, TemporaryFolder) {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        let configuration = Configuration(file: nil, root: folder.path)
        let compiler = Compiler(
            configuration: configuration, kinds: [FakeKind()], files: DiskFiles(), workingFolder: folder.path)
        let compilation = compiler.compile([folder.path])
        return (compilation, compilation.diagnostics, configuration, folder)
    }

    /// Runs all scenarios whose names do not begin with `_`.
    func run() throws -> Outcome {
        let (compilation, diagnostics, configuration, folder) = try compile()
        let errors = diagnostics.filter { $0.severity == .error }
        try #require(errors.isEmpty, "\(errors.map { "\($0.code) \($0.message)" })")
        var options = RunPlan.Options()
        options.seed = "seed"
        options.runID = "run"
        configure(&options)
        var problems: [Diagnostic] = []
        let plan = RunPlanner.plan(
            compilation, configuration, kinds: [FakeKind()], engine: ExpressionEngine(compilation.expressions),
            options: options, selection: .init(), into: &problems)
        try #require(problems.isEmpty, "\(problems.map(\.message))")
        let loop = try EventLoop()
        let stopAt = stopAt
        return withExtendedLifetime(folder) {
            loop.run { await Self.execute(plan, on: loop, stopAt: stopAt) }
        }
    }

    private static func execute(
        _ plan: RunPlan, on loop: EventLoop, stopAt: @escaping @Sendable (RunEvent) -> Bool
    ) async -> Outcome {
        let clock = SteppedClock(loop: loop)
        let record = RunRecord()
        let bench = RunningBench(plan, loop: loop, clock: clock, record: record)
        record.onEvent { event in
            if stopAt(event) { bench.stop() }
        }
        await bench.run()
        let results = record.events.compactMap { event -> TestResult? in
            if case .testFinished(let result) = event { result } else { nil }
        }
        return Outcome(
            results: results.sorted { $0.test.index < $1.test.index }, events: record.events, log: record.log,
            elapsed: clock.elapsed, mostInFlight: record.mostInFlight, secrets: record.secrets)
    }
}

/// An interpreter with a fake driver, and a way to stop it.
private final class RunningBench: Sendable {
    private let interpreter: Interpreter
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let loop: EventLoop

    init(_ plan: RunPlan, loop: EventLoop, clock: SteppedClock, record: RunRecord) {
        self.loop = loop
        let parts = Interpreter.Parts(
            executor: loop, clock: clock, engine: ExpressionEngine(plan.expressions),
            drivers: [FakeDriver(clock: clock, record: record)], kinds: [FakeKind()], files: NoFiles(),
            sink: { record.add($0) }, onSecret: { record.add(secret: $0) })
        interpreter = Interpreter(plan, parts)
    }

    func run() async {
        let interpreter = interpreter
        let running = Task(executorPreference: loop) { await interpreter.run() }
        task.withLock { $0 = running }
        await running.value
    }

    func stop() {
        let interpreter = interpreter
        let running = task.withLock { $0 }
        Task(executorPreference: loop) {
            await interpreter.stop()
            running?.cancel()
        }
    }
}

/// What a run showed of itself.
final class RunRecord: Sendable {
    private struct State {
        var events: [RunEvent] = []
        var log: [String] = []
        var secrets: [String] = []
        var mostInFlight = 0
        var listener: (@Sendable (RunEvent) -> Void)?
    }
    private let state = Mutex(State())

    var events: [RunEvent] { state.withLock { $0.events } }
    var log: [String] { state.withLock { $0.log } }
    var secrets: [String] { state.withLock { $0.secrets } }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    func onEvent(_ listener: @escaping @Sendable (RunEvent) -> Void) { state.withLock { $0.listener = listener } }
    func add(_ event: RunEvent) {
        let listener = state.withLock { state in
            state.events.append(event)
            return state.listener
        }
        listener?(event)
    }
    func add(secret: String) { state.withLock { $0.secrets.append(secret) } }
    func add(sent line: String, inFlight: Int) {
        state.withLock { state in
            state.log.append(line)
            state.mostInFlight = max(state.mostInFlight, inFlight)
        }
    }
}

/// No step of these tests reads a file.
private struct NoFiles: RunFiles {
    func path(_ name: String, from span: SourceSpan) throws(StepFailure) -> String { name }
}
