internal import Expressions
internal import ScenarioModel

/// How the runs of a `repeat` went, for plots: how many took how long, and what they took over time.
///
/// Bounded whatever the number of runs: times are kept to one part in sixteen, and the time of the repetition in at
/// most `mostStretches` parts of equal length.
struct RepeatCourse {
    static let mostStretches = 120

    /// A part of the time; a run belongs to the one in which it ended.
    private struct Stretch {
        /// Of the runs that passed: how many there are of a time in microseconds.
        var times: [Int: Int] = [:]
        var failed = 0

        var counts: LatencyCounts {
            LatencyCounts(times.sorted { $0.key < $1.key }.map { .init(microseconds: $0.key, count: $0.value) })
        }
    }

    /// Milliseconds that each stretch is long; doubled whenever there are too many.
    private(set) var stretchMs = 10.0
    private var stretches: [Stretch] = []
    private var failedTimes: [Int: Int] = [:]

    /// Adds a run that ended so many milliseconds after the first that counts could begin.
    mutating func record(endedMs: Double, ms: Double, isPassed: Bool) {
        while endedMs >= stretchMs * Double(Self.mostStretches) { halve() }
        let place = Int(max(0, endedMs) / stretchMs)
        while stretches.count <= place { stretches.append(Stretch()) }
        let time = LatencyCounts.coarse(Int(min(max(ms, 0), 1e9) * 1000))
        if isPassed {
            stretches[place].times[time, default: 0] += 1
        } else {
            stretches[place].failed += 1
            failedTimes[time, default: 0] += 1
        }
    }

    private mutating func halve() {
        var halved: [Stretch] = []
        for start in stride(from: 0, to: stretches.count, by: 2) {
            var both = stretches[start]
            if start + 1 < stretches.count {
                both.times.merge(stretches[start + 1].times, uniquingKeysWith: +)
                both.failed += stretches[start + 1].failed
            }
            halved.append(both)
        }
        stretches = halved
        stretchMs *= 2
    }

    /// `{open, stretch_ms, over_time: [[passed, failed, p50, p95, max], …], histogram, failed_histogram}`.
    ///
    /// Times are milliseconds, in the histograms microseconds; the percentiles are null where no run passed. `isOpen`
    /// says that runs came by a rate, whatever the service did.
    func value(isOpen: Bool) -> Value {
        var all = LatencyCounts()
        let rows = stretches.map { stretch -> Value in
            let counts = stretch.counts
            all = all.merged(with: counts)
            let figures = [50.0, 95, 100].map { percentile -> Value in
                counts.percentile(percentile).map { .number($0) } ?? .null
            }
            return .array([Value(counts.count), Value(stretch.failed)] + figures)
        }
        let failed = Stretch(times: failedTimes).counts
        return [
            "open": .bool(isOpen), "stretch_ms": .number(stretchMs), "over_time": .array(rows),
            "histogram": all.value, "failed_histogram": failed.value,
        ]
    }
}
