/// What a proxy does to the bytes that pass; several at once act together.
public struct Trouble: Sendable, Hashable {
    /// The way that bytes go.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// From the caller to the service.
        case request
        /// From the service to the caller.
        case response
    }

    /// The ways on which latency, bandwidth, pieces, damage and silence act.
    public var directions: Set<Direction> = [.response]
    /// How much later bytes arrive.
    public var latency: Duration?
    /// By how much each delay may be shorter or longer.
    public var jitter: Duration = .zero
    /// Bytes per second of one connection.
    public var bandwidth: Int?
    /// Nothing passes any more.
    public var hangs = false
    /// No connection comes about.
    public var refuses = false
    /// The connection is reset after so many bytes of an answer; 0 as soon as something is asked.
    public var resetAfter: Int?
    /// The connection is closed after so many bytes of an answer.
    public var truncateAfter: Int?
    /// Bytes arrive in pieces of at most this size, one after another.
    public var slice: Int?
    /// How much later the end of a connection arrives.
    public var slowClose: Duration?
    /// The share, 0 to 1, of bytes that are damaged.
    public var corrupt: Double?
    /// An answer in HTTP that the proxy gives instead of the service.
    public var respond: [UInt8]?
    /// The connection is closed behind so many server-sent events of an answer.
    public var cutEventsAfter: Int?
    /// How many turns are struck at most; nil for all.
    public var first: Int?
    /// The share, 0 to 1, of turns that are struck.
    public var chance: Double?

    /// Creates trouble that does nothing yet.
    public init() {}
}
