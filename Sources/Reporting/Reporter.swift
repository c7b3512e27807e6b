public import ScenarioModel

/// Writes one report of a run.
public protocol Reporter: AnyObject {
    /// Whether it tells as steps begin and end; no such events come where nobody does.
    var followsSteps: Bool { get }
    /// Takes a way to earlier runs, which may be asked from `finish` on only: no worker is forked any more by then.
    func use(history: @escaping () -> KeptHistory?)
    /// Takes the next event, while the run goes on.
    func receive(_ event: RunEvent) throws(ReportError)
    /// Completes the report once the run has ended.
    func finish(_ result: RunResult) throws(ReportError)
}

extension Reporter {
    /// No: results hold the steps.
    public var followsSteps: Bool { false }
    /// Nothing is told of earlier runs.
    public func use(history: @escaping () -> KeptHistory?) {}
}

/// A report that is composed when the run has ended.
final class DocumentReporter: Reporter {
    private let sink: any ReportSink
    private let compose: (RunResult, KeptHistory?) -> [UInt8]
    /// How earlier runs are read, where the document tells of them.
    private var readHistory: (() -> KeptHistory?)?

    /// Creates a reporter of the document that the closure makes.
    init(sink: any ReportSink, compose: @escaping (RunResult) -> [UInt8]) {
        self.sink = sink
        self.compose = { result, _ in compose(result) }
    }

    /// Creates a reporter of the document that the closure makes of a run and those before it, where they are kept.
    init(sink: any ReportSink, withHistory compose: @escaping (RunResult, KeptHistory?) -> [UInt8]) {
        self.sink = sink
        self.compose = compose
    }

    func use(history: @escaping () -> KeptHistory?) { readHistory = history }

    func receive(_ event: RunEvent) {}

    func finish(_ result: RunResult) throws(ReportError) {
        try sink.write(compose(result, readHistory?()))
        try sink.commit()
    }
}
