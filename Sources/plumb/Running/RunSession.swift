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
    private let signals: Signals
    /// Masks what this side says by itself; what comes from a worker is masked there.
    private let mask: SecretMask
    private let began = Instant.now
    private var requests = 0
    private var isInterrupted = false
    private var graceEnds: Instant?
    private var buffer: [UInt8] = []
    /// What ends a run whose cleanups do not come to an end.
    private static let grace: Duration = .seconds(32)
    /// Milliseconds for which events gather before they are read: each look costs this process and the worker a switch.
    private static let gathering: Int32 = 10
    /// Bytes that are read in one go, and how many such goes there are before signals are heard again.
    private static let chunk = 1 << 16
    private static let chunks = 16

    /// Creates a session; the reporters are told of everything that happens.
    init(_ plan: RunPlan, terminal: TerminalReporter, reporters: [any Reporter], signals: Signals) {
        self.plan = plan
        self.terminal = terminal
        audience = Audience(reporters)
        self.signals = signals
        mask = SecretMask(plan.configuration.secrets.values.compactMap { $0 })
    }

    /// Runs the plan to its end, through as many workers as it takes.
    mutating func run(started: RunStart) -> (result: RunResult, problems: [ReportError]) {
        tellMasked(.runStarted(started))
        var remaining = plan
        // A worker that takes the place of one that died goes on with the same times.
        remaining.options.began = began.sinceStart
        if let blackBox = BlackBox() {
            while !remaining.tests.isEmpty, !isInterrupted {
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

    /// Reads a worker's events until it closes them.
    private mutating func follow(_ worker: WorkerProcess) {
        buffer.removeAll(keepingCapacity: true)
        var chunk = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            let hasEvents = wait(for: worker)
            for signal in signals.read() { hear(signal, worker) }
            if let graceEnds, Instant.now > graceEnds { worker.kill() }
            if hasEvents, !readEvents(of: worker, &chunk) { return }
            terminal.tick()
        }
    }

    /// Takes the events that are there; says whether more may come.
    private mutating func readEvents(of worker: WorkerProcess, _ chunk: inout [UInt8]) -> Bool {
        for _ in 0..<Self.chunks {
            let count = read(worker.events, &chunk, chunk.count)
            if count > 0 {
                take(chunk[..<count])
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                return false
            }
            if count < chunk.count { break }
        }
        return true
    }

    /// Waits for events, a signal or the time to draw anew; says whether there are events, or their end.
    private func wait(for worker: WorkerProcess) -> Bool {
        var waiting = [
            pollfd(fd: worker.events, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&waiting, 2, 50)
        guard waiting[0].revents != 0 else { return false }
        // Without an event asked for, a descriptor tells only that its other side is closed.
        waiting[0].events = 0
        if waiting[0].revents & Int16(POLLHUP) == 0 { _ = poll(&waiting, 2, Self.gathering) }
        return true
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        // Each byte is looked at once: an event may be longer than many reads.
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            buffer += rest[..<end]
            rest = rest[(end + 1)...]
            if let value = try? JSON.parse(buffer).value, let event = try? RunEvent(json: value) {
                if case .runFinished(let end) = event { requests += end.requests } else { tell(event) }
            }
            buffer.removeAll(keepingCapacity: true)
        }
        buffer += rest
    }

    private mutating func hear(_ signal: Int32, _ worker: WorkerProcess) {
        if isInterrupted {
            terminal.pause()
            worker.kill()
            _exit(130)
        }
        isInterrupted = true
        graceEnds = .now + Self.grace
        tell(.note("interrupted: running cleanups; once more to leave at once"))
        worker.stop()
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
                    let words = expression.trimmed
                    failure.message = "the worker process \(cause) while jq evaluated '\(words)'"
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
        if !isInterrupted {
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

    static func describe(_ ending: WorkerProcess.Ending) -> String {
        switch ending {
        case .signal(let number): "died by signal \(number) (\(String(cString: strsignal(number))))"
        case .exit(EvaluationLimits.Excess.memory.exitStatus): "used more memory than it may"
        case .exit(EvaluationLimits.Excess.stuck.exitStatus): "was stuck in one instruction"
        case .exit(let status): "ended with status \(status)"
        }
    }

    private mutating func conclude(_ started: RunStart) -> (RunResult, [ReportError]) {
        let open = RunEnd(ms: milliseconds, isInterrupted: isInterrupted, status: 0, requests: requests)
        let provisional =
            recorder.result(endingWith: open) ?? RunResult(start: started, tests: [], notes: [], end: open)
        let end = RunEnd(
            ms: milliseconds, isInterrupted: isInterrupted, status: Self.status(provisional), requests: requests)
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
