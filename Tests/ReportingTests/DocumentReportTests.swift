import Expressions
import PlumbTesting
import Reporting
import ScenarioModel
import Testing

@Suite struct DocumentReportTests {
    /// What a format writes of the sample run, events and all.
    private func report(_ format: ReportFormat) throws -> String {
        let sink = MemorySink()
        let reporter = format.make(sink)
        for event in SampleRun.events { try reporter.receive(event) }
        #expect(!sink.isCommitted)
        try reporter.finish(SampleRun.result)
        #expect(sink.isCommitted)
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    @Test func `a format's name finds it, and names are distinct`() {
        for format in ReportFormat.all { #expect(ReportFormat.named(format.name)?.summary == format.summary) }
        #expect(Set(ReportFormat.all.map(\.name)).count == ReportFormat.all.count)
        #expect(ReportFormat.named("tap") == nil)
    }

    @Test func `the JUnit report is as recorded`() throws {
        try expectGolden(report(.junit), "report.xml")
    }

    @Test func `the JSON report is as recorded and reads back`() throws {
        let text = try report(.json)
        let value = try JSON.parse(text).value
        #expect(try RunResult(json: value) == SampleRun.result)
        try expectGolden(value.json(pretty: true) + "\n", "report.json")
    }

    @Test func `each line of the JSON Lines report reads back as its event`() throws {
        let lines = try report(.jsonLines).split(separator: "\n")
        #expect(try lines.map { try RunEvent(json: JSON.parse(String($0)).value) } == SampleRun.events)
    }

    @Test func `the Markdown report is as recorded`() throws {
        try expectGolden(report(.markdown), "report.md")
    }

    @Test func `documents stay bounded and well formed however much a run has to tell`() {
        var test = SampleRun.failed
        let long = String(repeating: "é]]>", count: 50_000)
        test.steps[0].failures = (0..<200).map { _ in
            FailureReport(code: "x", verdict: .failed, message: long, notes: [long, long])
        }
        test.steps[0].notes = Array(repeating: long, count: 100)
        let run = RunResult(
            start: SampleRun.start, tests: Array(repeating: test, count: 8), notes: [long], end: SampleRun.result.end)
        let xml = JUnitReport().render(run)
        #expect(xml.utf8.count < 2 << 20)
        var markdown = MarkdownReport()
        markdown.mostBytes = 100 << 10
        #expect(markdown.render(run).utf8.count < 101 << 10)
        #expect(!xml.contains("]]>"))
    }
}

/// Keeps a report in memory.
final class MemorySink: ReportSink {
    private(set) var bytes: [UInt8] = []
    private(set) var isCommitted = false

    func write(_ bytes: [UInt8]) { self.bytes += bytes }
    func commit() { isCommitted = true }
}
