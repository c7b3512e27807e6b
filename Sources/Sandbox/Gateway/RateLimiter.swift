internal import Synchronization

/// A token bucket: a burst at once, then so many requests per second.
final class RateLimiter: Sendable {
    /// What a request found in the bucket.
    struct Verdict: Sendable {
        var isAdmitted: Bool
        var limit: Int
        var remaining: Int
        /// Until one more request is admitted; zero if one is now.
        var retryAfter: Duration
        /// Until the bucket is full again.
        var reset: Duration
    }

    let perSecond: Double
    let burst: Int
    private let state: Mutex<(level: Double, updated: ContinuousClock.Instant)>

    init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
        state = Mutex((Double(burst), .now))
    }

    /// Takes one request out of the bucket, if there is one.
    func admit(at now: ContinuousClock.Instant = .now) -> Verdict {
        state.withLock { state in
            let elapsed = (now - state.updated).seconds
            state.level = min(Double(burst), state.level + max(0, elapsed) * perSecond)
            state.updated = now
            let isAdmitted = state.level >= 1
            if isAdmitted { state.level -= 1 }
            return Verdict(
                isAdmitted: isAdmitted, limit: burst, remaining: Int(state.level),
                retryAfter: .seconds(max(0, 1 - state.level) / perSecond),
                reset: .seconds((Double(burst) - state.level) / perSecond))
        }
    }
}
