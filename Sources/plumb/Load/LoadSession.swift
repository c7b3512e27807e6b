import CLinux
import EventLoop
import Expressions
import Glibc
import Reporting
import ScenarioModel

/// The command's side of a load: it starts the worker, folds its events, hears signals and writes the reports.
struct LoadSession {
    private let order: LoadOrder
    private let terminal: LoadTerminal
    private var audience: Audience<any LoadReporter>
    private let watch: WorkerWatch<LoadEvent>
    private(set) var result: LoadResult

    init(
        _ order: LoadOrder, start: LoadStart, terminal: LoadTerminal, reporters: [any LoadReporter], signals: Signals
    ) {
        self.order = order
        self.terminal = terminal
        audience = Audience(reporters)
        // What a worker may take to end after an interrupt: draining, cleanups, and a little.
        watch = WorkerWatch(signals, grace: .seconds(45))
        result = LoadResult(start: start)
    }

    /// Runs the load to its end.
    mutating func run() {
        tell(.started(result.start))
        if let note = order.note { tell(.note(note)) }
        guard let box = BlackBox(), let worker = WorkerProcess.start(order, blackBox: box) else {
            let reason = String(cString: strerror(errno)).lowercased()
            return tell(crashed("the worker could not be started: \(reason)", nil))
        }
        follow(worker)
        let (ending, words) = worker.reap()
        guard result.outcome == nil else { return }
        let cause = RunSession.describe(ending, evaluating: box.content?.expression)
        tell(crashed("the worker process \(cause)", words))
    }

    /// Holds the load against an earlier one.
    mutating func compare(with baseline: LoadResult, fails: Bool) {
        let comparison = LoadComparison(baseline: baseline, current: result)
        result.comparison = comparison
        guard fails, comparison.verdict == .worse, var outcome = result.outcome else { return }
        let worse = comparison.lines.filter { $0.verdict == .worse }.map(\.measure).joined(separator: ", ")
        outcome.failures.append(
            FailureReport(
                code: "load.worse", verdict: .failed,
                message: "worse than the baseline of \(comparison.baseline): \(worse)"))
        result.outcome = outcome
    }

    /// Writes the reports; returns what could not be written.
    mutating func conclude() -> [ReportError] {
        terminal.finish(result)
        let result = result
        audience.tell { (reporter) throws(ReportError) in try reporter.finish(result) }
        return audience.problems
    }

    private mutating func follow(_ worker: WorkerProcess) {
        watch.follow(worker) { notice in
            switch notice {
            case .event(let event): tell(event)
            case .interrupted:
                tell(.note("interrupted: waiting for the runs under way; once more to leave at once"))
            case .leaving: terminal.pause()
            case .idle: break
            }
        }
    }

    private func crashed(_ cause: String, _ words: String?) -> LoadEvent {
        var notes = words.map { ["it said: \($0)"] } ?? []
        let runs = result.intervals.reduce(0) { $0 + $1.runs }
        if runs > 0 { notes.append("\(runs) runs had ended by then; reports have the intervals up to there") }
        let failure = FailureReport(code: "run.crash", verdict: .error, message: cause, notes: notes)
        return .finished(
            LoadOutcome(aggregate: .null, failures: [failure], end: watch.isInterrupted ? .interrupted : .crashed))
    }

    private mutating func tell(_ event: LoadEvent) {
        result.receive(event)
        terminal.receive(event)
        audience.tell { (reporter) throws(ReportError) in try reporter.receive(event) }
    }
}
