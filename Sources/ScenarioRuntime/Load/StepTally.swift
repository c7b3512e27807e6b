import Expressions
import ScenarioModel

/// What one step of a load's runs has come to so far.
struct StepTally {
    private(set) var runs = 0
    private(set) var passed = 0
    private(set) var failed = 0
    private(set) var errors = 0
    private(set) var skipped = 0
    private(set) var latencies: Latencies
    private var failedLatencies: Latencies?
    private var captures: [String: Reservoir] = [:]
    private let isCoarse: Bool

    /// Creates a tally of nothing.
    init(coarse: Bool) {
        isCoarse = coarse
        latencies = Latencies(coarse: coarse)
    }

    /// Adds a step that has ended; `lateness` is what its run started behind its time, in milliseconds.
    mutating func add(_ step: CountedStep, lateness: Double) {
        let ms = step.ms
        switch step.verdict {
        case .skipped:
            skipped += 1
            return
        case .passed:
            passed += 1
            latencies.record(ms + lateness)
        case .failed, .error:
            if step.verdict == .failed { failed += 1 } else { errors += 1 }
            if failedLatencies == nil { failedLatencies = Latencies(coarse: true) }
            failedLatencies?.record(ms + lateness)
        }
        runs += 1
        guard !isCoarse else { return }
        for (name, value) in step.captures {
            captures[name, default: Reservoir(seed: step.id + name)].offer(value)
        }
    }

    /// The step's part of the aggregate; captured values only where asked for.
    func value(withCaptures: Bool) -> Value {
        var object = Value.Object()
        object["runs"] = Value(runs)
        object["passed"] = Value(passed)
        object["failed"] = Value(failed)
        object["errors"] = Value(errors)
        object["skipped"] = Value(skipped)
        object["ms"] = latencies.value
        object["failed_ms"] = failedLatencies?.value ?? .null
        guard withCaptures else { return .object(object) }
        for (name, sample) in captures.sorted(by: { $0.key < $1.key }) where object[name] == nil {
            object[name] = .array(sample.values)
        }
        return .object(object)
    }

    /// The step's line of an interval.
    var brief: Value {
        [
            "runs": Value(runs), "failed": Value(failed + errors),
            "p50": latencies.count > 0 ? .number(latencies.percentile(50)) : .null,
            "p95": latencies.count > 0 ? .number(latencies.percentile(95)) : .null,
        ]
    }
}

// MARK: - From loop to loop

extension StepTally {
    /// What was counted, for another loop's tally.
    func record(id: String) -> StepRecord {
        StepRecord(
            id: id, runs: runs, passed: passed, failed: failed, errors: errors, skipped: skipped,
            latencies: latencies.record, failedLatencies: failedLatencies?.record ?? LatencyRecord(),
            captures: captures.sorted { $0.key < $1.key }.map { $0.value.record(name: $0.key) })
    }

    /// Adds what another loop has counted of the same step.
    mutating func merge(_ record: StepRecord) {
        runs += record.runs
        passed += record.passed
        failed += record.failed
        errors += record.errors
        skipped += record.skipped
        latencies.merge(record.latencies)
        if record.failedLatencies.counts.count > 0 {
            if failedLatencies == nil { failedLatencies = Latencies(coarse: true) }
            failedLatencies?.merge(record.failedLatencies)
        }
        for sample in record.captures {
            captures[sample.name, default: Reservoir(seed: record.id + sample.name)].merge(sample)
        }
    }
}
