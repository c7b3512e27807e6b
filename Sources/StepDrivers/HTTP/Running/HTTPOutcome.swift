internal import Expressions
internal import Glibc
internal import HTTPTransport
internal import ScenarioModel

/// What was sent and what came of it; makes the attempt of it.
final class HTTPOutcome {
    let prepared: PreparedRequest
    /// As it went on the wire.
    let request: HTTPRequest
    /// The token that was fetched for it, which no report shows.
    let token: String?
    /// The cookies that the test's jar sent along.
    let cookies: String?
    let error: StepError?
    let response: HTTPResponse?
    let requests: Int
    let elapsed: Duration
    /// Which attempt of the step it is, from 1.
    let number: Int

    init(
        prepared: PreparedRequest, request: HTTPRequest, token: String?, cookies: String?, error: StepError?,
        response: HTTPResponse?, requests: Int, elapsed: Duration, number: Int = 1
    ) {
        self.prepared = prepared
        self.request = request
        self.token = token
        self.cookies = cookies
        self.error = error
        self.response = response
        self.requests = requests
        self.elapsed = elapsed
        self.number = number
    }

    /// The attempt: a JSON body is parsed now, once, since a bad one is an error, and found
    /// where it is known; all else waits until it is read.
    func attempt(_ known: KnownBodies) -> Attempt {
        let isWhole = self.error == nil
        let body = response.map { known.body(of: $0, method: request.method, isWhole: isWhole) }
        let error = self.error ?? body?.error
        let retry = response.flatMap { RetryAfter($0.header("retry-after"), now: Int64(time(nil))) }
        let result = HTTPResult(self, body, error)
        return Attempt(
            result: SharedValue(members: result), error: error, exchange: { result.exchange.report() },
            code: response.map { String($0.status) }, retryAfter: retry?.pause, requests: requests,
            notes: notes(body, retry), secrets: token.map { [$0] } ?? [])
    }

    /// What a reader of the report should know beside request and answer.
    private func notes(_ body: AnswerBody?, _ retry: RetryAfter?) -> [String] {
        var notes: [String] = []
        if let count = body?.exactTexts, count > 0 {
            notes.append(
                "\(count == 1 ? "1 number of the body is" : "\(count) numbers of the body are") carried as exact text")
        }
        if let reason = body?.reasonForNoJSON { notes.append(reason) }
        if let keys = body?.duplicateKeys, !keys.isEmpty {
            notes.append("the last value counts for keys that stand twice: \(keys.prefix(5).joined(separator: ", "))")
        }
        if let retry, retry.pause == nil { notes.append("Retry-After '\(retry.text.prefix(60))' says nothing") }
        if let response, response.resends > 0 {
            notes.append("sent again: the server had closed the kept-alive connection")
        }
        return notes
    }

    /// How long it took: the transport's own measure, where it is of this request alone.
    fileprivate var milliseconds: Double {
        if error == nil, let total = response?.timing.total, requests == 1 { return total.roundedToMicroseconds }
        return elapsed.inMilliseconds
    }
}

/// The members of a result, made when they are read.
private final class HTTPResult: MemberSource {
    private let outcome: HTTPOutcome
    private let body: AnswerBody?
    private let error: StepError?
    private lazy var reading = StreamReading(outcome.response?.events)

    private static let names = [
        "status", "headers", "headers_all", "body", "text", "bytes", "cookies", "url", "redirects", "version", "ms",
        "timing", "attempt", "certificate", "error",
    ]
    private static let streamNames = ["events", "content", "ttft_ms", "gap_ms", "tokens_per_second", "done"]

    init(_ outcome: HTTPOutcome, _ body: AnswerBody?, _ error: StepError?) {
        self.outcome = outcome
        self.body = body
        self.error = error
    }

    var exchange: HTTPExchange { HTTPExchange(outcome: outcome, body: body, error: error) }

    private var isStream: Bool { outcome.request.streaming != nil }

    var memberNames: [String] { isStream ? Self.names + Self.streamNames : Self.names }

    func member(_ name: String) -> Value? {
        let response = outcome.response
        return switch name {
        case "status": response.map { Value($0.status) } ?? .null
        case "headers": response?.lastHeaders ?? .object(.init())
        case "headers_all": response?.allHeaders ?? .object(.init())
        case "body": body?.value ?? .null
        case "text": body.map { .string($0.text) } ?? .null
        case "bytes": response.map { Value($0.body.count) } ?? .null
        case "cookies": response?.setCookies ?? .object(.init())
        case "url": .string((response?.url ?? outcome.request.url).withoutUserInfo)
        case "redirects": response?.redirectList ?? .array([])
        case "version": response.map { .string($0.version) } ?? .null
        case "ms": .number(outcome.milliseconds)
        case "timing": response?.timing.value ?? .null
        case "attempt": Value(outcome.number)
        case "certificate": response?.certificate?.value ?? .null
        case "error": error?.value ?? .null
        default: isStream ? streamMember(name) : nil
        }
    }

    private func streamMember(_ name: String) -> Value? {
        switch name {
        case "events": reading.events
        case "content": .string(reading.content.text)
        case "ttft_ms": reading.firstContent
        case "gap_ms": reading.gaps
        case "tokens_per_second": reading.tokensPerSecond
        case "done": .bool(outcome.response?.events?.isDone ?? false)
        default: nil
        }
    }
}

extension HTTPResponse {
    fileprivate var lastHeaders: Value {
        var object = Value.Object()
        for header in headers { object[header.name] = .string(header.value) }
        return .object(object)
    }

    fileprivate var allHeaders: Value {
        var names: [String] = []
        var values: [String: [Value]] = [:]
        for header in headers {
            if values[header.name] == nil { names.append(header.name) }
            values[header.name, default: []].append(.string(header.value))
        }
        return .object(Value.Object(names.map { ($0, .array(values[$0] ?? [])) }))
    }

    /// The pairs that begin the `Set-Cookie` headers.
    fileprivate var setCookies: Value {
        var object = Value.Object()
        for header in headers where header.name == "set-cookie" {
            let pair = header.value.prefix { $0 != ";" }
            guard let equals = pair.firstIndex(of: "=") else { continue }
            object[pair[..<equals].trimmed] = .string(pair[pair.index(after: equals)...].trimmed)
        }
        return .object(object)
    }

    fileprivate var redirectList: Value {
        .array(redirects.map { ["status": Value($0.status), "url": .string($0.url)] })
    }
}

extension HTTPResponse.Timing {
    /// Milliseconds by phase.
    var value: Value {
        [
            "dns": .number(dns.roundedToMicroseconds), "connect": .number(connect.roundedToMicroseconds),
            "tls": .number(tls.roundedToMicroseconds), "first_byte": .number(firstByte.roundedToMicroseconds),
            "total": .number(total.roundedToMicroseconds),
        ]
    }
}

extension HTTPResponse.Certificate {
    fileprivate var value: Value {
        [
            "subject": .string(subject), "issuer": .string(issuer), "not_before": .string(notBefore),
            "not_after": .string(notAfter),
        ]
    }
}

extension Substring {
    /// The text without the blanks at its ends.
    var trimmed: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first..<utf8.index(after: last)])
    }
}
