internal import ScenarioModel

extension ReportFormat {
    /// One JSON document of the whole run (`schemas/report.json`).
    public static let json = ReportFormat(
        name: "json", fileExtension: "json", summary: "one document of the whole run; see 'plumb schema report'"
    ) { sink in
        DocumentReporter(sink: sink) { result in
            var bytes: [UInt8] = []
            result.appendJSON(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
            return bytes
        }
    }
}
