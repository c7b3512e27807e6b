/// What a `SimpleHTTPServer` answers.
public struct HTTPReply: Sendable, Hashable {
    /// One header line.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String
        /// Creates a header line; it is sent as it stands.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A piece of a streamed body, and the time before it.
    public struct Chunk: Sendable, Hashable {
        public let bytes: [UInt8]
        public let after: Duration
        /// Creates a piece.
        public init(_ text: String, after: Duration = .zero) {
            bytes = Array(text.utf8)
            self.after = after
        }
    }

    /// How the body is sent: with its length, or chunk by chunk.
    public enum Body: Sendable, Hashable {
        case whole([UInt8])
        case chunks([Chunk])
    }

    public var status: Int
    public var fields: [Field]
    public var body: Body
    /// The time before the first byte.
    public var delay: Duration = .zero
    /// Whether the connection ends behind the answer.
    public var closes = false
    /// Whether the connection ends in place of an answer.
    public var drops = false

    /// Creates an answer.
    public init(_ status: Int, _ fields: [Field] = [], body: Body = .whole([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Creates an answer of JSON.
    public static func json(_ json: String, status: Int = 200) -> HTTPReply {
        HTTPReply(status, [Field("content-type", "application/json")], body: .whole(Array(json.utf8)))
    }

    /// Creates an answer of plain text.
    public static func text(_ text: String, status: Int = 200) -> HTTPReply {
        HTTPReply(status, [Field("content-type", "text/plain; charset=utf-8")], body: .whole(Array(text.utf8)))
    }

    /// Creates a stream of server-sent events, one chunk each, with a pause before each but the first.
    public static func events(_ data: [String], every pause: Duration = .zero) -> HTTPReply {
        let chunks = data.enumerated().map { index, text in
            Chunk("data: \(text)\n\n", after: index == 0 ? .zero : pause)
        }
        return HTTPReply(200, [Field("content-type", "text/event-stream")], body: .chunks(chunks))
    }

    /// The head, with what says how long the body is.
    func head(closing: Bool) -> String {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        for field in fields { text += "\(field.name): \(field.value)\r\n" }
        if hasBody {
            switch body {
            case .whole(let bytes): text += "content-length: \(bytes.count)\r\n"
            case .chunks: text += "transfer-encoding: chunked\r\n"
            }
        }
        if closing { text += "connection: close\r\n" }
        return text + "\r\n"
    }

    /// Whether the status allows a body: 1xx, 204 and 304 have none.
    var hasBody: Bool { status >= 200 && status != 204 && status != 304 }

    /// Head and body at once, pauses left out.
    var wholeBytes: [UInt8] {
        var bytes = Array(head(closing: false).utf8)
        guard hasBody else { return bytes }
        switch body {
        case .whole(let body): bytes += body
        case .chunks(let chunks): bytes += chunks.flatMap { Self.coded($0.bytes) } + Self.lastChunk
        }
        return bytes
    }

    static let lastChunk = Array("0\r\n\r\n".utf8)

    /// Returns a chunk in chunked coding; nothing for an empty one, which would end the body.
    static func coded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [13, 10]
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 302: "Found"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 404: "Not Found"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
