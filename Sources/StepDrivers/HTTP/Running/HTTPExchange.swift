internal import Diagnostics
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel
internal import ScenarioSyntax

/// An exchange as people read it; bounded, and made only when a report asks for it.
struct HTTPExchange {
    let outcome: HTTPOutcome
    let body: AnswerBody?
    let error: StepError?

    /// The most bytes of a body that are shown, of the request and of the answer alike.
    private static let excerpt = 4096
    /// The most lines of a head, and the most characters of each.
    private static let lines = 100
    private static let lineLength = 2000

    func report() -> StepReport.Exchange {
        let response = outcome.response
        return StepReport.Exchange(
            summary: outcome.prepared.summary, request: requestLines, response: responseLines,
            body: response.flatMap { $0.body.isEmpty ? nil : shown($0.body, $0.header("content-type")) },
            bodyBytes: response?.body.count, command: CurlCommand(shownRequest, outcome.prepared).text,
            timing: response?.timing.value.object ?? .init(), attributes: attributes)
    }

    /// The members that OpenTelemetry's conventions have for the span of an HTTP client.
    private var attributes: Value.Object {
        let url = outcome.request.url.withoutUserInfo
        let authority = url.hostAndPath.host
        var attributes = Value.Object()
        attributes["http.request.method"] = .string(outcome.request.method)
        attributes["url.full"] = .string(String(url.prefix(Self.lineLength)))
        let (host, port) = authority.hostAndPort
        attributes["server.address"] = .string(host)
        let port443 = url.lowercased().hasPrefix("https:") ? 443 : 80
        attributes["server.port"] = Value(port ?? port443)
        if let response = outcome.response {
            attributes["http.response.status_code"] = Value(response.status)
            attributes["network.protocol.version"] = .string(response.version)
        }
        if let error { attributes["error.type"] = .string(error.kind.rawValue) }
        return attributes
    }

    /// The request with its cookies, and without the token that was fetched for it: none is declared for the mask to find.
    private var shownRequest: HTTPRequest {
        var request = outcome.request
        request.headers += request.changingHeaders
        request.changingHeaders = []
        if let cookies = outcome.cookies { request.headers.append(HTTPHeader("Cookie", cookies)) }
        guard let token = outcome.token else { return request }
        request.headers = request.headers.map { header in
            header.value == "Bearer \(token)" ? HTTPHeader(header.name, "Bearer $TOKEN") : header
        }
        return request
    }

    /// The request, drawn as it goes on the wire.
    ///
    ///     POST /v1/users HTTP/1.1
    ///     Host: 127.0.0.1:8000
    ///     content-type: application/json
    ///
    ///     {"name":"Ada"}
    private var requestLines: [String] {
        let request = shownRequest
        let (host, path) = request.url.withoutUserInfo.hostAndPath
        var lines = ["\(request.method) \(path) HTTP/\(outcome.response?.version ?? "1.1")", "Host: \(host)"]
        lines += bounded(request.headers.map { "\($0.name): \($0.value)" })
        switch request.body {
        case .none: break
        case .bytes(let bytes):
            if !bytes.isEmpty { lines += ["", shown(bytes, request.headers.last { $0.isContentType }?.value)] }
            if bytes.count > Self.excerpt { lines.append("(\(QuantityText.bytes(bytes.count)) in all)") }
        case .file, .multipart: lines += ["", "(\(outcome.prepared.bodyNote ?? "a file"))"]
        }
        return lines
    }

    private var responseLines: [String] {
        guard let response = outcome.response else { return [] }
        var lines = response.redirects.map { "(\($0.status), redirected to \($0.url))" }
        lines.append("HTTP/\(response.version) \(HTTPReason.line(response.status))")
        lines += bounded(
            response.headers.map { "\($0.name): \($0.name == "location" ? $0.value.withoutUserInfo : $0.value)" })
        if outcome.request.followRedirects == 0, (301...308).contains(response.status),
            let location = response.header("location")
        {
            lines.append(
                "(not followed to '\(location.withoutUserInfo.prefix(200))': 'follow_redirects: true' does so)")
        }
        return lines
    }

    private func bounded(_ lines: [String]) -> [String] {
        var kept = lines.prefix(Self.lines).map { line in
            line.utf8.count <= Self.lineLength ? line : line.prefix(Self.lineLength) + "… (\(line.utf8.count) bytes)"
        }
        if lines.count > Self.lines { kept.append("(and \(lines.count - Self.lines) more headers)") }
        return kept
    }

    /// The beginning of a body: as text where it is one, else what it is.
    private func shown(_ bytes: [UInt8], _ contentType: String?) -> String {
        let start = bytes.prefix(Self.excerpt)
        let text = String(decoding: start, as: UTF8.self)
        let type = MediaType(contentType ?? "")
        // The cut may fall into a character, which is then the only one replaced.
        let damaged = text.unicodeScalars.reduce(0) { $0 + ($1 == "\u{FFFD}" ? 1 : 0) }
        let isText = type.isJSON || type.isLatin || type.essence.hasPrefix("text/") || damaged <= 3
        return isText && !text.unicodeScalars.contains("\0")
            ? text : "(\(QuantityText.bytes(bytes.count)) of \(type.essence.isEmpty ? "binary data" : type.essence))"
    }
}

extension HTTPHeader {
    /// Whether it tells the type of the body.
    var isContentType: Bool { name.lowercased() == "content-type" }
}

extension String {
    /// An authority's host, without the brackets of IPv6, and its port.
    var hostAndPort: (host: String, port: Int?) {
        guard let colon = lastIndex(of: ":"), let port = Int(self[index(after: colon)...]) else {
            return (filter { $0 != "[" && $0 != "]" }, nil)
        }
        return (self[..<colon].filter { $0 != "[" && $0 != "]" }, port)
    }

    /// The host with its port, and the path with its query, of a whole URL.
    var hostAndPath: (host: String, path: String) {
        let rest = self[(firstRange(of: "://")?.upperBound ?? startIndex)...]
        let host = rest.prefix { !"/?#".contains($0) }
        let path = rest.dropFirst(host.count)
        return (String(host), path.hasPrefix("/") ? String(path) : "/" + path)
    }
}
