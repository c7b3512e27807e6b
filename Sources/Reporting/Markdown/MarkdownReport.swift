internal import Diagnostics
public import ScenarioModel

extension ReportFormat {
    /// A summary for a pull request or a CI job's page.
    public static let markdown = ReportFormat(
        name: "markdown", fileExtension: "md", summary: "a summary in Markdown, a table for each folder"
    ) { sink in
        DocumentReporter(sink: sink) { Array(MarkdownReport().render($0).utf8) }
    }
}

/// Writes a run as Markdown: what it came to, a table for each suite, and every failure in full.
public struct MarkdownReport: Sendable {
    /// The most rows of a table.
    public var mostRows = 500
    /// The most bytes of the document, of which the tables take at most half.
    ///
    /// GitHub shows one MiB of a job's summary.
    public var mostBytes = 960 << 10
    /// The most bytes of text about one failed test.
    public var mostFailureBytes = 32 << 10

    /// Creates a writer.
    public init() {}

    /// The document, its last line ended.
    public func render(_ result: RunResult) -> String {
        var text = "# \(mark(result)) \(MarkdownText.inline(SummaryText().counts(result).plain))\n\n"
        let start = result.start
        let facts = [start.profile.map { "profile \($0)" }, "seed \(start.seed)", "run \(start.id)", start.started]
        text += "\(facts.compactMap { $0.map { MarkdownText.inline($0) } }.joined(separator: ", "))\n"
        for note in result.notes.prefix(50) { text += "\n> \(MarkdownText.inline(note))\n" }
        tables(result, to: &text)
        failures(result, to: &text)
        return text
    }

    private func tables(_ result: RunResult, to text: inout String) {
        var order: [String] = []
        var suites: [String: [TestResult]] = [:]
        for test in result.tests {
            if suites[test.test.suite] == nil { order.append(test.test.suite) }
            suites[test.test.suite, default: []].append(test)
        }
        for (index, suite) in order.enumerated() {
            guard text.utf8.count < mostBytes / 2 else {
                text += "\nand \(Figures.count(order.count - index, "more suite"))\n"
                return
            }
            let tests = suites[suite] ?? []
            text += "\n## \(suite.isEmpty ? "Scenarios" : MarkdownText.inline(suite))\n\n"
            text += "| | test | time | |\n|---|---|---:|---|\n"
            for test in tests.prefix(mostRows) { text += row(test) }
            if tests.count > mostRows {
                text += "\nand \(Figures.count(tests.count - mostRows, "more test"))\n"
            }
        }
    }

    private func row(_ test: TestResult) -> String {
        let name = test.test.scenario + (test.test.row.map { "[\($0)]" } ?? "")
        let time = test.verdict == .skipped ? "" : Figures.duration(test.ms)
        let remark: String? =
            switch test.verdict {
            case .passed: test.isFlaky ? "flaky" : nil
            case .skipped: test.reason
            case .failed, .error: (test.failures + TroubledStep.all(in: test).flatMap(\.step.failures)).first?.remark
            }
        let cell = remark.map { MarkdownText.inline($0, cells: 160) } ?? ""
        return "| \(Marks.unicode.sign(of: test.verdict)) | \(MarkdownText.inline(name)) | \(time) | \(cell) |\n"
    }

    private func failures(_ result: RunResult, to text: inout String) {
        let failed = result.tests.filter { $0.verdict == .failed || $0.verdict == .error }
        guard !failed.isEmpty else { return }
        text += "\n## Failures\n"
        for (index, test) in failed.enumerated() {
            var full = FailureText(width: 100).render(test).plain
            if full.utf8.count > mostFailureBytes {
                let length = Figures.count(full.utf8.count, "byte")
                full = "\(CutText.prefix(of: full, bytes: mostFailureBytes))\n… of \(length)\n"
            }
            let section = "\n### \(MarkdownText.inline(test.test.name))\n\n\(MarkdownText.fenced(full))"
            guard text.utf8.count + section.utf8.count < mostBytes else {
                text += "\nand \(Figures.count(failed.count - index, "more test")) that did not pass\n"
                return
            }
            text += section
        }
    }

    private func mark(_ result: RunResult) -> String {
        let isGood = result.count(.failed) + result.count(.error) == 0 && !result.end.isInterrupted
        return isGood ? Marks.unicode.passed : Marks.unicode.failed
    }
}
