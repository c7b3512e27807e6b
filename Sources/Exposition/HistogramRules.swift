/// What must hold between the samples of one histogram in OpenMetrics.
struct HistogramRules {
    private var group: Int?
    private var time = Double.nan
    private var bound: Double?
    private var value = 0.0
    private var count: Double?
    private var hasSum = false
    private var hasGaugeSum = false
    private var isGaugeSumNegative = false
    private var hasNegativeBound = false
    private var broken: String?

    /// A rule that is broken now that no more samples come.
    var problem: String? { group == nil ? nil : groupProblem }

    /// A rule that the samples so far break, told once.
    mutating func takeProblem() -> String? {
        defer { broken = nil }
        return broken
    }

    /// Takes a sample; a new group or time ends the histogram before.
    mutating func take(_ sample: OpenFamily.Sample, bound limit: Double?, group: Int) {
        // A native histogram says all in one sample.
        guard sample.suffix != .bare else { return }
        let isSame = group == self.group && (sample.time == time || sample.time.isNaN && time.isNaN)
        if !isSame {
            let broken = problem
            self = HistogramRules()
            self.broken = broken
            self.group = group
            time = sample.time
        }
        switch sample.suffix {
        case .bucket:
            let limit = limit ?? .infinity
            if limit < 0 { hasNegativeBound = true }
            if let bound, limit <= bound { broken = "the buckets are out of order" }
            if sample.value < value { broken = "a bucket holds less than the one before it" }
            bound = limit
            value = sample.value
        case .count, .gaugeCount: count = sample.value
        case .sum: hasSum = true
        case .gaugeSum:
            hasGaugeSum = true
            isGaugeSumNegative = sample.value < 0
        default: break
        }
    }

    private var groupProblem: String? {
        if bound != .infinity { return "the bucket '+Inf' is missing" }
        if let count, count != value { return "the count is not the value of the bucket '+Inf'" }
        if hasSum, count == nil { return "a sum without a count" }
        if hasGaugeSum, count == nil { return "a gsum without a gcount" }
        if count != nil, !hasSum, !hasGaugeSum { return "a count without a sum" }
        if hasNegativeBound, hasSum { return "a sum beside a bucket with a negative bound" }
        if isGaugeSumNegative, !hasNegativeBound { return "a negative gsum without a bucket with a negative bound" }
        return nil
    }
}
