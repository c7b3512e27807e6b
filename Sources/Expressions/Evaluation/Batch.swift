/// Expressions that are compiled into one program, here or on a thread of its own.
final class Batch {
    let slots: [ProgramText.Slot]
    private let compilation: Compilation
    private var result: BatchCompiler.Result?
    /// The input's entry of each slot where nothing is missing, made when first asked for.
    private var entries: [Int: ForeignValue] = [:]

    init(_ slots: [ProgramText.Slot]) {
        self.slots = slots
        compilation = Compilation(slots)
    }

    /// Whether evaluations need not wait.
    var isReady: Bool { result != nil || compilation.isDone }

    /// The compiled batch; compiles it here unless another thread is about to finish it.
    var compiled: BatchCompiler.Result {
        if let result { return result }
        let result = compilation.finish()
        self.result = result
        return result
    }

    /// Waits for the compilation, which somebody must have queued.
    func ready() async { if !isReady { await compilation.ready() } }

    /// Starts a thread that compiles batches one after the other, and returns whether there is one.
    static func compile(_ batches: [Batch]) -> Bool {
        let compilations = batches.map(\.compilation)
        return PlainThread.detach { for compilation in compilations { compilation.run() } }
    }

    /// The input's entry for a slot.
    func entry(_ slot: Int, missing: [Int], hosts: [[Value]]) -> ForeignValue {
        if missing.isEmpty, hosts.isEmpty, let known = entries[slot] { return known }
        let missingValue: Value = missing.isEmpty ? false : .array(missing.map { .number(Double($0)) })
        let made = ForeignValue(
            .array([
                .number(Double(slot)), .array(compiled.text.turns[slot].map(Value.bool)), missingValue,
                .array(hosts.map(Value.array)),
            ]))
        if missing.isEmpty, hosts.isEmpty { entries[slot] = made }
        return made
    }
}

/// The compilation of a batch, which several threads may ask for and one carries out.
private final class Compilation: Sendable {
    private let slots: [ProgramText.Slot]
    private let state = Monitor(State())

    private struct State: Sendable {
        var isClaimed = false
        var result: BatchCompiler.Result?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    init(_ slots: [ProgramText.Slot]) { self.slots = slots }

    var isDone: Bool { state.withLock { $0.result != nil } }

    /// Compiles unless another thread does.
    func run() {
        let isMine = state.withLock { state in
            defer { state.isClaimed = true }
            return !state.isClaimed
        }
        guard isMine else { return }
        let result = BatchCompiler.compile(slots)
        var waiting: [CheckedContinuation<Void, Never>] = []
        state.signal { state in
            state.result = result
            swap(&waiting, &state.waiting)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Compiles or waits until another thread has.
    func finish() -> BatchCompiler.Result {
        run()
        while true {
            // The thread that claimed it always comes to an end, so each round only bounds one wait.
            if let result = state.wait(atMost: .seconds(10), { $0.result }) { return result }
        }
    }

    /// Suspends until the batch is compiled.
    func ready() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.result == nil { state.waiting.append(continuation) }
                return state.result != nil
            }
            if isDone { continuation.resume() }
        }
    }
}
