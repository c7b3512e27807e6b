public import Expressions

/// How many runs took how long: the filled buckets of a histogram, which can be merged and sent.
public struct LatencyCounts: Sendable, Hashable {
    /// A bucket: a time in microseconds, and how many there are of it.
    public struct Bucket: Sendable, Hashable {
        public var microseconds: Int
        public var count: Int
        /// Creates a bucket.
        public init(microseconds: Int, count: Int) {
            self.microseconds = microseconds
            self.count = count
        }
    }

    /// The filled buckets, by time.
    public private(set) var buckets: [Bucket]

    /// Creates counts of buckets that are in order.
    public init(_ buckets: [Bucket] = []) { self.buckets = buckets }

    /// How many there are in all.
    public var count: Int { buckets.reduce(0) { $0 + $1.count } }

    /// The time in milliseconds that so many percent do not exceed, by nearest rank; nil where nothing was counted.
    public func percentile(_ percentile: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = max(1, Int((percentile / 100 * Double(total)).rounded(.up)))
        var seen = 0
        for bucket in buckets {
            seen += bucket.count
            if seen >= rank { return Double(bucket.microseconds) / 1000 }
        }
        return buckets.last.map { Double($0.microseconds) / 1000 }
    }

    /// The counts with those of another added.
    public func merged(with other: LatencyCounts) -> LatencyCounts {
        var merged: [Bucket] = []
        merged.reserveCapacity(buckets.count + other.buckets.count)
        var first = buckets[...]
        var second = other.buckets[...]
        while let a = first.first, let b = second.first {
            if a.microseconds == b.microseconds {
                merged.append(Bucket(microseconds: a.microseconds, count: a.count + b.count))
                first.removeFirst()
                second.removeFirst()
            } else if a.microseconds < b.microseconds {
                merged.append(first.removeFirst())
            } else {
                merged.append(second.removeFirst())
            }
        }
        return LatencyCounts(merged + first + second)
    }

    /// A time to one part in sixteen, in the middle of those that are taken together.
    public static func coarse(_ microseconds: Int) -> Int {
        let spare = max(0, Int.bitWidth - microseconds.leadingZeroBitCount - 5)
        guard spare > 0 else { return max(0, microseconds) }
        return ((microseconds >> spare) << spare) + (1 << (spare - 1))
    }

    /// `[[microseconds, count], …]`.
    public var value: Value {
        .array(buckets.map { .array([Value($0.microseconds), Value($0.count)]) })
    }

    /// Reads what `value` wrote; what is no bucket is left out.
    public init(_ value: Value) {
        buckets = (value.array ?? []).compactMap { pair in
            guard let pair = pair.array, pair.count == 2, let time = pair[0].number.flatMap({ Int(exactly: $0) }),
                let count = pair[1].number.flatMap({ Int(exactly: $0) }), count > 0, count < 1 << 50
            else { return nil }
            return Bucket(microseconds: time, count: count)
        }
    }
}
