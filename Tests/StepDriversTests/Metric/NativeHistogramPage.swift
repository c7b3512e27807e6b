/// A page in Prometheus's protobuf form, the only one in which native histograms are scraped: `latency` with two buckets,
/// one observation in (0.5, 1] and two in (1, 2].
enum NativeHistogramPage {
    static let contentType =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"

    /// `MetricFamily { name, type: HISTOGRAM, metric { histogram { … } } }` behind its length.
    static var bytes: [UInt8] {
        let span = number(1, 0) + number(2, 2)
        let histogram =
            number(1, 3) + double(2, 4.5) + number(5, 0) + double(6, 0.001) + number(7, 0) + block(12, span)
            // Differences from bucket to bucket, in zigzag: +1, +1.
            + block(13, [2, 2])
        let family = block(1, Array("latency".utf8)) + number(3, 4) + block(4, block(7, histogram))
        return [UInt8(family.count)] + family
    }

    private static func number(_ field: UInt8, _ value: UInt8) -> [UInt8] { [field << 3, value] }

    private static func double(_ field: UInt8, _ value: Double) -> [UInt8] {
        [field << 3 | 1] + (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    }

    /// Fields above 15 or blocks of more than 127 bytes do not occur.
    private static func block(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [field << 3 | 2, UInt8(bytes.count)] + bytes
    }
}
