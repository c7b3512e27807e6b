/// How connections are opened.
///
/// Requests with equal settings share their connections.
public struct ConnectionSettings: Sendable, Hashable {
    public var tls: TLS
    /// A proxy's URL; nil connects directly, whatever the environment says.
    public var proxy: String?
    /// The path of a Unix socket to connect to instead of the URL's host.
    public var unixSocket: String?
    /// Addresses to use instead of looking a name up, as `HOST:PORT:ADDRESS`.
    public var resolve: [String]
    /// Where to connect to instead of a host, as `HOST:PORT:HOST:PORT`; the request and TLS know nothing of it.
    public var connectTo: String?
    public var httpVersion: Version
    /// How many connections may be open to one host; more requests wait.
    ///
    /// Nil for no limit.
    public var maxConnections: Int?

    public init(
        tls: TLS = TLS(), proxy: String? = nil, unixSocket: String? = nil, resolve: [String] = [],
        httpVersion: Version = .automatic, maxConnections: Int? = nil
    ) {
        self.tls = tls
        self.proxy = proxy
        self.unixSocket = unixSocket
        self.resolve = resolve
        self.httpVersion = httpVersion
        self.maxConnections = maxConnections
    }
}

extension ConnectionSettings {
    /// Whom to trust and how to show who we are.
    public struct TLS: Sendable, Hashable {
        /// A PEM file of the authorities to trust instead of the system's.
        public var ca: String?
        /// A PEM file with the client's certificate.
        public var certificate: String?
        /// A PEM file with the client's private key.
        public var key: String?
        /// Accepts any certificate.
        public var isInsecure: Bool
        /// The oldest protocol to accept.
        public var minimumVersion: MinimumVersion

        public init(
            ca: String? = nil, certificate: String? = nil, key: String? = nil, isInsecure: Bool = false,
            minimumVersion: MinimumVersion = .tls12
        ) {
            self.ca = ca
            self.certificate = certificate
            self.key = key
            self.isInsecure = isInsecure
            self.minimumVersion = minimumVersion
        }
    }

    public enum MinimumVersion: String, Sendable, Hashable, CaseIterable {
        case tls10 = "1.0"
        case tls11 = "1.1"
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// Which HTTP to speak.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        /// HTTP/2 where TLS negotiates it, else HTTP/1.1.
        case automatic = "auto"
        case http11 = "1.1"
        /// Negotiated over TLS; without TLS the server must know it, as the upgrade from HTTP/1.1 is dead.
        case http2 = "2"
        /// HTTP/2 from the first byte, without asking.
        case http2PriorKnowledge = "2-prior-knowledge"
    }
}
