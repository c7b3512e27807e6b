public import ScenarioModel

/// Folds the events of a run into its result, tests in file order however they finished.
///
/// A run that was cut short gives a whole result too: a test that was under way is an error that names the
/// step it was in, and one that never began is skipped.
public struct RunRecorder: Sendable {
    private var start: RunStart?
    private var finished: [Int: TestResult] = [:]
    private var under = RunningTests()
    private var notes: [String] = []
    private var end: RunEnd?

    /// Creates a recorder that has seen nothing.
    public init() {}

    /// The tests under way, each with the steps it is in; what a worker that died was doing.
    public var running: [RunningTests.Test] { under.tests }
    /// The number of tests that have a result.
    public var finishedCount: Int { finished.count }
    /// Whether a test with this number has a result.
    public func hasFinished(_ test: Int) -> Bool { finished[test] != nil }
    /// The tests that neither began nor have a result, in file order.
    public var waiting: [TestName] {
        (start?.tests ?? []).filter { finished[$0.index] == nil && !under.contains($0.index) }
    }

    /// Takes the next event.
    public mutating func receive(_ event: RunEvent) {
        under.receive(event)
        switch event {
        case .runStarted(let start): self.start = start
        case .testFinished(let result): finished[result.test.index] = result
        case .needCleaned(let test, let cleanup): finished[test]?.needsCleanup.append(cleanup)
        case .note(let text): notes.append(text)
        case .runFinished(let end): self.end = end
        case .testStarted, .stepStarted, .stepProgressed, .stepFinished: break
        }
    }

    /// The result so far; nil before the run began.
    ///
    /// `fallback` ends a run whose own last event never came.
    public func result(
        endingWith fallback: RunEnd = RunEnd(ms: 0, isInterrupted: true, status: 130)
    ) -> RunResult? {
        guard let start else { return nil }
        let end = end ?? fallback
        var known = Set(start.tests.map(\.index))
        var tests = start.tests.map { finished[$0.index] ?? unfinished($0, end) }
        for (index, result) in finished.sorted(by: { $0.key < $1.key }) where known.insert(index).inserted {
            tests.append(result)
        }
        return RunResult(start: start, tests: tests, notes: notes, end: end)
    }

    private func unfinished(_ name: TestName, _ end: RunEnd) -> TestResult {
        let reason = end.isInterrupted ? "interrupted" : "the run ended before this test"
        guard let test = under.test(name.index) else {
            return TestResult(test: name, verdict: .skipped, reason: reason)
        }
        let steps = test.steps.map { "'\($0.trail)'" }.joined(separator: " and ")
        let message = steps.isEmpty ? reason : "\(reason) in step \(steps)"
        let failure = FailureReport(
            code: end.isInterrupted ? "run.interrupted" : "run.unfinished", verdict: .error, message: message)
        return TestResult(
            test: name, verdict: .error, reason: reason, startedMs: test.startedMs,
            ms: max(0, end.ms - test.startedMs), failures: [failure])
    }
}
