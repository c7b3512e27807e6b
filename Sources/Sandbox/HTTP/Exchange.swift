/// A request as the services see it: parsed, with its body read within bounds.
struct Incoming: Sendable {
    /// HEAD is a GET whose answer goes without its body, so services need not know it.
    let method: String
    let body: Body
    private let head: RequestHead

    init(head: RequestHead, body: Body) {
        method = head.method == "HEAD" ? "GET" : head.method
        self.body = body
        self.head = head
    }

    var path: String { head.path }

    /// The bytes of a body that a service takes unless it says otherwise.
    static let defaultBodyLimit = 1 << 20

    /// What came as the body.
    enum Body: Sendable {
        case bytes([UInt8])
        /// More bytes than the service takes.
        case tooLarge
    }

    /// Reads a header's value without regard to case.
    func header(_ name: String) -> String? { head.header(name) }

    /// The value of a query parameter, the first where there are several.
    func parameter(_ name: String) -> String? { head.query.first { $0.name == name }?.value }

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
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The status line and the headers, each with its end; how the body is framed is added by whoever writes it.
    var firstLines: String {
        headers.reduce(into: "HTTP/1.1 \(status) \(phrase)\r\n") { text, header in
            // A line's end in a value would begin a header of the sender's choice.
            let value = header.value.map { $0.isNewline ? " " : $0 }
            text += "\(header.name): \(String(value))\r\n"
        }
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
    var bodyLimit: Int { Incoming.defaultBodyLimit }
}

extension Outgoing {
    private var phrase: String {
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
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}
