import EventLoop
import ScenarioModel

/// When the runs of a repetition start: a value that is asked for the next and answers.
///
/// A closed pace starts a run whenever one has ended; an open pace has a time for every arrival,
/// whether the one before has ended or not.
struct Pace {
    /// How long it goes on.
    enum Extent: Equatable {
        case times(Int)
        case until(Instant)
        /// As long as asked from outside.
        case asLong

        fileprivate func length(from start: Instant) -> Duration? {
            if case .until(let end) = self { end - start } else { nil }
        }
    }

    private let extent: Extent
    /// Of an open pace.
    private var arrivals: Arrivals?
    /// The users of a closed pace over time, where stages change them.
    private let users: RateCurve?
    private let start: Instant
    private(set) var count = 0

    /// Creates the pace of a repetition; `warmup` comes before its stages.
    init(
        extent: Extent, perSecond: Double?, start: Instant, warmup: Duration = .zero,
        stages: [Repetition.Stage] = [], spacing: Repetition.Spacing = .even, seed: String = ""
    ) {
        self.extent = extent
        self.start = start
        var curve = RateCurve()
        if let first = stages.first {
            if warmup > .zero {
                let level = first.isRamp ? 0 : first.height
                curve.append(length: warmup / .seconds(1), from: level, to: level)
            }
            curve.append(stages)
        } else if let perSecond {
            let length = extent.length(from: start).map { $0 / .seconds(1) } ?? .infinity
            curve.append(length: length, from: perSecond, to: perSecond)
        }
        let isOpen = perSecond != nil || stages.contains { $0.rate != nil }
        users = isOpen || stages.isEmpty ? nil : curve
        if isOpen {
            let times: Int? = if case .times(let times) = extent { times } else { nil }
            arrivals = Arrivals(curve, times: times, spacing: spacing, seed: seed)
        }
    }

    /// The next run's number and its time; nil where there is none.
    mutating func next(at now: Instant) -> (index: Int, time: Instant)? {
        if let next = arrivals?.next() { return (next.index, start + next.offset) }
        guard arrivals == nil else { return nil }
        switch extent {
        case .times(let times): if count >= times { return nil }
        case .until(let end): if now >= end { return nil }
        case .asLong: break
        }
        defer { count += 1 }
        return (count, now)
    }

    /// Passes over the arrivals that are due by then, and says how many they are.
    mutating func skip(to now: Instant) -> Int {
        let offset = now - start
        return arrivals?.skip(to: offset) ?? 0
    }

    /// Whether its time is over.
    func hasEnded(at now: Instant) -> Bool {
        if case .until(let end) = extent { now >= end } else { false }
    }

    /// Whether a user of that number runs at a time.
    func isActive(user: Int, at now: Instant) -> Bool {
        guard let users else { return true }
        return Int(users.height(at: (now - start) / .seconds(1)).rounded()) > user
    }

    /// The most users that stages ask for; nil where there are none.
    var mostUsers: Int? { users.map { Int($0.highest.rounded(.up)) } }
}

extension Repetition.Stage {
    /// Its rate, or its number of users.
    var height: Double { rate ?? Double(parallel ?? 1) }
}

extension RateCurve {
    /// Adds stages, each from its own height or, where it is a ramp, from the one before.
    mutating func append(_ stages: [Repetition.Stage]) {
        var height = 0.0
        for stage in stages {
            append(length: stage.length / .seconds(1), from: stage.isRamp ? height : stage.height, to: stage.height)
            height = stage.height
        }
    }
}
