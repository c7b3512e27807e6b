internal import Expressions
internal import ScenarioModel

extension ReportFormat {
    /// Traces and metrics of the run, sent to a collector of OpenTelemetry.
    public static let otlp = ReportFormat(
        name: "otlp", fileExtension: "jsonl",
        summary: "traces and metrics, sent to an OpenTelemetry collector (OTLP/HTTP)",
        service: Service(example: "http://127.0.0.1:4318") { courier in
            OTLPReporter(address: courier.address) { (message) throws(ReportError) in try courier.send(message) }
        }
    ) { sink in
        OTLPReporter(address: "-") { (message) throws(ReportError) in
            try sink.write(message.body + [0x0A])
            return []
        } end: { () throws(ReportError) in
            try sink.commit()
        }
    }
}

/// Makes requests of OTLP over HTTP in JSON when the run has ended, and looks at what the collector says of each.
final class OTLPReporter: Reporter {
    private let address: String
    /// Carries a request away; returns the answer's body.
    private let send: (ReportMessage) throws(ReportError) -> [UInt8]
    private let end: () throws(ReportError) -> Void

    /// The most spans of a request, and about the most bytes; collectors bound what they take.
    static let mostSpans = 1000
    static let mostBytes = 1 << 20

    init(
        address: String, send: @escaping (ReportMessage) throws(ReportError) -> [UInt8],
        end: @escaping () throws(ReportError) -> Void = {}
    ) {
        self.address = address
        self.send = send
        self.end = end
    }

    func receive(_ event: RunEvent) {}

    func finish(_ result: RunResult) throws(ReportError) {
        let spans = RunSpans(result)
        var batch = Batch(start: result.start)
        batch.add(spans.run(result))
        for test in result.tests {
            try spans.test(test) { (span) throws(ReportError) in
                batch.add(span)
                if batch.isFull { try deliver(batch.take()) }
            }
        }
        if !batch.isEmpty { try deliver(batch.take()) }
        var body: [UInt8] = []
        OTLPMetrics(metrics: RunMetrics(result), start: result.start).request.appendJSON(to: &body)
        try deliver(
            ReportMessage(method: "POST", path: "/v1/metrics", contentType: "application/json", body: body))
        try end()
    }

    private func deliver(_ message: ReportMessage) throws(ReportError) {
        let answer = try send(message)
        guard let success = (try? JSON.parse(answer))?.value["partialSuccess"] else { return }
        let rejected = ["rejectedSpans", "rejectedDataPoints"].compactMap { key in
            success[key].flatMap { $0.number ?? $0.string.flatMap { Double($0) } }
        }.max()
        if let rejected, rejected > 0 {
            let reason = success["errorMessage"]?.string ?? "it gives no reason"
            throw ReportError(
                path: address,
                message: "the collector refused \(Int(rejected)) of what was sent: \(reason.prefix(500))",
                isSent: true)
        }
    }

    /// Spans that wait to be sent, already written.
    private struct Batch {
        private let head: [UInt8]
        private var bytes: [UInt8]
        private var count = 0

        init(start: RunStart) {
            var head = Array(#"{"resourceSpans":[{"resource":"#.utf8)
            OTLPValue.resource(version: start.version, run: start.id).appendJSON(to: &head)
            head += Array(#","scopeSpans":[{"scope":"#.utf8)
            OTLPValue.scope(version: start.version).appendJSON(to: &head)
            head += Array(#","spans":["#.utf8)
            self.head = head
            bytes = head
        }

        var isEmpty: Bool { count == 0 }
        var isFull: Bool { count >= OTLPReporter.mostSpans || bytes.count >= OTLPReporter.mostBytes }

        mutating func add(_ span: OTLPSpan) {
            if count > 0 { bytes.append(UInt8(ascii: ",")) }
            span.value.appendJSON(to: &bytes)
            count += 1
        }

        mutating func take() -> ReportMessage {
            let message = ReportMessage(
                method: "POST", path: "/v1/traces", contentType: "application/json", body: bytes + Array("]}]}]}".utf8))
            bytes = head
            count = 0
            return message
        }
    }
}
