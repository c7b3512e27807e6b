import CLinux
import Diagnostics
import EventLoop
import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel
import ScenarioRuntime
import StepDrivers

/// The process that runs tests: it has the event loop, the transports and libjq, and streams events to the command.
///
/// It is forked from the command while that has one thread, so that the compiled scenarios are there
/// without being read again, and a program that takes libjq down takes no report with it.
enum Worker {
    /// Runs the plan in this process and ends it.
    static func main(_ plan: RunPlan, events: Int32, control: Int32, blackBox: BlackBox) -> Never {
        prepareProcess()
        guard let loop = try? EventLoop() else { _exit(71) }
        let box = Confined(blackBox)
        loop.run { await run(plan, on: loop, events: events, control: control, box) }
    }

    /// Makes the forked process a worker: it goes when the command does, and dies without a word of its own.
    static func prepareProcess() {
        _ = plumb_die_with_parent(SIGKILL)
        // The command alone hears the terminal's signals; it says so through the control pipe.
        signal(SIGPIPE, SIG_IGN)
        // A death is told by the command; what Swift's runtime prints of it holds registers and memory.
        for number in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
    }

    /// A value that only the loop's thread touches.
    ///
    /// `@unchecked Sendable`: it is handed to the loop before the loop runs, and nobody else holds it.
    struct Confined<Wrapped>: @unchecked Sendable {
        let value: Wrapped
        init(_ value: Wrapped) { self.value = value }
    }

    private static func run(
        _ plan: RunPlan, on loop: EventLoop, events: Int32, control: Int32, _ box: Confined<BlackBox>
    ) async -> Never {
        let mask = SecretMask(plan.configuration.secrets.values.compactMap { $0 })
        let stream = EventStream(events, mask: mask, loop: loop)
        let interpreter = make(
            plan, on: loop, mask: mask, box: box, beforeForeign: { stream.write() }, sink: { stream.send($0) })
        let task = Task(executorPreference: loop) { await interpreter.run() }
        watch(control, on: loop) {
            Task(executorPreference: loop) {
                await interpreter.stop()
                task.cancel()
            }
        }
        await task.value
        let requests = await interpreter.requestCount
        stream.send(RunEvent.runFinished(RunEnd(ms: 0, isInterrupted: false, status: 0, requests: requests)))
        stream.write()
        _exit(0)
    }

    /// Makes the interpreter of a plan; what is gathered is written before libjq is called, which may die.
    static func make(
        _ plan: RunPlan, on loop: EventLoop, mask: SecretMask, box: Confined<BlackBox>,
        load: LoadSurroundings = LoadSurroundings(), beforeForeign: @escaping @Sendable () -> Void = {},
        sink: @escaping @Sendable (RunEvent) -> Void
    ) -> Interpreter {
        let engine = ExpressionEngine(plan.expressions)
        let files = ProjectFiles(root: plan.configuration.root)
        engine.schemaLoader = { (name, expression) throws(EvaluationError) in
            try SchemaFile.value(name, from: expression.source.span, files)
        }
        engine.beforeForeign = { expression in
            beforeForeign()
            if let position = RunPosition.current { box.value.note(test: position.test, trail: position.trail) }
            box.value.note(expression: expression.text)
        }
        engine.afterForeign = { box.value.noteEnd() }
        engine.warmUp()
        var parts = Interpreter.Parts(
            executor: loop, clock: LoopClock(loop: loop), engine: engine,
            drivers: StepKinds.drivers(on: loop, version: PlumbVersion.text),
            kinds: StepKinds.all, files: files,
            sink: sink, onSecret: { mask.add($0) },
            onStep: { box.value.note(test: $0, trail: $1) })
        parts.load = load
        // Links have their proxies from the start: services of the stack are pointed at them.
        if plan.needsProxies { parts.proxies = StepKinds.proxies(on: loop, plan.configuration) }
        return Interpreter(plan, parts)
    }

    /// Calls back once the command says stop, or has gone.
    static func watch(_ control: Int32, on loop: EventLoop, _ stop: @escaping @Sendable () -> Void) {
        try? loop.watch(control, for: .read) { _ in
            loop.unwatch(control)
            stop()
        }
    }
}

/// The loop's timers as the runtime's clock.
struct LoopClock: RunClock {
    let loop: EventLoop
    var now: Instant { .now }
    func sleep(until deadline: Instant) async throws { try await loop.sleep(until: deadline) }
}
