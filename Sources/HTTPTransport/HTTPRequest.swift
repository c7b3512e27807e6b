/// A request as it goes on the wire.
///
/// What all sendings of a request have alike is held once, however often it is copied, so that it takes one look to see
/// that a request is the last one again (``isLike(_:)``).
public struct HTTPRequest: Sendable {
    private var content: Content
    /// Sent behind the others: those that no two sendings have alike, such as `traceparent`.
    ///
    /// Requests that differ in them alone share what was made ready for the first.
    public var changingHeaders: [HTTPHeader] = []
    /// From the start to the last byte, redirects and waiting for a connection included.
    public var timeout: Duration
    /// For looking up the name, connecting and the TLS handshake of one connection.
    public var connectTimeout: Duration
    /// Sent with each hop and filled by each answer; nil for no cookies.
    public var cookies: CookieJar?
    /// Whether the request may be sent a second time when a kept-alive connection turns out to be closed.
    public var isIdempotent: Bool

    public init(
        method: String = "GET", url: String, headers: [HTTPHeader] = [], body: Body = .none,
        settings: ConnectionSettings = ConnectionSettings(), followRedirects: Int = 0, credentialHeaders: [String] = [],
        maxBytes: Int = 64 << 20, timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(5),
        cookies: CookieJar? = nil, streaming: EventStreamSettings? = nil, isIdempotent: Bool? = nil
    ) {
        content = Content(
            Content.Fields(
                method: method, url: url, headers: headers, body: body, settings: settings,
                followRedirects: followRedirects, credentialHeaders: credentialHeaders, maxBytes: maxBytes,
                streaming: streaming))
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.cookies = cookies
        self.isIdempotent = isIdempotent ?? ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(method)
    }

    /// What is the same for every sending.
    ///
    /// Nobody changes one that others hold: a request that is changed gets one of its own.
    private final class Content: Sendable {
        struct Fields {
            var method: String
            var url: String
            var headers: [HTTPHeader]
            var body: Body
            var bodyVersion: FileVersion?
            var settings: ConnectionSettings
            var followRedirects: Int
            var credentialHeaders: [String]
            var hasCredentialBody = false
            var maxBytes: Int
            var streaming: EventStreamSettings?
        }

        let fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    private mutating func change<Field>(_ field: WritableKeyPath<Content.Fields, Field>, to value: Field) {
        var fields = content.fields
        fields[keyPath: field] = value
        content = Content(fields)
    }

    /// Whether a request is known to be the same but for what differs from sending to sending.
    func isLike(_ other: HTTPRequest) -> Bool { content === other.content }
}

extension HTTPRequest {
    public var method: String {
        get { content.fields.method }
        set { change(\.method, to: newValue) }
    }

    /// An absolute `http` or `https` URL.
    public var url: String {
        get { content.fields.url }
        set { change(\.url, to: newValue) }
    }

    /// Sent in this order and spelling.
    ///
    /// Nothing is added but `Host`, the length and type that the body needs, and cookies.
    public var headers: [HTTPHeader] {
        get { content.fields.headers }
        set { change(\.headers, to: newValue) }
    }

    public var body: Body {
        get { content.fields.body }
        set { change(\.body, to: newValue) }
    }

    /// What the file of a `file` body must still be, so that every attempt sends the same; nil takes it as it is.
    public var bodyVersion: FileVersion? {
        get { content.fields.bodyVersion }
        set { change(\.bodyVersion, to: newValue) }
    }

    public var settings: ConnectionSettings {
        get { content.fields.settings }
        set { change(\.settings, to: newValue) }
    }

    /// How many redirects are followed; 0 returns the redirect itself.
    public var followRedirects: Int {
        get { content.fields.followRedirects }
        set { change(\.followRedirects, to: newValue) }
    }

    /// Further headers that never follow a redirect to another origin, as `Authorization` and `Cookie` never do.
    public var credentialHeaders: [String] {
        get { content.fields.credentialHeaders }
        set { change(\.credentialHeaders, to: newValue) }
    }

    /// Whether the body holds credentials: then no redirect to another origin that repeats it is followed.
    public var hasCredentialBody: Bool {
        get { content.fields.hasCredentialBody }
        set { change(\.hasCredentialBody, to: newValue) }
    }

    /// The most bytes of a decoded body.
    public var maxBytes: Int {
        get { content.fields.maxBytes }
        set { change(\.maxBytes, to: newValue) }
    }

    /// Parses a `text/event-stream` as it arrives; nil takes it as any other body.
    public var streaming: EventStreamSettings? {
        get { content.fields.streaming }
        set { change(\.streaming, to: newValue) }
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
