internal import Expressions

/// A load held against an earlier one.
public struct LoadComparison: Sendable, Hashable {
    /// When the earlier load was started.
    public var baseline: String
    public var lines: [Line]

    /// What is said of one measure.
    public enum Verdict: String, Sendable, Hashable {
        case better, worse
        /// The two cannot be told apart, or there is too little to tell.
        case noEvidence = "no_evidence"
    }

    /// One measure of both loads.
    public struct Line: Sendable, Hashable {
        public var measure: String
        /// The median of the intervals' values.
        public var before: Double
        public var after: Double
        public var verdict: Verdict
        /// The chance of such a difference where there is none; nil where there is too little to tell.
        public var probability: Double?
    }

    /// A difference that is less likely by chance is evidence; shared by all measures.
    static let significance = 0.01
    /// A smaller change of the median is no matter, however certain.
    static let leastChange = 0.05
    /// Fewer intervals than this prove nothing.
    public static let leastIntervals = 8
    /// Neighbouring intervals depend on one another, so there are at most so many blocks.
    static let mostBlocks = 30

    /// Compares the counted intervals of two loads.
    public init(baseline: LoadResult, current: LoadResult) {
        self.baseline = baseline.start.started
        let before = Self.blocks(baseline.counted)
        let after = Self.blocks(current.counted)
        var lines: [Line] = []
        for (name, percentile) in [("p50", 50.0), ("p95", 95), ("p99", 99)] {
            lines.append(
                Self.line(
                    "ms.\(name)", before.compactMap { $0.latencies.percentile(percentile) },
                    after.compactMap { $0.latencies.percentile(percentile) }, isLessBetter: true))
        }
        lines.append(
            Self.line("per_second", before.map(\.perSecond), after.map(\.perSecond), isLessBetter: false))
        lines.append(Self.line("failed_share", before.map(\.failedShare), after.map(\.failedShare), isLessBetter: true))
        self.lines = lines
    }

    /// Worse if any measure is, else better if any is.
    public var verdict: Verdict {
        if lines.contains(where: { $0.verdict == .worse }) { return .worse }
        return lines.contains { $0.verdict == .better } ? .better : .noEvidence
    }

    /// The intervals as they are ranked: at most thirty blocks of neighbours; blocks stay as they are.
    static func blocks(_ intervals: [LoadInterval]) -> [LoadInterval] {
        // A cut-off last interval has too few runs for a percentile that compares with the others.
        let longest = intervals.map(\.lengthMs).max() ?? 0
        let whole = intervals.filter { $0.lengthMs > longest / 2 && $0.runs > 0 }
        let size = (whole.count + mostBlocks - 1) / mostBlocks
        guard size > 1 else { return whole }
        return stride(from: 0, to: whole.count - whole.count % size, by: size).map { start in
            whole[(start + 1)..<(start + size)].reduce(whole[start]) { $0.joined(with: $1) }
        }
    }

    private static func line(_ measure: String, _ before: [Double], _ after: [Double], isLessBetter: Bool) -> Line {
        let old = before.median ?? 0
        let new = after.median ?? 0
        var line = Line(measure: measure, before: old, after: new, verdict: .noEvidence)
        guard min(before.count, after.count) >= leastIntervals, let test = RankTest(before, after) else { return line }
        line.probability = test.probability
        // Five measures are looked at, and each may mislead.
        let isCertain = test.probability * 5 < significance
        let change = old == new ? 0 : abs(new - old) / max(abs(old), 1e-9)
        let isLarge = change >= leastChange || old == 0 && test.share != 0.5
        guard isCertain, isLarge else { return line }
        line.verdict = (test.share < 0.5) == isLessBetter ? .better : .worse
        return line
    }
}

extension Collection<Double> {
    /// The value in the middle, or between the two that are there; nil where there is none.
    public var median: Double? {
        guard !isEmpty else { return nil }
        let sorted = sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

extension LoadInterval {
    fileprivate var failedShare: Double { runs > 0 ? Double(failed + errors) / Double(runs) : 0 }
}

extension LoadComparison: ResultWritable {
    func write(to writer: inout some ResultWriter) {
        writer.text("baseline", baseline)
        writer.symbol("verdict", verdict.rawValue)
        writer.records("measures", lines)
    }
}

extension LoadComparison.Line: ResultWritable {
    func write(to writer: inout some ResultWriter) {
        writer.symbol("measure", measure)
        writer.value("before", .number(before))
        writer.value("after", .number(after))
        writer.symbol("verdict", verdict.rawValue)
        writer.value("probability", probability.map { .number($0) } ?? .null)
    }
}
