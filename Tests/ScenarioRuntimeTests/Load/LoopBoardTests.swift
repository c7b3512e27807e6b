import EventLoop
import Testing

@testable import ScenarioRuntime

@Suite struct LoopBoardTests {
    private let start = Instant.now

    /// A board by reference, so that what it answers can be expected in one line.
    private final class Table {
        private(set) var board: LoopBoard
        private let now: Instant

        init(_ count: Int, at now: Instant) {
            board = LoopBoard(count: count, at: now)
            self.now = now
        }

        func becomeReady(_ loop: Int) throws { try board.becomeReady(loop) }
        func begin(with most: Int) -> [Int] { board.begin(with: most, at: now).idle }
        func ask() -> [Int] { board.ask(at: now) }
        func take(_ tally: LoopTally, from loop: Int) throws { try board.take(tally, from: loop, at: now) }
        func isEarly(_ loop: Int) -> Bool { board.leave(loop) }
        func figures() -> LoopFigures { board.takeFigures() }
    }

    private func running(_ count: Int) throws -> Table {
        let table = Table(count, at: start)
        for loop in 0..<count { try table.becomeReady(loop) }
        #expect(table.begin(with: count) == [])
        return table
    }

    private func tally(isLast: Bool = false, inFlight: Int = 0, peak: Int = 0, lag: Duration = .zero) -> LoopTally {
        var tally = LoopTally()
        tally.isLast = isLast
        tally.inFlight = inFlight
        tally.peak = peak
        tally.lag = lag
        tally.spent = .milliseconds(100)
        tally.passed = .milliseconds(400)
        tally.memory = 1000
        return tally
    }

    @Test func `the load waits until each loop is ready, or gone`() throws {
        let table = Table(2, at: start)
        try table.becomeReady(0)
        #expect(!table.board.haveStarted)
        #expect(table.isEarly(1))
        #expect(table.board.haveStarted)
        #expect(throws: MessageProblem("it is ready twice")) { try table.becomeReady(0) }
    }

    @Test func `a round is over when each loop that was asked has answered, ended or gone`() throws {
        let table = try running(3)
        #expect(table.ask() == [0, 1, 2])
        #expect(table.ask() == [])
        try table.take(tally(), from: 0)
        try table.take(tally(isLast: true), from: 1)
        #expect(!table.board.haveAnswered)
        #expect(table.isEarly(2))
        #expect(table.board.haveAnswered)
        #expect(table.ask() == [0])
        #expect(!table.board.haveEnded)
        try table.take(tally(isLast: true), from: 0)
        #expect(table.board.haveEnded)
        #expect(!table.board.haveGone)
        for loop in [0, 1] { #expect(!table.isEarly(loop), "it had ended") }
        #expect(table.board.haveGone)
    }

    @Test func `a loop that tells what it was not asked is refused, and lost once`() throws {
        let table = try running(1)
        #expect(throws: MessageProblem.self) { try table.take(tally(), from: 0) }
        #expect(table.isEarly(0))
        #expect(!table.isEarly(0))
        #expect(throws: MessageProblem.self) { try table.take(tally(isLast: true), from: 0) }
    }

    @Test func `whoever owes something for too long is found`() throws {
        let table = Table(3, at: start)
        let late = start + LoopBoard.patience + .seconds(1)
        #expect(table.board.overdue(at: start + .seconds(1)) == [])
        #expect(table.board.overdue(at: late) == [0, 1, 2])
        for loop in 0..<3 { try table.becomeReady(loop) }
        #expect(table.board.overdue(at: late) == [])
        #expect(table.begin(with: 2) == [2])
        #expect(table.ask() == [0, 1])
        try table.take(tally(), from: 0)
        // One owes an answer, and one its end.
        #expect(table.board.overdue(at: late) == [1, 2])
    }

    @Test func `figures are those of the busiest loop, or of all together`() throws {
        let table = try running(2)
        #expect(table.ask() == [0, 1])
        try table.take(tally(inFlight: 3, peak: 5, lag: .milliseconds(2)), from: 0)
        try table.take(tally(inFlight: 4, peak: 4, lag: .milliseconds(9)), from: 1)
        let told = LoopFigures(lag: .milliseconds(9), cpu: 0.25, inFlight: 7, peak: 9, memory: 2000)
        #expect(table.figures() == told)
        // Until they tell more, nothing was spent, and what was in flight still is.
        #expect(table.figures() == LoopFigures(inFlight: 7, peak: 7, memory: 2000))
        #expect(table.ask() == [0, 1])
        try table.take(tally(isLast: true, peak: 4), from: 0)
        #expect(table.figures().inFlight == 4)
        #expect(table.figures().memory == 1000)
        #expect(table.isEarly(1))
        #expect(table.figures().inFlight == 0)
    }
}
