/// Why a request has no complete answer.
public struct HTTPError: Error, Sendable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case dns
        case refused
        case unreachable
        case connectTimeout = "connect_timeout"
        case tls
        case auth
        case reset
        case truncated
        case `protocol`
        case timeout
        case tooLarge = "too_large"
        /// The request itself is not sendable; nothing was sent.
        case invalidRequest = "invalid_request"
        /// The task was cancelled.
        case cancelled
    }

    /// How far the request came.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        case dns
        case connect
        case tls
        case request
        case firstByte = "first_byte"
        case body
    }

    public var kind: Kind
    /// One sentence: lower case, no full stop.
    public var message: String
    /// What the reader could do about it.
    public var hint: String?
    public var phase: Phase
    /// Bytes of the body that arrived, before decoding.
    public var received: Int
    /// What arrived of the answer; nil before its status line.
    public var partial: HTTPResponse?

    public init(
        _ kind: Kind, _ message: String, hint: String? = nil, phase: Phase = .request, received: Int = 0,
        partial: HTTPResponse? = nil
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.phase = phase
        self.received = received
        self.partial = partial
    }
}
