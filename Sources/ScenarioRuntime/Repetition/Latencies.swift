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
        _ = histogram.record(Self.microseconds(ms))
    }

    private static func microseconds(_ ms: Double) -> UInt64 { UInt64(min(max(ms * 1000, 1), 3_600_000_000)) }

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

// MARK: - From loop to loop

extension Latencies {
    /// The largest time that a bucket may stand for: the highest of the histogram's own, with its neighbours.
    static let mostMicroseconds = 4_000_000_000

    /// What was recorded, for another loop's record.
    var record: LatencyRecord {
        count > 0 ? LatencyRecord(sum: sum, least: least, most: most, counts: counts) : LatencyRecord()
    }

    /// Adds what another loop has recorded in as many digits; nothing is lost by it.
    mutating func merge(_ record: LatencyRecord) {
        let others = record.counts.count
        guard others > 0 else { return }
        count += others
        sum += record.sum
        least = min(least, record.least)
        most = max(most, record.most)
        // A bucket is told by its highest time; the last one's is known better, and highest percentiles tell it.
        let top = Self.microseconds(record.most)
        for bucket in record.counts.buckets {
            let time = min(UInt64(max(0, bucket.microseconds)), top)
            _ = histogram.record(time, count: UInt64(max(0, bucket.count)))
        }
    }
}
