import Expressions
import Histogram
import ScenarioModel

/// Latencies of many runs in bounded memory, to two or three digits (HdrHistogram).
struct Latencies {
    /// Microseconds, from one to an hour.
    private var histogram: Histogram<UInt64>
    private var sum = 0.0
    private var least = Double.infinity
    private var most = 0.0
    private(set) var count = 0

    /// Creates a record of nothing; `coarse` ones keep two digits in a tenth of the memory.
    init(coarse: Bool = false) {
        histogram = Histogram(
            lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000,
            numberOfSignificantValueDigits: coarse ? .two : .three)
    }

    /// The filled buckets.
    var counts: LatencyCounts {
        guard count > 0 else { return LatencyCounts() }
        return LatencyCounts(
            histogram.recordedValues().map { .init(microseconds: Int($0.value), count: Int($0.count)) })
    }

    /// Adds the latency of a run, in milliseconds.
    mutating func record(_ ms: Double) {
        count += 1
        sum += ms
        least = min(least, ms)
        most = max(most, ms)
        _ = histogram.record(UInt64(min(max(ms * 1000, 1), 3_600_000_000)))
    }

    /// A percentile in milliseconds.
    func percentile(_ percentile: Double) -> Double {
        min(max(Double(histogram.valueAtPercentile(percentile)) / 1000, least), most)
    }

    /// `{min, mean, p50, p90, p95, p99, max}` in milliseconds; null where nothing was recorded.
    var value: Value {
        guard count > 0 else { return .null }
        return [
            "min": .number(rounded(least)), "mean": .number(rounded(sum / Double(count))),
            "p50": .number(rounded(percentile(50))), "p90": .number(rounded(percentile(90))),
            "p95": .number(rounded(percentile(95))), "p99": .number(rounded(percentile(99))),
            "max": .number(rounded(most)),
        ]
    }

    private func rounded(_ ms: Double) -> Double { (ms * 1000).rounded() / 1000 }
}
