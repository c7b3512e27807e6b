internal import FlyingFox
internal import Foundation

/// A request as the services see it: parsed, with its body read within bounds.
struct Incoming: Sendable {
    var method: String
    var path: String
    var query: [HTTPRequest.QueryItem]
    var headers: HTTPHeaders
    var body: Body

    /// What came as the body.
    enum Body: Sendable {
        case bytes([UInt8])
        /// More bytes than the service takes.
        case tooLarge
    }

    /// Reads a header's value without regard to case.
    func header(_ name: String) -> String? {
        headers[HTTPHeader(name)]
    }

    /// The value of a query parameter, the first where there are several.
    func parameter(_ name: String) -> String? {
        query[name]
    }

    /// The value of a cookie that came with the request.
    func cookie(_ name: String) -> String? {
        for pair in (header("cookie") ?? "").split(separator: ";") {
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }

    /// The path's segments, without empty ones.
    var segments: [Substring] { path.split(separator: "/") }
}

/// An answer before it is put on the wire.
struct Outgoing: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: Body = .bytes([])

    /// The body, whole or made while it is sent.
    enum Body: Sendable {
        case bytes([UInt8])
        case stream(ChunkSequence)
    }

    static func json(_ value: JSON, status: Int = 200, headers: [(String, String)] = []) -> Outgoing {
        Outgoing(
            status: status, headers: [("Content-Type", "application/json")] + headers.map { (name: $0.0, value: $0.1) },
            body: .bytes(value.encoded))
    }

    static func text(_ text: String, contentType: String, status: Int = 200) -> Outgoing {
        Outgoing(status: status, headers: [("Content-Type", contentType)], body: .bytes(Array(text.utf8)))
    }

    static func events(_ chunks: ChunkSequence) -> Outgoing {
        Outgoing(
            status: 200,
            headers: [("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache")],
            body: .stream(chunks))
    }

    /// Reads a header's value without regard to case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.caseInsensitiveCompare(name) == .orderedSame }?.value
    }
}

/// A server's behaviour: what it answers to a request.
protocol Service: Sendable {
    /// The bytes of a body that it takes.
    var bodyLimit: Int { get }
    /// Answers a request; whatever goes wrong is an answer too.
    func answer(to request: Incoming) async -> Outgoing
}

extension Service {
    var bodyLimit: Int { ServiceHandler.bodyLimit }
}

/// Puts a service behind FlyingFox: reads bodies within bounds, answers HEAD, writes heads.
struct ServiceHandler: HTTPHandler {
    /// The bytes of a body that a service takes unless it says otherwise.
    static let bodyLimit = 1 << 20
    /// The bytes that are read and thrown away after that, so that the caller can read the refusal.
    static let drainLimit = 64 << 20

    let service: any Service

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        var incoming = Incoming(
            method: request.method.rawValue, path: request.path, query: request.query, headers: request.headers,
            body: try await readBody(request.bodySequence))
        let isHead = incoming.method == "HEAD"
        if isHead { incoming.method = "GET" }
        let answer = await service.answer(to: incoming)

        var headers = HTTPHeaders()
        for header in answer.headers { headers.addValue(header.value, for: HTTPHeader(header.name)) }
        let status = HTTPStatusCode(answer.status, phrase: Self.phrase(of: answer.status))
        switch answer.body {
        case .bytes(let bytes) where isHead:
            headers[.contentLength] = String(bytes.count)
            return HTTPResponse(statusCode: status, headers: headers)
        case .stream where isHead:
            return HTTPResponse(statusCode: status, headers: headers)
        case .bytes(let bytes):
            return HTTPResponse(statusCode: status, headers: headers, body: Data(bytes))
        case .stream(let chunks):
            return HTTPResponse(statusCode: status, headers: headers, body: HTTPBodySequence(from: chunks))
        }
    }

    private func readBody(_ sequence: HTTPBodySequence) async throws -> Incoming.Body {
        var bytes: [UInt8] = []
        var total = 0
        for try await chunk in sequence {
            total += chunk.count
            if total <= service.bodyLimit { bytes.append(contentsOf: chunk) }
            if total > Self.drainLimit { break }
        }
        return total > service.bodyLimit ? .tooLarge : .bytes(bytes)
    }

    private static func phrase(of status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}
