import EventLoop

/// Decides when a step is polled again: at its pace, and once more just before the time is over.
struct PollPace {
    /// The pause between the end of a poll and the next.
    let every: Duration
    private var slowest: Duration = .zero
    private var hasBeenLast = false
    /// What a last poll has at least, so that a service that is quick can answer it.
    private static let leastRoom: Duration = .milliseconds(20)

    init(every: Duration) { self.every = every }

    /// The time of the next poll, or nil where none would come to an end before the deadline.
    ///
    /// Where the pause would reach beyond the deadline it is cut, so that what comes to hold within the
    /// time is seen: the last poll begins as early as the slowest so far took, and half as long again.
    mutating func next(
        begun: Instant, ended: Instant, deadline: Instant?
    ) -> Instant? {
        slowest = max(slowest, ended - begun)
        let next = ended + every
        guard let deadline, deadline <= next else { return next }
        let last = deadline - max(Self.leastRoom, slowest + slowest / 2)
        guard !hasBeenLast, ended < last else { return nil }
        hasBeenLast = true
        return last
    }

    /// Whether a poll may begin when its time has come; on a busy machine that may be behind the deadline.
    ///
    /// Such a poll would end at once, and hide what the one before it saw.
    func mayBegin(at now: Instant, deadline: Instant?) -> Bool {
        deadline.map { now < $0 } ?? true
    }
}
