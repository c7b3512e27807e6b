internal import Expressions
internal import ScenarioModel

/// The figures of a load's aggregate as texts.
struct LoadFigures {
    let aggregate: Value

    /// A member, by the keys that lead to it.
    func number(_ keys: String...) -> Double? {
        var value = aggregate
        for key in keys { value = value[key] ?? .null }
        return value.number
    }

    /// A count; 0 where there is none.
    func count(_ keys: String...) -> Int {
        var value = aggregate
        for key in keys { value = value[key] ?? .null }
        return value.number.flatMap { Int(exactly: $0.rounded()) } ?? 0
    }

    /// `p50 1.2 ms  p95 3.0 ms …` of a summary of latencies; nil where it is null.
    static func percentiles(_ value: Value?, _ names: [String] = ["min", "p50", "p90", "p95", "p99", "max"]) -> String?
    {
        guard let value, value.object != nil else { return nil }
        return names.compactMap { name in value[name]?.number.map { "\(name) \(Figures.duration($0))" } }
            .joined(separator: "  ")
    }

    /// The steps with their parts of the aggregate.
    var steps: [(id: String, value: Value)] { aggregate["steps"]?.object.map { $0.map { ($0, $1) } } ?? [] }

    /// Error kinds, the most frequent first: `http.refused 12`.
    var errorKinds: [(kind: String, count: Int)] {
        let kinds = aggregate["error_kinds"]?.object.map { $0.map { ($0, Int($1.number ?? 0)) } } ?? []
        return kinds.sorted { $0.1 > $1.1 }
    }

    /// What is said where the generator itself had too little time; nil where it had enough.
    var bottleneck: String? {
        guard aggregate["generator"]?["bottleneck"]?.bool == true else { return nil }
        let busy = count("generator", "busy_intervals")
        let all = count("generator", "intervals")
        return "the generator itself was the bottleneck in \(busy) of \(all) intervals: its "
            + "processor or its loop had no time left, so the figures tell of it as much as of the target"
    }
}

extension LoadInterval {
    /// The interval as one line.
    var line: String {
        let latencies = [50.0, 95, 99].map { percentile in
            "p\(Int(percentile)) \(self.latencies.percentile(percentile).map { Figures.duration($0) } ?? "-")"
        }
        var parts = ["\(Figures.fixed(perSecond, digits: 1))/s", "in flight \(inFlight)"] + latencies
        if failed + errors > 0 { parts.append("\(Figures.grouped(failed + errors)) failed") }
        if dropped > 0 { parts.append("\(Figures.grouped(dropped)) dropped") }
        if isGeneratorBusy { parts.append("generator busy") }
        if isWarmup { parts.append("warm-up") }
        if !failing.isEmpty { parts.append("\(failing.count) threshold\(failing.count == 1 ? "" : "s") not met") }
        return parts.joined(separator: "  ")
    }
}
