internal import Expressions
internal import Glibc
internal import HTTPTransport
internal import ScenarioModel

/// What was sent and what came of it; makes the attempt of it.
struct HTTPOutcome {
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

    /// The attempt: a JSON body is parsed now, once, since a bad one is an error; all else waits until it is read.
    func attempt() -> Attempt {
        let isWhole = self.error == nil
        let body = response.map { AnswerBody($0, method: request.method, isWhole: isWhole) }
        let error = self.error ?? body?.error
        let retry = response.flatMap { RetryAfter($0.header("retry-after"), now: Int64(time(nil))) }
        let exchange = HTTPExchange(outcome: self, body: body, error: error)
        return Attempt(
            result: SharedValue(fields: fields(body, error)), error: error, exchange: exchange.report,
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

    private func fields(_ body: AnswerBody?, _ error: StepError?) -> [SharedValue.Field] {
        var fields: [SharedValue.Field] = [
            .init("status", response.map { Value($0.status) } ?? .null),
            .init("headers") { response?.lastHeaders ?? .object(.init()) },
            .init("headers_all") { response?.allHeaders ?? .object(.init()) },
            .init("body") { body?.value ?? .null },
            .init("text") { body.map { .string($0.text) } ?? .null },
            .init("bytes", response.map { Value($0.body.count) } ?? .null),
            .init("cookies") { response?.setCookies ?? .object(.init()) },
            .init("url") { .string((response?.url ?? request.url).withoutUserInfo) },
            .init("redirects") { response?.redirectList ?? .array([]) },
            .init("version", response.map { .string($0.version) } ?? .null),
            .init("ms", .number(milliseconds)),
            .init("timing") { response?.timing.value ?? .null },
            .init("attempt", Value(prepared.attempts)),
            .init("certificate") { response?.certificate?.value ?? .null },
            .init("error", error?.value ?? .null),
        ]
        guard request.streaming != nil else { return fields }
        let reading = StreamReading(response?.events)
        fields += [
            .init("events") { reading.events },
            .init("content") { .string(reading.content.text) },
            .init("ttft_ms") { reading.firstContent },
            .init("gap_ms") { reading.gaps },
            .init("tokens_per_second") { reading.tokensPerSecond },
            .init("done", .bool(response?.events?.isDone ?? false)),
        ]
        return fields
    }

    private var milliseconds: Double {
        if error == nil, let total = response?.timing.total, requests == 1 { return total.roundedToMicroseconds }
        return elapsed.inMilliseconds
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
