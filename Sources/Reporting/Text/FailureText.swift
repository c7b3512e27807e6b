public import Diagnostics
public import ScenarioModel

/// Tells in full why a test did not pass, for a terminal, a JUnit file or a Markdown fence.
///
/// ```
/// ✗ gateway/routing[hermes]  step chat (312 ms)          <- headline
///   failed[assert.false]: the comparison is false        <- failure …
///     --> scenarios/gateway/routing.yaml:9:9             <- … place
///     |
///   9 |       - .body.choices | length == 1
///     |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^
///     .body.choices | length  is number 0                <- … operands
///     = hint: the list is empty                          <- … hint, settings, notes
///   sent      POST http://127.0.0.1:8000/v1/chat         <- step facts
///   got       HTTP/1.1 200 OK, 17 bytes
///             {"choices": []}
/// ```
public struct FailureText: Sendable {
    /// The cells that a line should take; places, hints and commands are never cut for it.
    public var width: Int
    /// Whether hints, settings and notes are broken to the width too.
    public var wrapsFacts = false
    /// The most failures that are shown of one step.
    public var mostFailures = 20
    /// The most differences that are shown of one failure.
    public var mostDifferences = 20
    /// The most lines that are shown of an answer's body.
    public var mostBodyLines = 8
    /// What stands before the test's name.
    var marks = Marks.unicode

    /// Creates a renderer for lines of about `width` cells.
    public init(width: Int = 100) {
        self.width = max(20, width)
    }

    /// The text of one test, its last line ended; empty for a test that passed or was skipped.
    public func render(_ test: TestResult) -> StyledText {
        var text = StyledText()
        guard test.verdict == .failed || test.verdict == .error else { return text }
        let troubled = TroubledStep.all(in: test)
        if !test.failures.isEmpty || troubled.isEmpty {
            headline(test, verdict: test.verdict, step: nil, ms: test.ms, in: &text)
            if test.failures.isEmpty, let reason = test.reason { text.append("  \(line(reason))\n") }
            failures(test.failures, in: &text)
        }
        for (index, step) in troubled.enumerated() {
            if index > 0 || !text.isEmpty { text.append("\n") }
            headline(test, verdict: step.step.verdict, step: step, ms: step.step.ms, in: &text)
            failures(step.step.failures, in: &text)
            StepFacts(width: width, mostBodyLines: mostBodyLines).append(step.step, to: &text)
            others(step, in: &text)
        }
        return text
    }

    /// The text of failures that belong to no test.
    func render(_ failures: [FailureReport]) -> StyledText {
        var text = StyledText()
        self.failures(failures, in: &text)
        return text
    }

    private func headline(
        _ test: TestResult, verdict: Verdict, step: TroubledStep?, ms: Double, in text: inout StyledText
    ) {
        text.append(marks.sign(of: verdict), .error)
        text.append(" ")
        text.append(line(test.test.name), .strong)
        if let step {
            text.append(step.isCleanup ? "  cleanup " : "  step ")
            text.append(line(step.trail), .strong)
            if let name = step.step.name { text.append(" '\(line(name))'") }
        }
        text.append(" (\(Figures.duration(ms)))\n", .dim)
    }

    private func others(_ step: TroubledStep, in text: inout StyledText) {
        for other in step.others {
            text.append("\(marks.sign(of: .failed)) ", .error)
            text.append("\(line(other.trail)): \(CutText.start(of: other.message, cells: max(20, width - 20)))\n")
        }
        if step.omitted > 0 { text.append("  and \(Figures.grouped(step.omitted)) more failed\n", .dim) }
    }

    private func failures(_ failures: [FailureReport], in text: inout StyledText) {
        let shown = failures.prefix(mostFailures)
        for (index, failure) in shown.enumerated() {
            // Settings are the step's, and stand once, below the last failure that they bear on.
            let isLast = index + 1 == shown.count || shown[index + 1].settings != failure.settings
            append(failure, tellsSettings: isLast, to: &text)
        }
        if failures.count > mostFailures {
            text.append("  and \(Figures.grouped(failures.count - mostFailures)) more failures\n", .dim)
        }
    }

    private func append(_ failure: FailureReport, tellsSettings: Bool, to text: inout StyledText) {
        text.append("  \(failure.verdict == .error ? "error" : "failed")[\(line(failure.code))]", .error)
        text.append(": ")
        if let name = failure.name { text.append("'\(line(name))': ", .strong) }
        text.append("\(line(failure.message))\n", .strong)
        let gutter = "    " + String(repeating: " ", count: failure.place.map { String($0.line).utf8.count - 1 } ?? 0)
        if let place = failure.place { PlaceText(width: width, gutter: gutter).append(place, to: &text) }
        operands(failure.operands, indent: gutter, in: &text)
        DifferenceTable(width: width, indent: gutter, most: mostDifferences)
            .append(failure.differences, to: &text)
        facts("hint", failure.hint.map { [$0] } ?? [], gutter, in: &text)
        facts("setting", tellsSettings ? failure.settings : [], gutter, in: &text)
        facts("note", failure.notes, gutter, in: &text)
    }

    private func operands(_ operands: [FailureReport.Operand], indent: String, in text: inout StyledText) {
        let texts = operands.map { CutText.start(of: $0.text, cells: max(10, width / 2)) }
        let cells = texts.map { VisibleText($0).cells }
        let widest = cells.max() ?? 0
        for (index, operand) in operands.enumerated() {
            text.append(indent)
            text.append(texts[index], .note)
            text.append(String(repeating: " ", count: widest - cells[index]))
            // Null is its own type, and the one value of it.
            text.append(operand.type == operand.value ? " is " : " is \(line(operand.type)) ", .dim)
            let room = max(20, width - indent.utf8.count - widest - operand.type.utf8.count - 5)
            text.append(CutText.start(of: operand.value, cells: room), .strong)
            text.append("\n")
        }
    }

    private func facts(_ title: String, _ facts: [String], _ gutter: String, in text: inout StyledText) {
        let margin = gutter.utf8.count + title.utf8.count + 4
        for fact in facts {
            let lines = WrappedText.lines(of: line(fact), cells: wrapsFacts ? max(20, width - margin) : Int.max)
            for (index, line) in lines.enumerated() {
                text.append(index == 0 ? "\(gutter)= \(title): " : String(repeating: " ", count: margin), .hint)
                text.append("\(line)\n")
            }
        }
    }

    private func line(_ text: String) -> String { CutText.start(of: text, cells: 1000) }
}
