/// The final answer to a request: interim ones are skipped, redirects that were followed are recorded.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// In the order of arrival, names in lower case.
    public var headers: [HTTPHeader]
    /// Decoded from its content codings.
    public var body: [UInt8]
    /// Where the answer came from, without a user name or password.
    public var url: String
    public var redirects: [Redirect]
    /// `1.0`, `1.1` or `2`.
    public var version: String
    public var timing: Timing
    public var wire: Wire
    /// The server's certificate, when the connection is a TLS one.
    public var certificate: Certificate?
    /// Whether the last hop used a connection that an earlier request had opened.
    public var reusedConnection: Bool
    /// How often the request was sent again because a kept-alive connection was closed: 0 or 1 a hop.
    public var resends: Int
    /// Present when the request asked for an event stream and the answer is one.
    public var events: EventStream?

    /// The value of the last header of that name, which is given in lower case.
    public func header(_ name: String) -> String? {
        headers.last { $0.name == name }?.value
    }
}

extension HTTPResponse {
    /// A hop that was followed.
    public struct Redirect: Sendable, Hashable {
        public var status: Int
        /// Where it pointed.
        public var url: String
    }

    /// Milliseconds spent in each phase, over all hops; 0 for a phase that did not take place.
    public struct Timing: Sendable, Hashable {
        public var dns = 0.0
        public var connect = 0.0
        public var tls = 0.0
        /// From having a connection to the first byte of the answer.
        public var firstByte = 0.0
        /// From the start to the end, everything included.
        public var total = 0.0
    }

    /// Bytes before decoding, headers included, over all hops.
    public struct Wire: Sendable, Hashable {
        public var sent = 0
        public var received = 0
    }

    /// The certificate that the server showed; one object for all answers of a connection.
    public final class Certificate: Sendable {
        public let subject: String
        public let issuer: String
        /// RFC 3339.
        public let notBefore: String
        public let notAfter: String

        init(subject: String, issuer: String, notBefore: String, notAfter: String) {
            self.subject = subject
            self.issuer = issuer
            self.notBefore = notBefore
            self.notAfter = notAfter
        }
    }

    /// The events of a `text/event-stream`.
    public struct EventStream: Sendable, Hashable {
        public enum End: Sendable, Hashable {
            /// The server ended the stream.
            case closed
            /// The request wanted no more.
            case maxEvents
            /// The transfer failed before.
            case interrupted
        }

        public var events: [Event] = []
        /// Whether an event said `[DONE]`.
        public var isDone = false
        public var end = End.interrupted
        /// The reconnection time in milliseconds that the server last asked for.
        public var retry: Int?
    }

    /// One event of a stream.
    public struct Event: Sendable, Hashable {
        /// `message` unless the stream names it.
        public var event: String
        public var data: String
        /// The last id that the stream gave, empty when it gave none.
        public var id: String
        /// Milliseconds since the request was sent.
        public var atMilliseconds: Double
    }
}
