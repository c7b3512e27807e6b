public import ScenarioModel

/// Writes one report of a load.
public protocol LoadReporter: AnyObject {
    /// Takes the next event, while the load goes on.
    func receive(_ event: LoadEvent) throws(ReportError)
    /// Completes the report once the load has ended and was compared.
    func finish(_ result: LoadResult) throws(ReportError)
}

/// A kind of report that `plumb load --report FORMAT=PATH` writes.
///
/// To add one, write it in a file of its own and name it in `all`.
public struct LoadReportFormat: Sendable {
    /// The word that `--report` takes; also what files of it are called.
    public let name: String
    /// Makes the reporter that writes to a sink.
    public let make: @Sendable (any ReportSink) -> any LoadReporter

    /// Every format, in the order of `--help`.
    public static let all: [LoadReportFormat] = [.json, .jsonLines, .html, .junit, .markdown]

    /// One document of the whole load, which can serve as a baseline.
    static let json = LoadReportFormat(name: "json") { sink in
        LoadDocument(sink) { result in
            var bytes: [UInt8] = []
            result.appendJSON(to: &bytes)
            return bytes + [0x0A]
        }
    }

    /// An event a line, as they happen.
    static let jsonLines = LoadReportFormat(name: "jsonl") { LoadLines($0) }

    /// One file for a browser, with plots.
    static let html = LoadReportFormat(name: "html") { sink in
        LoadDocument(sink) { Array(LoadHTML(result: $0).text.utf8) }
    }
}

/// A report that is composed when the load has ended.
final class LoadDocument: LoadReporter {
    private let sink: any ReportSink
    private let compose: (LoadResult) -> [UInt8]

    init(_ sink: any ReportSink, compose: @escaping (LoadResult) -> [UInt8]) {
        self.sink = sink
        self.compose = compose
    }

    func receive(_ event: LoadEvent) {}

    func finish(_ result: LoadResult) throws(ReportError) {
        try sink.write(compose(result))
        try sink.commit()
    }
}

/// Writes each event as it comes.
final class LoadLines: LoadReporter {
    private let sink: any ReportSink

    init(_ sink: any ReportSink) { self.sink = sink }

    func receive(_ event: LoadEvent) throws(ReportError) {
        var line: [UInt8] = []
        event.appendJSONLine(to: &line)
        try sink.write(line)
    }

    func finish(_ result: LoadResult) throws(ReportError) { try sink.commit() }
}
