public import ScenarioModel

/// Writes one report of a run.
public protocol Reporter: AnyObject {
    /// Whether it tells as steps begin and end; no such events come where nobody does.
    var followsSteps: Bool { get }
    /// Takes the next event, while the run goes on.
    func receive(_ event: RunEvent) throws(ReportError)
    /// Completes the report once the run has ended.
    func finish(_ result: RunResult) throws(ReportError)
}

extension Reporter {
    /// No: results hold the steps.
    public var followsSteps: Bool { false }
}

/// A report that is composed when the run has ended.
final class DocumentReporter: Reporter {
    private let sink: any ReportSink
    private let compose: (RunResult) -> [UInt8]

    /// Creates a reporter of the document that the closure makes.
    init(sink: any ReportSink, compose: @escaping (RunResult) -> [UInt8]) {
        self.sink = sink
        self.compose = compose
    }

    func receive(_ event: RunEvent) {}

    func finish(_ result: RunResult) throws(ReportError) {
        try sink.write(compose(result))
        try sink.commit()
    }
}
