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
    var steps: [(id: String, value: Value)] { Self.steps(aggregate["steps"]?.object ?? .init()) }

    /// The members of an object of steps; of more than so many those that failed most, then the slowest.
    static func steps(_ object: Value.Object, most: Int = .max) -> [(id: String, value: Value)] {
        let all = object.map { (id: $0, value: $1) }
        guard all.count > most else { return all }
        let ranked = all.enumerated().map { place, step in
            let (failed, p95) = (failures(step.value), (step.value["ms"]?["p95"] ?? step.value["p95"])?.number ?? 0)
            return (step: step, rank: (-Double(failed), -p95, place))
        }
        return ranked.sorted { $0.rank < $1.rank }.prefix(most).map(\.step)
    }

    /// How often a step did not pass.
    static func failures(_ step: Value) -> Int {
        Int((step["failed"]?.number ?? 0) + (step["errors"]?.number ?? 0))
    }

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
