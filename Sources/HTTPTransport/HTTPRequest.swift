/// A request as it goes on the wire.
public struct HTTPRequest: Sendable {
    public var method: String
    /// An absolute `http` or `https` URL.
    public var url: String
    /// Sent in this order and spelling.
    ///
    /// Nothing is added but `Host`, the length and type that the body needs, and cookies.
    public var headers: [HTTPHeader]
    /// Sent behind the others: those that no two sendings have alike, such as `traceparent`.
    ///
    /// Requests that differ in them alone share what was made ready for the first.
    public var changingHeaders: [HTTPHeader] = []
    public var body: Body
    /// What the file of a `file` body must still be, so that every attempt sends the same; nil takes it as it is.
    public var bodyVersion: FileVersion?
    public var settings: ConnectionSettings
    /// How many redirects are followed; 0 returns the redirect itself.
    public var followRedirects: Int
    /// Further headers that never follow a redirect to another origin, as `Authorization` and `Cookie` never do.
    public var credentialHeaders: [String]
    /// Whether the body holds credentials: then no redirect to another origin that repeats it is followed.
    public var hasCredentialBody = false
    /// The most bytes of a decoded body.
    public var maxBytes: Int
    /// From the start to the last byte, redirects and waiting for a connection included.
    public var timeout: Duration
    /// For looking up the name, connecting and the TLS handshake of one connection.
    public var connectTimeout: Duration
    /// Sent with each hop and filled by each answer; nil for no cookies.
    public var cookies: CookieJar?
    /// Parses a `text/event-stream` as it arrives; nil takes it as any other body.
    public var streaming: EventStreamSettings?
    /// Whether the request may be sent a second time when a kept-alive connection turns out to be closed.
    public var isIdempotent: Bool

    public init(
        method: String = "GET", url: String, headers: [HTTPHeader] = [], body: Body = .none,
        settings: ConnectionSettings = ConnectionSettings(), followRedirects: Int = 0, credentialHeaders: [String] = [],
        maxBytes: Int = 64 << 20, timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(5),
        cookies: CookieJar? = nil, streaming: EventStreamSettings? = nil, isIdempotent: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.settings = settings
        self.followRedirects = followRedirects
        self.credentialHeaders = credentialHeaders
        self.maxBytes = maxBytes
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.cookies = cookies
        self.streaming = streaming
        self.isIdempotent = isIdempotent ?? ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(method)
    }
}

extension HTTPRequest {
    /// What is sent after the headers.
    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// A file, read while it is sent.
        case file(path: String)
        /// `multipart/form-data`; the content type with its boundary is added.
        case multipart([Part])
    }

    /// One field of a multipart body.
    public struct Part: Sendable {
        public enum Content: Sendable {
            case bytes([UInt8])
            case file(path: String)
        }

        public var name: String
        public var filename: String?
        public var contentType: String?
        public var content: Content

        public init(name: String, filename: String? = nil, contentType: String? = nil, content: Content) {
            self.name = name
            self.filename = filename
            self.contentType = contentType
            self.content = content
        }
    }

    /// How far an event stream is followed.
    public struct EventStreamSettings: Sendable, Hashable {
        /// The transfer ends after so many events.
        public var maxEvents: Int

        public init(maxEvents: Int = 10_000) { self.maxEvents = maxEvents }
    }
}

extension HTTPRequest {
    /// The value of the first header of that name, whatever its case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.isSameHeader(as: name) }?.value
    }
}

extension String {
    /// Whether two header names are the same: they compare without case.
    func isSameHeader(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return self == other || zip(utf8, other.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
