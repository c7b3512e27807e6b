import EventLoop
import Expressions
import ScenarioModel

/// What the runs of a load have come to so far, in memory that does not grow with their number.
struct LoadTally {
    private(set) var passed = 0
    private(set) var failed = 0
    private(set) var errors = 0
    private(set) var skipped = 0
    private(set) var unfinished = 0
    private(set) var errorKinds: [String: Int] = [:]
    var dropped = 0
    var late = 0
    private(set) var latencies: Latencies
    private(set) var failedLatencies: Latencies
    private(set) var service: Latencies
    private(set) var lag: Latencies
    private(set) var steps = NameTable<StepTally>()
    private let isCoarse: Bool
    /// Each step has histograms of its own; those of more steps than this are counted in none.
    private static let mostSteps = 200
    private static let mostKinds = 50

    /// Creates a tally of nothing; coarse ones are for intervals.
    init(coarse: Bool) {
        isCoarse = coarse
        latencies = Latencies(coarse: coarse)
        failedLatencies = Latencies(coarse: coarse)
        service = Latencies(coarse: coarse)
        lag = Latencies(coarse: coarse)
    }

    /// Runs that ended, whatever came of them.
    var runs: Int { passed + failed + errors }

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
            passed += 1
            latencies.record(run.ms)
            service.record(run.serviceMs)
        case .failed, .error:
            if run.verdict == .failed { failed += 1 } else { errors += 1 }
            failedLatencies.record(run.ms)
            let kind = run.kind ?? "unknown"
            let isKnown = errorKinds[kind] != nil || errorKinds.count < Self.mostKinds
            errorKinds[isKnown ? kind : "other", default: 0] += 1
        }
        lag.record(lateness)
        add(run.steps, run.prefix, lateness)
    }

    private mutating func add(_ endings: [CountedStep], _ prefix: String, _ lateness: Double) {
        for (index, step) in endings.enumerated() {
            let id = prefix.isEmpty ? step.id : prefix + step.id
            let late = index == 0 ? lateness : 0
            if steps[id] == nil {
                guard steps.entries.count < Self.mostSteps else { continue }
                steps.set(id, StepTally(coarse: isCoarse))
            }
            steps.change(id) { $0.add(step, lateness: late) }
            let inside = step.counted
            if !inside.isEmpty { add(inside.map { .told($0) }, prefix, late) }
        }
    }

    /// Counts a run that the load's end cut off.
    mutating func addUnfinished() { unfinished += 1 }

    /// What the assertions judge (docs/load.md).
    func value(elapsed: Duration, withCaptures: Bool) -> Value.Object {
        var object = Value.Object()
        object["runs"] = Value(runs)
        object["passed"] = Value(passed)
        object["failed"] = Value(failed)
        object["errors"] = Value(errors)
        object["skipped"] = Value(skipped)
        object["unfinished"] = Value(unfinished)
        object["error_kinds"] = .object(
            Value.Object(errorKinds.sorted { $0.key < $1.key }.map { ($0.key, Value($0.value)) }))
        object["dropped"] = Value(dropped)
        object["late"] = Value(late)
        let seconds = elapsed.milliseconds / 1000
        object["per_second"] = .number(seconds > 0 ? (Double(runs) / seconds * 100).rounded() / 100 : 0)
        object["ms"] = latencies.value
        object["service_ms"] = service.value
        object["failed_ms"] = failedLatencies.value
        object["lag_ms"] = lag.value
        object["steps"] = .object(
            Value.Object(steps.entries.map { ($0.name, $0.element.value(withCaptures: withCaptures)) }))
        return object
    }
}
