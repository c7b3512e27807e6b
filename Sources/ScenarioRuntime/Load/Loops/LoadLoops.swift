import EventLoop
import ScenarioModel

/// The other loops of a load, as the interpreter of the leading one has them.
///
/// `@unchecked Sendable`: used on the interpreter's executor only.
final class LoadLoops: @unchecked Sendable {
    private let others: OtherLoops
    private var board: LoopBoard
    private var waiting: [(isDone: (LoopBoard) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    /// Why loops were lost.
    private(set) var failures: [FailureReport] = []
    /// The most runs of all loops that were in flight at a time.
    private(set) var mostInFlight = 0
    /// How many loops have a part of the load, the leading one among them.
    private(set) var count = 1

    init(_ others: OtherLoops, at now: Instant) {
        self.others = others
        board = LoopBoard(count: others.count, at: now)
    }

    var areStarting: Bool { board.areStarting }
    var requests: Int { board.requests }

    /// Waits until something holds of the board; the watch over the loops sees that it comes to it.
    func wait(until isDone: @escaping (LoopBoard) -> Bool) async {
        if isDone(board) { return }
        await withCheckedContinuation { waiting.append((isDone, $0)) }
    }

    /// Changes the board, and wakes those who waited for that.
    func change<Failure: Error>(_ body: (inout LoopBoard) throws(Failure) -> Void) throws(Failure) {
        try body(&board)
        let ready = waiting.filter { $0.isDone(board) }
        guard !ready.isEmpty else { return }
        waiting.removeAll { $0.isDone(board) }
        for one in ready { one.continuation.resume() }
    }

    /// Has so many loops begin, this one among them, each with its part.
    func begin(_ values: LoadPlan.Values, at beginning: Duration, loops most: Int, now: Instant) {
        var chosen: (busy: [Int], idle: [Int]) = ([], [])
        change { chosen = $0.begin(with: most - 1, at: now) }
        count = chosen.busy.count + 1
        for (place, loop) in chosen.busy.enumerated() {
            tell(.begin(LoadBeginning(index: place + 1, count: count, at: beginning, values: values)), to: loop)
        }
        for loop in chosen.idle { tell(.end(.completed), to: loop) }
    }

    /// Asks all that run what they have done.
    func ask(at now: Instant) {
        var asked: [Int] = []
        change { asked = $0.ask(at: now) }
        for loop in asked { tell(.tell, to: loop) }
    }

    /// Tells one loop.
    func tell(_ order: LoopOrder, to loop: Int) { others.send(loop, order.line) }

    /// Tells all loops; those that have gone hear nothing.
    func tellAll(_ order: LoopOrder) {
        let line = order.line
        for loop in 0..<others.count { others.send(loop, line) }
    }

    /// Ends the process of a loop at once; that it has gone is told later.
    func end(_ loop: Int) { others.end(loop) }

    /// Keeps why a loop was lost.
    func keep(_ failure: FailureReport) { failures.append(failure) }

    /// What all told since this was last asked; `own` is the most runs that the leading loop had in flight meanwhile.
    func takeFigures(own peak: Int) -> LoopFigures {
        var figures = LoopFigures()
        change { figures = $0.takeFigures() }
        mostInFlight = max(mostInFlight, peak + figures.peak)
        return figures
    }
}
