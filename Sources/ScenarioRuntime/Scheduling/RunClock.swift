public import EventLoop

/// Time as the runtime sees it, so that tests turn it by hand.
public protocol RunClock: Sendable {
    /// Now, by a clock that never runs backwards.
    var now: Instant { get }
    /// Waits until then; ends early, throwing, when the task is cancelled.
    func sleep(until deadline: Instant) async throws
}
