public import Expressions

/// What a load came to, as the worker tells it at its end.
public struct LoadOutcome: Sendable, Hashable {
    /// What the assertions judged (docs/load.md); captured values left out.
    public var aggregate: Value
    /// What did not hold, and what kept the load from being carried out.
    public var failures: [FailureReport]
    /// The first runs that did not pass, in full.
    public var samples: [TestResult]
    /// Every run that passed, by how long it took.
    public var latencies: LatencyCounts
    public var end: End
    /// Requests sent, and connections opened.
    public var requests: Int

    /// Why a load ended.
    public enum End: String, Sendable, Hashable {
        case completed
        /// An assertion did not hold, and `abort` is set.
        case aborted
        case interrupted
        /// The process that ran it died.
        case crashed
    }

    /// Creates an outcome.
    public init(
        aggregate: Value, failures: [FailureReport] = [], samples: [TestResult] = [],
        latencies: LatencyCounts = LatencyCounts(), end: End = .completed, requests: Int = 0
    ) {
        self.aggregate = aggregate
        self.failures = failures
        self.samples = samples
        self.latencies = latencies
        self.end = end
        self.requests = requests
    }

    /// The exit status of the command (language.md §5).
    public var status: Int {
        if end == .interrupted { return 130 }
        if failures.contains(where: { $0.verdict == .error }) { return 3 }
        return failures.isEmpty ? 0 : 4
    }
}

extension LoadOutcome: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.symbol("end", end.rawValue)
        writer.integer("requests", requests)
        writer.value("aggregate", aggregate)
        writer.records("failures", unlessEmpty: failures)
        writer.records("samples", unlessEmpty: samples)
        writer.value("histogram", latencies.value)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            aggregate: reader.object["aggregate"] ?? .null, failures: try reader.records("failures"),
            samples: try reader.records("samples"), latencies: LatencyCounts(reader.object["histogram"] ?? .null),
            end: try reader.symbol("end"), requests: try reader.integer("requests", default: 0))
    }
}
