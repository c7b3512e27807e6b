/// What holds for a step after every place has spoken, each part with the place that won.
public struct StepSettings: Sendable {
    /// The time-out of one attempt.
    public var timeout: Setting<Late<Duration>>
    /// The time-out of connecting.
    public var connect: Setting<Duration>
    /// The rules of retrying; every part is set.
    public var retry: RetryPart
    /// How long `until` polls.
    public var within: Setting<Late<Duration>>
    /// The pause between two polls.
    public var every: Setting<Late<Duration>>

    /// Creates settings.
    public init(
        timeout: Setting<Late<Duration>>, connect: Setting<Duration>, retry: RetryPart,
        within: Setting<Late<Duration>>, every: Setting<Late<Duration>>
    ) {
        self.timeout = timeout
        self.connect = connect
        self.retry = retry
        self.within = within
        self.every = every
    }
}

/// The bounds of the connections that a scenario opens to a target.
public struct ConnectionBounds: Sendable {
    public var connect: Setting<Duration>
    /// Nil where nothing bounds their number.
    public var maxConnections: Setting<Int>?
    public var pool: PoolPart

    /// Creates bounds.
    public init(connect: Setting<Duration>, maxConnections: Setting<Int>?, pool: PoolPart) {
        self.connect = connect
        self.maxConnections = maxConnections
        self.pool = pool
    }

    /// The bounds of a pool, defaults filled in; `maxConnections` holds for size and overflow together.
    public var poolBounds: PoolBounds {
        let most = maxConnections?.value ?? Int.max
        let size = min(pool.size?.value ?? PoolBounds.defaultSize, most)
        let spare = most == Int.max ? PoolBounds.defaultOverflow : most - size
        return PoolBounds(
            size: size, overflow: min(pool.maxOverflow?.value ?? spare, most - size),
            timeout: pool.timeout?.value ?? PoolBounds.defaultTimeout)
    }
}

/// How many connections a pool has, and how long somebody waits for one.
public struct PoolBounds: Sendable, Hashable {
    /// Connections that are kept.
    public var size: Int
    /// Connections beyond the size, closed when nobody waits for them.
    public var overflow: Int
    public var timeout: Duration

    public static let defaultSize = 5
    public static let defaultOverflow = 10
    public static let defaultTimeout = Duration.seconds(30)

    /// Creates bounds.
    public init(
        size: Int = Self.defaultSize, overflow: Int = Self.defaultOverflow, timeout: Duration = Self.defaultTimeout
    ) {
        self.size = size
        self.overflow = overflow
        self.timeout = timeout
    }
}
