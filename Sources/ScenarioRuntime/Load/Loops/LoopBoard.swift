import EventLoop
import ScenarioModel

/// What the leading loop knows of the others: who is there, who owes an answer, and what they told since it was last
/// looked at.
///
/// Loops are numbered from 0 here, the leading one left out.
struct LoopBoard {
    private enum State {
        /// Can transition to: ready, gone.
        case starting
        /// Can transition to: running, ended, gone.
        case ready
        /// Can transition to: ended, gone.
        case running
        /// It has told all, or there was nothing to do for it; its process is about to go.
        ///
        /// Can transition to: gone.
        case ended
        case gone
    }

    private struct Loop {
        var state = State.starting
        /// Since when it owes something: to be ready, an answer, or its end.
        var owesSince: Instant?
        var isStarting = false
        var requests = 0
        /// The processor time that it took, and in how much time by the clock.
        var spent: Duration = .zero
        var passed: Duration = .zero
        var figures = LoopFigures()
    }

    private var loops: [Loop]
    /// How long a loop may owe an answer.
    ///
    /// A machine that has no time for it so long measures nothing.
    static let patience: Duration = .seconds(30)

    /// Creates a board of so many loops, which are being started.
    init(count: Int, at now: Instant) {
        loops = Array(repeating: Loop(owesSince: now), count: count)
    }

    /// Whether none is still being started.
    var haveStarted: Bool { loops.allSatisfy { $0.state != .starting } }
    /// Whether no loop owes an answer.
    var haveAnswered: Bool { loops.allSatisfy { $0.state != .running || $0.owesSince == nil } }
    /// Whether none does anything any more.
    var haveEnded: Bool { loops.allSatisfy { $0.state == .ended || $0.state == .gone } }
    var haveGone: Bool { loops.allSatisfy { $0.state == .gone } }
    /// Whether one of them still starts runs, as far as is known.
    var areStarting: Bool { loops.contains { $0.state == .running && $0.isStarting } }
    /// The requests of all of them.
    var requests: Int { loops.reduce(0) { $0 + $1.requests } }

    /// Notes that a loop waits for the beginning.
    mutating func becomeReady(_ loop: Int) throws(MessageProblem) {
        guard loops[loop].state == .starting else { throw MessageProblem("it is ready twice") }
        loops[loop].state = .ready
        loops[loop].owesSince = nil
    }

    /// Begins with so many of those that are ready: the others have nothing to do.
    mutating func begin(with most: Int, at now: Instant) -> (busy: [Int], idle: [Int]) {
        let ready = loops.indices.filter { loops[$0].state == .ready }
        for loop in ready.prefix(most) {
            loops[loop].state = .running
            loops[loop].isStarting = true
        }
        for loop in ready.dropFirst(most) {
            loops[loop].state = .ended
            loops[loop].owesSince = now
        }
        return (Array(ready.prefix(most)), Array(ready.dropFirst(most)))
    }

    /// Whom to ask now: those that run and have answered.
    mutating func ask(at now: Instant) -> [Int] {
        let asked = loops.indices.filter { loops[$0].state == .running && loops[$0].owesSince == nil }
        for loop in asked { loops[loop].owesSince = now }
        return asked
    }

    /// Takes an answer; a last one may come unasked.
    mutating func take(_ tally: LoopTally, from loop: Int, at now: Instant) throws(MessageProblem) {
        guard loops[loop].state == .running, tally.isLast || loops[loop].owesSince != nil else {
            throw MessageProblem("it told what it was not asked")
        }
        loops[loop].isStarting = tally.isStarting && !tally.isLast
        loops[loop].requests = tally.requests
        loops[loop].owesSince = tally.isLast ? now : nil
        if tally.isLast { loops[loop].state = .ended }
        loops[loop].figures.lag = max(loops[loop].figures.lag, tally.lag)
        loops[loop].spent += tally.spent
        loops[loop].passed += tally.passed
        loops[loop].figures.peak = max(loops[loop].figures.peak, tally.peak)
        loops[loop].figures.inFlight = tally.isLast ? 0 : tally.inFlight
        loops[loop].figures.memory = tally.memory
    }

    /// Notes that a loop's process has gone; whether that was before its time, which is said once.
    mutating func leave(_ loop: Int) -> Bool {
        defer {
            loops[loop].state = .gone
            loops[loop].owesSince = nil
            loops[loop].isStarting = false
            loops[loop].figures.inFlight = 0
        }
        return loops[loop].state != .ended && loops[loop].state != .gone
    }

    /// The loops that have owed something for too long.
    func overdue(at now: Instant) -> [Int] {
        loops.indices.filter { loops[$0].owesSince.map { now - $0 > Self.patience } ?? false }
    }

    /// What all told since this was last asked: times of the busiest, numbers of all together.
    mutating func takeFigures() -> LoopFigures {
        var all = LoopFigures()
        for loop in loops.indices {
            let one = loops[loop].figures
            all.lag = max(all.lag, one.lag)
            let passed = max(loops[loop].passed, .milliseconds(1))
            all.cpu = max(all.cpu, loops[loop].spent / passed)
            (loops[loop].spent, loops[loop].passed) = (.zero, .zero)
            all.inFlight += one.inFlight
            all.peak += one.peak
            all.memory += one.memory
            let isThere = loops[loop].state == .running
            loops[loop].figures = LoopFigures(
                inFlight: one.inFlight, peak: one.inFlight, memory: isThere ? one.memory : 0)
        }
        return all
    }
}

/// How a loop, or several, fared in a stretch of time.
struct LoopFigures: Hashable {
    /// How late a timer came, at worst.
    var lag: Duration = .zero
    /// The share of a processor that the busiest loop took.
    var cpu = 0.0
    /// Runs in flight at its end.
    var inFlight = 0
    /// The most runs in flight at a time; of several loops, as if each had its most at once.
    var peak = 0
    /// In bytes.
    var memory = 0
}
