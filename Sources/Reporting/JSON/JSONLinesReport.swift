internal import ScenarioModel

extension ReportFormat {
    /// The events of a run as they come, one JSON object a line (`schemas/event.json`).
    public static let jsonLines = ReportFormat(
        name: "jsonl", fileExtension: "jsonl", summary: "an event a line, as they happen; see 'plumb schema event'"
    ) { JSONLinesReporter(sink: $0) }
}

/// Writes each event as it comes; a file shows them when the run has ended, a pipe or `-` at once.
final class JSONLinesReporter: Reporter {
    let followsSteps = true
    private let sink: any ReportSink

    /// Creates a reporter that writes to a sink.
    init(sink: any ReportSink) { self.sink = sink }

    func receive(_ event: RunEvent) throws(ReportError) {
        var line: [UInt8] = []
        event.appendJSONLine(to: &line)
        try sink.write(line)
    }

    func finish(_ result: RunResult) throws(ReportError) {
        try sink.commit()
    }
}
