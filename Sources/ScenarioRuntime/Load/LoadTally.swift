import Expressions
import ScenarioModel

/// What the runs of a load have come to so far, in memory that does not grow with their number.
struct LoadTally {
    var counts: RunCounts
    private(set) var skipped = 0
    private(set) var unfinished = 0
    private(set) var service: Latencies
    private(set) var lag: Latencies
    private(set) var steps = NameTable<StepTally>()
    private let isCoarse: Bool
    /// Each step has histograms of its own; those of more steps than this are counted in none.
    private static let mostSteps = 200

    /// Creates a tally of nothing; coarse ones are for intervals.
    init(coarse: Bool) {
        isCoarse = coarse
        counts = RunCounts(coarse: coarse)
        service = Latencies(coarse: coarse)
        lag = Latencies(coarse: coarse)
    }

    /// A run that has ended, with its times in milliseconds.
    struct Run {
        var verdict: Verdict
        /// The code of its first failure.
        var kind: String?
        /// From the time that the schedule meant.
        var ms: Double
        /// From the start.
        var serviceMs: Double
        /// Put before the ids of its steps, where several scenarios are drawn.
        var prefix: String
        var steps: [CountedStep]
    }

    /// Adds a run.
    mutating func add(_ run: Run) {
        let lateness = max(0, run.ms - run.serviceMs)
        switch run.verdict {
        case .skipped:
            skipped += 1
            return
        case .passed:
            counts.addPassed(run.ms)
            service.record(run.serviceMs)
        case .failed, .error: counts.addFailed(run.ms, isError: run.verdict == .error, kind: run.kind)
        }
        lag.record(lateness)
        add(run.steps, run.prefix, lateness)
    }

    private mutating func add(_ endings: [CountedStep], _ prefix: String, _ lateness: Double) {
        for (index, step) in endings.enumerated() {
            let id = prefix.isEmpty ? step.id : prefix + step.id
            let late = index == 0 ? lateness : 0
            if !steps.change(id, { $0.add(step, lateness: late) }) {
                guard steps.names.count < Self.mostSteps else { continue }
                var tally = StepTally(coarse: isCoarse)
                tally.add(step, lateness: late)
                steps.set(id, tally)
            }
            let inside = step.counted
            if !inside.isEmpty { add(inside.map { .told($0) }, prefix, late) }
        }
    }

    /// Counts a run that the load's end cut off.
    mutating func addUnfinished() { unfinished += 1 }

    /// What the assertions judge (docs/load.md).
    func value(elapsed: Duration, withCaptures: Bool) -> Value.Object {
        var object = counts.value(elapsed: elapsed)
        object["skipped"] = Value(skipped)
        object["unfinished"] = Value(unfinished)
        object["service_ms"] = service.value
        object["lag_ms"] = lag.value
        object["steps"] = .object(
            Value.Object(steps.entries.map { ($0.name, $0.element.value(withCaptures: withCaptures)) }))
        return object
    }
}

// MARK: - From loop to loop

extension LoadTally {
    /// What was counted, for another loop's tally.
    var record: TallyRecord {
        TallyRecord(
            counts: counts.record, skipped: skipped, unfinished: unfinished, service: service.record, lag: lag.record,
            steps: steps.entries.map { $0.element.record(id: $0.name) })
    }

    /// Adds what another loop has counted.
    mutating func merge(_ record: TallyRecord) {
        counts.merge(record.counts)
        skipped += record.skipped
        unfinished += record.unfinished
        service.merge(record.service)
        lag.merge(record.lag)
        for step in record.steps where !steps.change(step.id, { $0.merge(step) }) {
            guard steps.names.count < Self.mostSteps else { continue }
            var tally = StepTally(coarse: isCoarse)
            tally.merge(step)
            steps.set(step.id, tally)
        }
    }
}
