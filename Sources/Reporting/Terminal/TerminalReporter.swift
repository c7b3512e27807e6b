internal import Diagnostics
public import ScenarioModel

/// Tells people of a run: a line for each test as it ends, its running tests where they can be redrawn, and
/// at the end every failure in full, in file order, and what the run came to.
///
/// It writes through a closure and reads the time through another; the command calls `tick` behind each batch of
/// events, and about every 50 ms so that elapsed times move.
public final class TerminalReporter {
    private let style: TerminalStyle
    private let write: (String) -> Void
    private let now: () -> Double
    private let marks: Marks
    private var recorder = RunRecorder()
    private var running = RunningTests()
    private var display: LiveDisplay
    private var total = 0
    private var troubled = 0
    private var nameCells = 0
    /// Lines that wait for the next drawing.
    private var pending = StyledText()
    private var lastDrawn = -Double.infinity

    /// The most tests whose failures are shown in full; reports hold them all.
    public var mostFailedTests = 50
    /// Whether tests that passed have a line.
    public var showsPassed = true
    /// The command that runs the failed tests again, shown below the failures.
    public var rerunCommand: String?

    private static let millisecondsBetweenDrawings = 50.0

    /// Creates a reporter; `now` gives the milliseconds since the run's start, from a clock that never goes back.
    public init(style: TerminalStyle, now: @escaping () -> Double, write: @escaping (String) -> Void) {
        self.style = style
        self.now = now
        self.write = write
        marks = style.hasUnicode ? .unicode : .ascii
        display = LiveDisplay(style: style)
    }

    /// Takes the next event.
    public func receive(_ event: RunEvent) {
        recorder.receive(event)
        running.receive(event)
        switch event {
        case .runStarted(let start): began(start)
        case .testFinished(let result): ended(result)
        case .note(let text): say { $0.append("note: \(CutText.start(of: text, cells: 1000))\n", .note) }
        case .testStarted, .stepStarted, .stepProgressed, .stepFinished, .needCleaned:
            if style.isLive { tick() }
        case .runFinished: finish()
        }
    }

    /// Whether it shows the steps that are under way.
    public var followsSteps: Bool { style.isLive }

    /// Writes what waits; on a terminal, draws the running tests again where the last drawing is old enough.
    public func tick() {
        guard style.isLive else { return pause() }
        guard total > 0, now() - lastDrawn >= Self.millisecondsBetweenDrawings else { return }
        lastDrawn = now()
        var output = display.erasure() + rendered(pending)
        pending = StyledText()
        output += rendered(
            display.drawing(
                running: running, finished: recorder.finishedCount, total: total, troubled: troubled, now: now()))
        write(output)
    }

    /// Takes the drawing away and writes what waits; before anything else writes to the same terminal.
    public func pause() {
        let output = display.erasure() + rendered(pending)
        pending = StyledText()
        lastDrawn = -Double.infinity
        if !output.isEmpty { write(output) }
    }

    private func began(_ start: RunStart) {
        total = start.tests.count
        let widest = start.tests.map { VisibleText($0.name).cells }.max() ?? 0
        nameCells = min(widest, max(0, style.width - 16), 72)
        let facts = [
            "plumb \(start.version)", start.profile.map { "profile \($0)" }, "seed \(start.seed)",
            Figures.count(total, "test"),
        ]
        say { $0.append("\(facts.compactMap { $0 }.map { VisibleText($0).text }.joined(separator: ", "))\n", .dim) }
    }

    private func ended(_ result: TestResult) {
        if result.verdict == .failed || result.verdict == .error { troubled += 1 }
        guard showsPassed || result.verdict != .passed || result.isFlaky else { return }
        let line = ResultLine(marks: marks, nameCells: nameCells)
        say { $0.append(line.render(result)) }
    }

    private func finish() {
        pause()
        guard let result = recorder.result() else { return }
        total = 0
        let failed = result.tests.filter { $0.verdict == .failed || $0.verdict == .error }
        var failures = FailureText(width: style.width)
        failures.marks = marks
        failures.wrapsFacts = style.isLive
        for test in failed.prefix(mostFailedTests) { write(rendered(StyledText("\n") + failures.render(test))) }
        var text = StyledText("\n")
        if failed.count > mostFailedTests {
            let more = failed.count - mostFailedTests
            text.append("and \(Figures.count(more, "more test")) that did not pass; the reports tell of all\n\n", .dim)
        }
        if !failed.isEmpty, let rerunCommand { text.append("run them again: \(rerunCommand)\n", .hint) }
        if let slowest = SummaryText().slowest(result) {
            text.append(slowest)
            text.append("\n")
        }
        text.append(SummaryText().counts(result))
        text.append("\n")
        write(rendered(text))
    }

    private func say(_ compose: (inout StyledText) -> Void) {
        compose(&pending)
        if style.isLive { tick() }
    }

    private func rendered(_ text: StyledText) -> String {
        let written = text.written(in: style.hasColor ? .ansi : .plain)
        return style.hasUnicode ? written : ASCIIText.folded(written)
    }
}

extension StyledText {
    fileprivate static func + (first: StyledText, second: StyledText) -> StyledText {
        var both = first
        both.append(second)
        return both
    }
}
