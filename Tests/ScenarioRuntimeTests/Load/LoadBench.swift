import Diagnostics
import EventLoop
import Expressions
import PlumbTesting
import ScenarioCompiler
import ScenarioModel
import ScenarioRuntime
import ScenarioSyntax
import Synchronization
import Testing

/// Runs loads of a test on a clock that never waits, against a target that takes as long as the test says.
struct LoadBench {
    var files: [String: String]
    var options = LoadOptions()
    /// How long an answer takes that is asked for so many milliseconds after the start.
    var latency: @Sendable (_ ms: Double) -> Double = { _ in 10 }
    /// Whether a request fails that is sent so many milliseconds after the start.
    var fails: @Sendable (_ ms: Double) -> Bool = { _ in false }
    /// The interval after which the load is interrupted.
    var interruptAfter: Int?
    var baseline: Value = .null
    /// How many loops share the load.
    var loops = 1
    /// The loop, of the others, that is lost, and after how many milliseconds.
    var loses: (loop: Int, afterMs: Int)?

    /// What a load came to.
    struct Outcome: Sendable {
        var outcome: LoadOutcome
        var intervals: [LoadInterval]
        var log: [String]
        var mostInFlight: Int
        var elapsed: Double

        /// A number of the aggregate.
        func number(_ keys: String...) -> Double? {
            var value = outcome.aggregate
            for key in keys { value = value[key] ?? .null }
            return value.number
        }
        var codes: [String] { outcome.failures.map(\.code) }
    }

    /// Creates a bench with one scenario, `main.yaml`, and perhaps files beside it.
    init(_ text: String, files: [String: String] = [:]) {
        self.files = files
        self.files["main.yaml"] = text
    }

    /// Runs the load that a step's `repeat` would have: `{ for: 1s, rate: 10/s }`.
    func run(_ load: String) throws -> Outcome {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        try folder.write("loads:\n  it: \(load)\n", to: "plumb.yaml")
        var diagnostics: [Diagnostic] = []
        let request = ConfigurationRequest(
            path: nil, scenarios: [folder.path], profile: nil, environmentFile: nil, workingFolder: folder.path,
            isLint: false)
        let configuration = try #require(
            ConfigurationReader.load(
                request, kinds: [FakeKind()], files: DiskFiles(), environment: [:], into: &diagnostics))
        let compiler = Compiler(
            configuration: configuration, kinds: [FakeKind()], files: DiskFiles(), workingFolder: folder.path)
        let compilation = compiler.compile([folder.path])
        diagnostics += compilation.diagnostics
        let errors = diagnostics.filter { $0.severity == .error }
        try #require(errors.isEmpty, "\(errors.map { "\($0.code) \($0.message)" })")
        var runOptions = RunPlan.Options()
        runOptions.seed = "seed"
        runOptions.tellsSteps = false
        runOptions.keepsExchanges = false
        var plan = RunPlanner.plan(
            compilation, configuration, kinds: [FakeKind()], engine: ExpressionEngine(compilation.expressions),
            options: runOptions, selection: .init(), into: &diagnostics)
        let repetition = try #require(configuration.loads["it"])
        plan.expressions += repetition.assertions.map(\.expression)
        let loop = try EventLoop()
        let bench = self
        let finalPlan = plan
        return try withExtendedLifetime(folder) {
            try #require(loop.run { await bench.execute(finalPlan, repetition, on: loop) })
        }
    }

    private func execute(_ plan: RunPlan, _ repetition: Repetition, on loop: EventLoop) async -> Outcome? {
        let clock = SteppedClock(loop: loop)
        let record = LoadRecord()
        var plan = plan
        plan.options.began = clock.start.sinceStart
        let wires = LoopWires()
        var surroundings = LoadSurroundings()
        surroundings.sink = { record.add($0) }
        if loops > 1 {
            surroundings.others = OtherLoops(
                count: loops - 1, send: { number, line in loop.later { wires.pass(line, to: number) } },
                end: { number in loop.later { wires.cut(number) } })
        }
        let interpreter = make(plan, surroundings, clock, record, on: loop)
        wires.leader = interpreter
        for number in 0..<(loops - 1) {
            var surroundings = LoadSurroundings()
            surroundings.toLeader = { line in loop.later { wires.pass(line, from: number) } }
            let follower = make(plan, surroundings, clock, record, on: loop)
            wires.followers.append(follower)
            Task(executorPreference: loop) {
                await follower.followLoad(repetition, options, baseline: baseline)
                wires.cut(number)
            }
        }
        if let loses {
            Task(executorPreference: loop) {
                try? await clock.sleep(until: clock.start + .milliseconds(loses.afterMs))
                wires.cut(loses.loop)
            }
        }
        if let interruptAfter {
            record.onInterval { count in
                guard count == interruptAfter else { return }
                Task(executorPreference: loop) { await interpreter.stopLoad() }
            }
        }
        await interpreter.runLoad(repetition, options, baseline: baseline)
        guard let outcome = record.outcome else { return nil }
        return Outcome(
            outcome: outcome, intervals: record.intervals, log: record.log, mostInFlight: record.mostInFlight,
            elapsed: clock.elapsed)
    }

    private func make(
        _ plan: RunPlan, _ surroundings: LoadSurroundings, _ clock: SteppedClock, _ record: LoadRecord,
        on loop: EventLoop
    ) -> Interpreter {
        let driver = TimedDriver(clock: clock, record: record, latency: latency, fails: fails)
        var parts = Interpreter.Parts(
            executor: loop, clock: clock, engine: ExpressionEngine(plan.expressions), drivers: [driver],
            kinds: [FakeKind()], files: NoLoadFiles(), sink: { _ in }, onSecret: { _ in })
        parts.load = surroundings
        return Interpreter(plan, parts)
    }
}

/// The lines between the loops of a load, which are interpreters on one event loop here.
///
/// `@unchecked Sendable`: used on that loop's thread only.
private final class LoopWires: @unchecked Sendable {
    var leader: Interpreter?
    var followers: [Interpreter] = []
    private var isCut: Set<Int> = []

    func pass(_ line: [UInt8], to number: Int) {
        guard !isCut.contains(number) else { return }
        _ = followers[number].assumeIsolated { $0.hear(order: line.dropLast()) }
    }

    func pass(_ line: [UInt8], from number: Int) {
        guard !isCut.contains(number) else { return }
        leader?.assumeIsolated { $0.hear(line.dropLast(), from: number) }
    }

    /// What the leading loop is told when a process has gone, whether in time or not.
    func cut(_ number: Int) {
        guard isCut.insert(number).inserted else { return }
        let failure = FailureReport(code: "run.crash", verdict: .error, message: "loop \(number + 2) has gone")
        leader?.assumeIsolated { $0.lost(number, failure) }
    }
}

/// What a load showed of itself.
final class LoadRecord: Sendable {
    private struct State {
        var events: [LoadEvent] = []
        var log: [String] = []
        var inFlight = 0
        var mostInFlight = 0
        var listener: (@Sendable (Int) -> Void)?
    }
    private let state = Mutex(State())

    var intervals: [LoadInterval] {
        state.withLock { state in
            state.events.compactMap { if case .interval(let interval) = $0 { interval } else { nil } }
        }
    }
    var outcome: LoadOutcome? {
        state.withLock { state in
            state.events.lazy.compactMap { if case .finished(let outcome) = $0 { outcome } else { nil } }.first
        }
    }
    var log: [String] { state.withLock { $0.log } }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    func onInterval(_ listener: @escaping @Sendable (Int) -> Void) { state.withLock { $0.listener = listener } }
    func add(_ event: LoadEvent) {
        let (listener, count) = state.withLock { state in
            state.events.append(event)
            return (state.listener, state.events.count)
        }
        if case .interval = event { listener?(count) }
    }
    func add(sent line: String) {
        state.withLock { state in
            state.log.append(line)
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
        }
    }
    func addAnswer() { state.withLock { $0.inFlight -= 1 } }
}

/// Answers after a time that depends on when it is asked.
private final class TimedDriver: StepDriver {
    let kind = "fake"
    private let clock: SteppedClock
    private let record: LoadRecord
    private let latency: @Sendable (Double) -> Double
    private let fails: @Sendable (Double) -> Bool

    init(
        clock: SteppedClock, record: LoadRecord, latency: @escaping @Sendable (Double) -> Double,
        fails: @escaping @Sendable (Double) -> Bool
    ) {
        self.clock = clock
        self.record = record
        self.latency = latency
        self.fails = fails
    }

    func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        defer { record.addAnswer() }
        let at = clock.elapsed
        let value = (step as? FakePrepared)?.value ?? .null
        let label = limits.label.split(separator: "/").last.map(String.init) ?? ""
        record.add(sent: label + (value.isNull ? "" : "=" + value.json()))
        _ = try? await clock.sleep(until: clock.now + .milliseconds(latency(at)))
        let error = fails(at) ? StepError(.refused, "the target is gone", phase: "connect") : nil
        let result = SharedValue(fields: [
            .init("value", value), .init("code", .string("200")), .init("error", error?.value ?? .null),
            .init("ms", .number(0)),
        ])
        return Attempt(result: result, error: error, exchange: { .init(summary: "FAKE") }, code: nil)
    }

    func endSession(_ session: TestSession) async {}
    func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        Examination(isReachable: true, facts: [])
    }
    func shutDown() async {}
}

/// No step of these tests reads a file.
private struct NoLoadFiles: RunFiles {
    func path(_ name: String, from span: SourceSpan) throws(StepFailure) -> String { name }
}
