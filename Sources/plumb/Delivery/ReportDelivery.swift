import EventLoop
import Glibc
import HTTPTransport
import Reporting

/// Sends reports over HTTP once the run has ended.
///
/// No worker is forked any more by then, so the command may have an event loop of its own; it has one only while it
/// sends. All that is sent to one address shares a time, and a signal ends it.
final class ReportDelivery: ReportCourier {
    private let target: ReportAddress
    private let headers: [HTTPHeader]
    private let signals: Signals
    private var deadline: Instant?
    /// Whether messages of OTLP are sent in the binary form, which some services want.
    var isBinary = false

    /// For all that is sent to the address.
    private static let time: Duration = .seconds(30)
    /// For one attempt.
    private static let attemptTime: Duration = .seconds(10)
    /// A body under so many bytes is not worth compressing.
    private static let leastCompressed = 1024

    init(_ address: ReportAddress, headers: [(name: String, value: String)], signals: Signals) {
        target = address
        self.signals = signals
        var all = headers.map { HTTPHeader($0.name, $0.value) }
        if let credentials = address.credentials {
            all.append(HTTPHeader("Authorization", "Basic \(Base64Text.encode(Array(credentials.utf8)))"))
        }
        self.headers = all
    }

    var address: String { target.base }

    func send(_ message: ReportMessage) throws(ReportError) -> [UInt8] {
        guard target.wants(message) else { return [] }
        let deadline = deadline ?? .now + Self.time
        self.deadline = deadline
        if !target.base.hasPrefix("http://"), let problem = CurlLibrary.loadTLS() { throw error(problem) }
        guard let loop = try? EventLoop() else {
            throw error("the system gives no event loop: too many open files?")
        }
        let binary = isBinary ? OTLPProtobuf.message(message) : nil
        let request = request(binary ?? message)
        let descriptor = signals.descriptor
        let outcome = loop.run { await Self.deliver(request, until: deadline, on: loop, signals: descriptor) }
        switch outcome {
        case .delivered(let body): return binary == nil ? body : OTLPProtobuf.answer(body)
        case .failed(let reason, let answer):
            throw error(reason, Self.hint(reason, answer, message, isBinary: binary != nil))
        }
    }

    /// What to do about a refusal; the service's own words where no more is known.
    private static func hint(
        _ reason: String, _ answer: String, _ message: ReportMessage, isBinary: Bool
    ) -> String {
        if message.path == "/v1/metrics", ["404", "405", "501"].contains(where: { reason.hasSuffix("status \($0)") }) {
            return "a service that takes traces alone has a URL that ends with /v1/traces"
        }
        if message.path.hasPrefix("/v1/"), !isBinary, reason.hasSuffix("status 415") {
            return "it takes no JSON: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
        }
        return answer.isEmpty ? "is the service there, and is this its address?" : answer
    }

    private func error(_ message: String, _ hint: String? = nil) -> ReportError {
        ReportError(path: target.base, message: message, hint: hint, isSent: true)
    }

    private func request(_ message: ReportMessage) -> HTTPRequest {
        var request = HTTPRequest(
            method: message.method, url: target.url(for: message),
            headers: [
                HTTPHeader("User-Agent", "plumb/\(PlumbVersion.text)"), HTTPHeader("Content-Type", message.contentType),
                HTTPHeader("Accept", "*/*"),
            ] + headers, body: .bytes(message.body), maxBytes: 1 << 20)
        // A Pushgateway of Debian 12 reads a compressed body as it is.
        let mayCompress =
            message.contentType.hasPrefix("application/") && message.body.count >= Self.leastCompressed
        if mayCompress, let packed = Gzip.encode(message.body) {
            request.body = .bytes(packed)
            request.headers.append(HTTPHeader("Content-Encoding", "gzip"))
        }
        return request
    }

    // MARK: On the loop

    /// What became of a message.
    private enum Delivery: Sendable {
        case delivered([UInt8])
        /// Why not, and the first line of the service's own words.
        case failed(String, String)
    }

    private static func deliver(
        _ request: HTTPRequest, until deadline: Instant, on loop: EventLoop, signals: Int32
    ) async -> Delivery {
        let transport = HTTPTransport(loop: loop)
        let task = Task(executorPreference: loop) { await attempts(request, deadline, transport, loop) }
        try? loop.watch(signals, for: .read) { _ in
            loop.unwatch(signals)
            task.cancel()
        }
        let delivery = await task.value
        loop.unwatch(signals)
        await transport.shutdown()
        return delivery
    }

    private static func attempts(
        _ request: HTTPRequest, _ deadline: Instant, _ transport: HTTPTransport, _ loop: EventLoop
    ) async -> Delivery {
        var retry = DeliveryRetry()
        while true {
            var request = request
            request.timeout = max(.milliseconds(1), min(attemptTime, deadline - .now))
            request.connectTimeout = min(.seconds(5), request.timeout)
            let outcome: DeliveryRetry.Outcome
            var body: [UInt8] = []
            switch await transport.send(request) {
            case .success(let response):
                body = response.body
                let retry = RetryAfter(response.header("retry-after"), now: Int64(Glibc.time(nil)))
                outcome = .answered(status: response.status, retryAfter: retry?.pause)
            case .failure(let error): outcome = .lost(error.message)
            }
            if Task.isCancelled { return .failed("a signal ended it", "") }
            switch retry.decide(outcome, left: deadline - .now, chance: .random(in: 0..<1)) {
            case .delivered: return .delivered(body)
            case .failed(let reason):
                let line = String(decoding: body.prefix(300), as: UTF8.self).split(whereSeparator: \.isNewline).first
                return .failed(reason, line.map { "it said: \($0)" } ?? "")
            case .again(let pause):
                try? await loop.sleep(for: pause)
                if Task.isCancelled { return .failed("a signal ended it", "") }
            }
        }
    }
}

/// Base64 with its padding, for credentials.
enum Base64Text {
    static func encode(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? letters[number >> (18 - 6 * place) & 63] : "=")
            }
        }
        return text
    }
}
