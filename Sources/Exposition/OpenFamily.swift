/// The family of an OpenMetrics page that is being read, and the rules for its samples.
struct OpenFamily {
    private(set) var name: String?
    private var nameBytes: [UInt8] = []
    var kind = MetricFamily.Kind.unknown { didSet { suffixes = kind.suffixCases } }
    var hasType = false
    var help: String?
    var unit: String?
    /// The position among the page's families, once it has samples.
    var number = 0
    var hasSamples = false
    var histogram = HistogramRules()
    /// Every name that belongs to some family so far.
    var seenNames = NameSet()

    private var suffixes: [Suffix] = [.bare]
    /// The group of the last sample, by the hash of its labels; a group stands in one piece.
    private var group: Int?
    private var groupTime = Double.nan
    /// The series of the group at its present time.
    private var groupSeries: Set<Int> = []
    private var closedGroups: Set<Int> = []
    /// Every series with its time, where groups may stand in pieces.
    private var allSeries: Set<Int> = []
    /// Whether a group must stand in one piece, with times that do not go back; few readers insist.
    private let isStrict: Bool

    init(isStrict: Bool) { self.isStrict = isStrict }

    /// What a sample's name has behind its family's.
    enum Suffix: String, CaseIterable {
        case bare = ""
        case total = "_total"
        case created = "_created"
        case count = "_count"
        case sum = "_sum"
        case bucket = "_bucket"
        case gaugeCount = "_gcount"
        case gaugeSum = "_gsum"
        case info = "_info"
    }

    /// What the rules look at.
    struct Sample {
        var suffix: Suffix
        var value: Double
        var time: Double
        var hash: Int
        /// The label that tells samples of one group apart: `le`, `quantile`, the name of a state set.
        var excluded: LabelScanner.Place?
        var hasExemplar: Bool
    }

    enum Judgement {
        case keep
        /// The same series at the same time, to the nanosecond: the first one counts.
        case drop
        case refuse(String, at: Place)
        /// Well written, but no value that such a metric can have.
        case complain(String)

        enum Place {
            case name, value, exemplar
        }
    }

    /// Names of families, shared from one open family to the next.
    final class NameSet {
        private var names: Set<String> = []
        func insert(_ name: String) -> Bool { names.insert(name).inserted }
    }

    /// Begins another family.
    mutating func begin(_ name: String, seen: NameSet) {
        self = OpenFamily(isStrict: isStrict)
        self.name = name
        nameBytes = Array(name.utf8)
        seenNames = seen
    }

    /// What a sample's name has behind the family's name; nil where it belongs to another family.
    func suffix(of sample: ArraySlice<UInt8>) -> Suffix? {
        guard name != nil else { return nil }
        let plain = sample.contains(UInt8(ascii: "\\")) ? Array(Escapes.text(sample).utf8)[...] : sample
        guard plain.count >= nameBytes.count, plain.prefix(nameBytes.count).elementsEqual(nameBytes) else { return nil }
        let rest = plain.dropFirst(nameBytes.count)
        return suffixes.first { rest.elementsEqual($0.rawValue.utf8) }
    }

    /// The label that does not count for a sample's group.
    func excludedLabel(_ suffix: Suffix) -> [UInt8]? {
        switch (kind, suffix) {
        case (.summary, .bare): Array("quantile".utf8)
        case (.stateset, _): nameBytes
        case (.histogram, .bucket), (.gaugeHistogram, .bucket): Array("le".utf8)
        default: nil
        }
    }

    /// Judges the next sample; `limit` is the value of its excluded label.
    mutating func take(_ sample: Sample, limit: String?) -> Judgement {
        if let reason = labelProblem(sample, limit) { return .refuse(reason, at: .name) }
        let isDuplicate: Bool
        switch grouped(sample) {
        case .keep: isDuplicate = false
        case .drop: isDuplicate = true
        case .refuse(let reason, let place): return .refuse(reason, at: place)
        case .complain(let reason): return .complain(reason)
        }
        if sample.hasExemplar, !mayHaveExemplar(sample) {
            return .refuse("only counters and buckets have exemplars", at: .exemplar)
        }
        if let reason = valueProblem(sample) { return .complain(reason) }
        if isDuplicate { return .drop }
        if kind == .histogram || kind == .gaugeHistogram, let group {
            let bound = limit.flatMap { PageNumber.parse(Array($0.utf8), 0..<$0.utf8.count) }
            histogram.take(sample, bound: bound, group: group)
            if let reason = histogram.takeProblem() { return .complain(reason) }
        }
        return .keep
    }

    private func labelProblem(_ sample: Sample, _ limit: String?) -> String? {
        if kind == .stateset, limit == nil { return "a state set needs the label '\(name ?? "")'" }
        if sample.suffix == .bucket {
            guard let limit, let bound = PageNumber.parse(Array(limit.utf8), 0..<limit.utf8.count), !bound.isNaN,
                bound.isFinite || limit == "+Inf"
            else { return "a bucket needs a number for 'le', the last one '+Inf'" }
        }
        if kind == .summary, sample.suffix == .bare {
            guard let limit, let share = PageNumber.parse(Array(limit.utf8), 0..<limit.utf8.count), 0...1 ~= share
            else { return "a quantile needs a number from 0 to 1 for 'quantile'" }
        }
        return nil
    }

    private mutating func grouped(_ sample: Sample) -> Judgement {
        // Samples of a group differ by the excluded label alone; those of an info metric are one group.
        let own = kind == .info ? 0 : sample.hash &- (sample.excluded.map { $0.value.isEmpty ? 0 : $0.hash } ?? 0)
        let series = sample.hash &* 31 &+ (Suffix.allCases.firstIndex(of: sample.suffix) ?? 0)
        guard isStrict else {
            group = own
            var hasher = Hasher()
            hasher.combine(series)
            hasher.combine(nanoseconds(sample.time))
            if allSeries.insert(hasher.finalize()).inserted { return .keep }
            return sample.time.isNaN ? .refuse("the series stands twice", at: .name) : .drop
        }
        if group != own {
            if let group { closedGroups.insert(group) }
            guard !closedGroups.contains(own) else {
                return .refuse("the samples of one group stand apart from each other", at: .name)
            }
            group = own
            groupTime = sample.time
            groupSeries = [series]
            return .keep
        }
        guard sample.time.isNaN == groupTime.isNaN else {
            return .refuse("some samples of the group have a time and some have none", at: .value)
        }
        if sample.time < groupTime, kind != .info { return .refuse("time goes backwards in the group", at: .value) }
        if nanoseconds(sample.time) != nanoseconds(groupTime) {
            groupTime = sample.time
            groupSeries = [series]
            return .keep
        }
        groupTime = sample.time
        if groupSeries.insert(series).inserted { return .keep }
        return sample.time.isNaN ? .refuse("the series stands twice", at: .name) : .drop
    }

    private func nanoseconds(_ time: Double) -> Double { time.isNaN ? .infinity : (time * 1e9).rounded(.down) }

    private func valueProblem(_ sample: Sample) -> String? {
        let isWhole = sample.value == sample.value.rounded() && sample.value.isFinite
        switch sample.suffix {
        case .bucket where !isWhole: return "a bucket's value is a whole number"
        case .count where !isWhole, .gaugeCount where !isWhole: return "a count is a whole number"
        default: break
        }
        switch kind {
        case .stateset where sample.value != 0 && sample.value != 1: return "a state is 0 or 1"
        case .info where sample.value != 1: return "the value of an info metric is 1"
        case .summary where sample.suffix == .bare && sample.value < 0: return "a quantile is not negative"
        default: break
        }
        switch sample.suffix {
        case .total, .sum, .count, .bucket, .gaugeCount, .gaugeSum:
            if sample.value.isNaN { return "a counter's value is a number" }
            if sample.value < 0, sample.suffix != .gaugeSum { return "a counter is not negative" }
        default: break
        }
        return nil
    }

    private func mayHaveExemplar(_ sample: Sample) -> Bool {
        switch kind {
        case .histogram, .gaugeHistogram: sample.suffix == .bucket
        case .counter: sample.suffix == .total
        default: false
        }
    }
}

extension MetricFamily.Kind {
    /// What the names of a family's samples have behind its own.
    var suffixCases: [OpenFamily.Suffix] {
        switch self {
        case .counter: [.total, .created]
        case .summary: [.bare, .count, .sum, .created]
        case .histogram: [.bucket, .count, .sum, .created, .bare]
        case .gaugeHistogram: [.bucket, .gaugeCount, .gaugeSum]
        case .info: [.info]
        case .gauge, .stateset, .unknown: [.bare]
        }
    }

    /// The same as texts, for the names that a family takes.
    var suffixes: [String] { suffixCases.map(\.rawValue).filter { !$0.isEmpty } }
}
