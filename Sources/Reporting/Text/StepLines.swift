internal import Diagnostics
internal import ScenarioModel

/// Lists the steps of a test, one a line.
///
/// ```
/// gateway/routing[hermes]: failed, 312 ms
///   chat http failed 210 ms: POST http://127.0.0.1:8000/v1/chat/completions
///     retried: status 503
///   stored sql skipped: chat failed
/// ```
struct StepLines {
    private static let mostChildren = 20

    /// The lines of a test, its last line ended.
    func render(_ test: TestResult) -> String {
        var text = "\(line(test.test.name)): \(test.verdict.rawValue)\(test.isFlaky ? " (flaky)" : "")"
        if test.verdict != .skipped { text += ", \(Figures.duration(test.ms))" }
        text += "\(test.reason.map { ": " + line($0) } ?? "")\n"
        for step in test.steps { append(step, indent: "  ", to: &text) }
        if !test.cleanup.isEmpty { text += "  cleanup\n" }
        for step in test.cleanup { append(step, indent: "    ", to: &text) }
        return text
    }

    private func append(_ step: StepReport, indent: String, to text: inout String) {
        text += "\(indent)\(line(step.id)) \(step.kind) \(step.verdict.rawValue)\(step.isFlaky ? " (flaky)" : "")"
        if step.verdict != .skipped { text += " \(Figures.duration(step.ms))" }
        let facts = [step.reason, step.exchange?.summary].compactMap { $0.map(line) }
        text += facts.isEmpty ? "\n" : ": \(facts.joined(separator: "; "))\n"
        for retry in step.retries.prefix(5) { text += "\(indent)  retried: \(line(retry.cause))\n" }
        if let polls = step.polls {
            text += "\(indent)  polled \(Figures.count(polls.count, "time")) in \(Figures.duration(polls.ms))\n"
        }
        for note in step.notes.prefix(10) { text += "\(indent)  note: \(line(note))\n" }
        for child in step.children.prefix(Self.mostChildren) { append(child, indent: indent + "  ", to: &text) }
        if step.children.count > Self.mostChildren {
            text += "\(indent)  and \(Figures.grouped(step.children.count - Self.mostChildren)) more\n"
        }
    }

    private func line(_ text: String) -> String { CutText.start(of: text, cells: 500) }
}
