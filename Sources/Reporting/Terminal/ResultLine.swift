internal import Diagnostics
internal import ScenarioModel

/// The line of a test that has ended, with a line below it for each `repeat` and each fact worth one.
///
/// ```
/// ✓ gateway/routing[mixtral]  312 ms
///     steady  98/100 passed, p95 412 ms
/// ✓ gateway/streaming  95 ms  flaky
/// ○ gateway/metrics  skipped: the profile has no metrics
/// ```
struct ResultLine {
    var marks: Marks
    /// The cells to which names are filled up, so that times stand below each other.
    var nameCells: Int
    private static let mostNotes = 5

    /// The text of a test, its last line ended.
    func render(_ test: TestResult) -> StyledText {
        var text = StyledText()
        text.append(marks.sign(of: test.verdict), style(of: test))
        text.append(" ")
        let name = VisibleText(test.test.name)
        text.append(name.text, test.verdict == .passed || test.verdict == .skipped ? .plain : .strong)
        if test.verdict == .skipped {
            text.append("  skipped\(test.reason.map { ": " + CutText.start(of: $0, cells: 300) } ?? "")\n", .dim)
            return text
        }
        text.append(String(repeating: " ", count: max(0, nameCells - name.cells)))
        text.append("  \(Figures.duration(test.ms))", .dim)
        if test.isFlaky { text.append("  flaky", .warning) }
        if test.verdict != .passed, let reason = test.reason {
            text.append("  \(CutText.start(of: reason, cells: 300))", .error)
        }
        text.append("\n")
        // What did not pass is told in full at the end.
        if test.verdict == .passed { below(test, in: &text) }
        return text
    }

    private func below(_ test: TestResult, in text: inout StyledText) {
        for step in test.steps { summaries(step, trail: "", in: &text) }
        var notes: [String] = []
        for step in test.steps + test.cleanup { collectNotes(of: step, into: &notes) }
        for note in notes.prefix(Self.mostNotes) {
            text.append("    note: ", .note)
            text.append("\(CutText.start(of: note, cells: 300))\n")
        }
        if notes.count > Self.mostNotes {
            text.append("    and \(Figures.count(notes.count - Self.mostNotes, "more note"))\n", .dim)
        }
    }

    private func summaries(_ step: StepReport, trail: String, in text: inout StyledText) {
        let trail = trail.isEmpty ? step.id : "\(trail) → \(step.id)"
        if step.aggregate != nil, let reason = step.reason {
            text.append("    \(VisibleText(trail).text)", .note)
            text.append("  \(CutText.start(of: reason, cells: 300))\n")
        } else {
            for child in step.children { summaries(child, trail: trail, in: &text) }
        }
    }

    private func collectNotes(of step: StepReport, into notes: inout [String]) {
        notes += step.notes.map { "\(step.id): \($0)" }
        for child in step.children { collectNotes(of: child, into: &notes) }
    }

    private func style(of test: TestResult) -> StyledText.Style {
        switch test.verdict {
        case .passed: test.isFlaky ? .warning : .success
        case .failed, .error: .error
        case .skipped: .dim
        }
    }
}
