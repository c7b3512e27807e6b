/// When the runs of a repetition start: a value that is asked for the next and answers.
///
/// A closed pace starts a run whenever one has ended; an open pace has a time for every arrival,
/// whether the one before has ended or not.
struct Pace {
    /// How long it goes on.
    enum Extent: Equatable {
        case times(Int)
        case until(ContinuousClock.Instant)
        /// As long as asked from outside.
        case asLong
    }

    private let extent: Extent
    /// The time between arrivals; nil in a closed pace.
    private let interval: Duration?
    private let start: ContinuousClock.Instant
    private(set) var count = 0

    init(extent: Extent, perSecond: Double?, start: ContinuousClock.Instant) {
        self.extent = extent
        self.interval = perSecond.map { .seconds(1) / $0 }
        self.start = start
    }

    /// The next run's number and its time; nil where there is none.
    mutating func next(at now: ContinuousClock.Instant) -> (index: Int, time: ContinuousClock.Instant)? {
        let time = interval.map { start + $0 * count } ?? now
        switch extent {
        case .times(let times): if count >= times { return nil }
        case .until(let end): if time >= end { return nil }
        case .asLong: break
        }
        defer { count += 1 }
        return (count, time)
    }
}
