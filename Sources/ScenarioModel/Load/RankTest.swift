internal import Glibc

/// Whether one list of measurements tends to be larger than another (Mann and Whitney's U, normal approximation).
///
/// Ranks need no assumption about how latencies are spread. Neighbouring intervals of one run are not independent, so
/// callers join them to a few blocks first and ask for more than a small difference.
public struct RankTest: Sendable, Hashable {
    /// The chance of ranks at least this uneven where both lists come from one source; two-sided.
    public var probability: Double
    /// The share of pairs in which the second list's value is the larger, ties counted half.
    public var share: Double

    /// Compares two lists; nil where one is empty.
    public init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        let n = Double(first.count)
        let m = Double(second.count)
        let all = (first.map { ($0, false) } + second.map { ($0, true) }).sorted { $0.0 < $1.0 }
        var ranks = 0.0
        var ties = 0.0
        var index = 0
        while index < all.count {
            var end = index
            while end < all.count, all[end].0 == all[index].0 { end += 1 }
            let rank = Double(index + end + 1) / 2
            ranks += rank * Double(all[index..<end].count { $0.1 })
            let tied = Double(end - index)
            ties += tied * tied * tied - tied
            index = end
        }
        let u = ranks - m * (m + 1) / 2
        share = u / (n * m)
        let total = n + m
        let variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
        guard variance > 0 else {
            probability = 1
            return
        }
        // Half a step towards the middle, since U is a whole number and the normal distribution is not.
        let distance = max(0, abs(u - n * m / 2) - 0.5) / variance.squareRoot()
        probability = min(1, 2 * Self.tail(distance))
    }

    /// The normal distribution's upper tail (Abramowitz and Stegun 26.2.17, to 7.5e-8).
    private static func tail(_ z: Double) -> Double {
        let t = 1 / (1 + 0.2316419 * z)
        let coefficients = [0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
        let polynomial = coefficients.reversed().reduce(0) { ($0 + $1) * t }
        return polynomial * exp(-z * z / 2) * 0.3989422804014327
    }
}
