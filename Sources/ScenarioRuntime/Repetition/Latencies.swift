import Expressions
import Histogram

/// Latencies of many runs in bounded memory, to three digits (HdrHistogram).
struct Latencies {
    /// Microseconds, from one to an hour.
    private var histogram = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
    private var sum = 0.0
    private var least = Double.infinity
    private var most = 0.0
    private(set) var count = 0

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
