import CLinux
import Diagnostics
import EventLoop
import Expressions
import Glibc
import Reporting
import ScenarioModel

/// The command's side of a run: it starts workers, folds their events, hears signals and writes the reports.
///
/// It never evaluates anything of a scenario and has one thread, so that it outlives whatever a worker does.
struct RunSession {
    private let plan: RunPlan
    private let terminal: TerminalReporter
    private var audience: Audience<any Reporter>
    private var recorder = RunRecorder()
    private let watch: WorkerWatch<RunEvent>
    /// Masks what this side says by itself; what comes from a worker is masked there.
    private let mask: SecretMask
    private let began = Instant.now
    private var requests = 0

    /// Creates a session; the reporters are told of everything that happens.
    init(_ plan: RunPlan, terminal: TerminalReporter, reporters: [any Reporter], signals: Signals) {
        self.plan = plan
        self.terminal = terminal
        audience = Audience(reporters)
        // What ends a run whose cleanups do not come to an end.
        watch = WorkerWatch(signals, grace: .seconds(32))
        mask = SecretMask(plan.configuration.secrets.values.compactMap { $0 })
    }

    /// Runs the plan to its end, through as many workers as it takes.
    mutating func run(started: RunStart) -> (result: RunResult, problems: [ReportError]) {
        tellMasked(.runStarted(started))
        var remaining = plan
        // A worker that takes the place of one that died goes on with the same times.
        remaining.options.began = began.sinceStart
        if let blackBox = BlackBox() {
            while !remaining.tests.isEmpty, !watch.isInterrupted {
                guard let worker = WorkerProcess.start(remaining, blackBox: blackBox) else {
                    abandon(
                        because: "the worker could not be started: \(String(cString: strerror(errno)).lowercased())")
                    break
                }
                follow(worker)
                let (ending, words) = worker.reap()
                if ending == .exit(0) { break }
                bury(ending, words, blackBox, remaining)
                let open = remaining.tests.count
                remaining.tests = plan.tests.filter { !recorder.hasFinished($0.name.index) }
                // Without any progress, starting again would end the same way.
                if remaining.tests.count == open {
                    abandon(because: "the worker process \(Self.describe(ending))")
                    break
                }
            }
        }
        return conclude(started)
    }

    private mutating func follow(_ worker: WorkerProcess) {
        watch.follow(worker) { notice in
            switch notice {
            case .event(.runFinished(let end)): requests += end.requests
            case .event(let event): tell(event)
            case .interrupted: tell(.note("interrupted: running cleanups; once more to leave at once"))
            case .leaving: terminal.pause()
            case .idle: terminal.tick()
            }
        }
    }

    /// Reports what died with a worker.
    private mutating func bury(_ ending: WorkerProcess.Ending, _ words: String?, _ blackBox: BlackBox, _ plan: RunPlan)
    {
        let cause = Self.describe(ending)
        let running = recorder.running
        let content = blackBox.content
        let culprit = content?.expression == nil ? nil : running.first { $0.name.index == content?.test }?.name.index
        for test in running where culprit == nil || test.name.index == culprit {
            guard let planned = plan.tests.first(where: { $0.name.index == test.name.index }) else { continue }
            var failure = FailureReport(code: "run.crash", verdict: .error, message: "the worker process \(cause)")
            if let content, content.test == test.name.index {
                failure.notes.append("in step \(content.trail)")
                if let expression = content.expression {
                    failure.message = "the worker process \(Self.describe(ending, evaluating: expression.trimmed))"
                    failure.place = Self.place(of: expression, in: planned.scenario)
                    failure.hint =
                        ending.isExcess
                        ? "bound what it makes: of a list take less, in a loop name an end"
                        : "jq crashed on this program; write it another way"
                }
            }
            if let words { failure.notes.append("it said: \(words)") }
            tellMasked(
                .testFinished(
                    TestResult(
                        test: planned.name, description: planned.scenario.description, tags: planned.scenario.tags,
                        verdict: .error, reason: "crashed", startedMs: test.startedMs,
                        ms: max(0, milliseconds - test.startedMs), failures: [failure])))
        }
        if !watch.isInterrupted {
            tell(
                .note(
                    "the worker process \(cause); a new one takes the tests that remain. What the tests in flight had begun may be left"
                ))
        }
    }

    /// Ends the tests that no worker has finished, as errors.
    private mutating func abandon(because reason: String) {
        for test in plan.tests where !recorder.hasFinished(test.name.index) {
            let failure = FailureReport(code: "run.crash", verdict: .error, message: reason)
            tellMasked(
                .testFinished(TestResult(test: test.name, verdict: .error, reason: "not run", failures: [failure])))
        }
    }

    /// Where the expression stands of which the black box kept at least the beginning.
    private static func place(of expression: String, in scenario: Scenario) -> Place? {
        guard let found = scenario.expressions.first(where: { $0.text.hasPrefix(expression) }) else { return nil }
        return Place(found.source.span(of: 0..<found.text.trimmed.utf8.count))
    }

    /// How a process went: `died by signal 11 (Segmentation fault) while jq evaluated '.x'`.
    static func describe(_ ending: WorkerProcess.Ending, evaluating expression: String?) -> String {
        describe(ending) + (expression.map { " while jq evaluated '\($0)'" } ?? "")
    }

    private static func describe(_ ending: WorkerProcess.Ending) -> String {
        switch ending {
        case .signal(let number): "died by signal \(number) (\(String(cString: strsignal(number))))"
        case .exit(EvaluationLimits.Excess.memory.exitStatus): "used more memory than it may"
        case .exit(EvaluationLimits.Excess.stuck.exitStatus): "was stuck in one instruction"
        case .exit(let status): "ended with status \(status)"
        }
    }

    private mutating func conclude(_ started: RunStart) -> (RunResult, [ReportError]) {
        let open = RunEnd(ms: milliseconds, isInterrupted: watch.isInterrupted, status: 0, requests: requests)
        let provisional =
            recorder.result(endingWith: open) ?? RunResult(start: started, tests: [], notes: [], end: open)
        let end = RunEnd(
            ms: milliseconds, isInterrupted: watch.isInterrupted, status: Self.status(provisional), requests: requests)
        tell(.runFinished(end))
        var result = provisional
        result.end = end
        audience.tell { (reporter) throws(ReportError) in try reporter.finish(result) }
        return (result, audience.problems)
    }

    /// The exit status of a result (language.md §5).
    static func status(_ result: RunResult) -> Int {
        if result.end.isInterrupted { return 130 }
        if result.count(.failed) > 0 { return 1 }
        if result.count(.error) > 0 { return 3 }
        if result.tests.allSatisfy({ $0.verdict == .skipped }) { return 3 }
        return 0
    }

    private var milliseconds: Double {
        let elapsed = Instant.now - began
        return Double(elapsed.components.seconds) * 1000 + Double(elapsed.components.attoseconds) / 1e15
    }

    /// Tells of an event of this side, secrets masked.
    private mutating func tellMasked(_ event: RunEvent) {
        tell(mask.isEmpty ? event : (try? RunEvent(json: event.json(masking: mask))) ?? event)
    }

    private mutating func tell(_ event: RunEvent) {
        recorder.receive(event)
        terminal.receive(event)
        audience.tell { (reporter) throws(ReportError) in try reporter.receive(event) }
    }
}

extension WorkerProcess.Ending {
    /// Whether the worker ended itself because an evaluation did not.
    fileprivate var isExcess: Bool {
        self == .exit(EvaluationLimits.Excess.memory.exitStatus)
            || self == .exit(EvaluationLimits.Excess.stuck.exitStatus)
    }
}

extension String {
    /// Without the line break of a block at its end.
    fileprivate var trimmed: String { String(reversed().drop { $0.isWhitespace }.reversed()) }
}
