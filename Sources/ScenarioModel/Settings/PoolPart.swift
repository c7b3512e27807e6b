/// The part of a connection pool's settings that one place sets; what it leaves out comes from the place before.
public struct PoolPart: Sendable {
    /// Connections that are kept.
    public var size: Setting<Int>?
    /// Connections beyond the size that may be open for a while.
    public var maxOverflow: Setting<Int>?
    /// How long to wait for a connection when all are in use.
    public var timeout: Setting<Duration>?

    /// Creates a part that sets nothing.
    public init() {}

    /// This part where it speaks, else the other.
    public func over(_ below: PoolPart) -> PoolPart {
        var part = self
        part.size = size ?? below.size
        part.maxOverflow = maxOverflow ?? below.maxOverflow
        part.timeout = timeout ?? below.timeout
        return part
    }
}
