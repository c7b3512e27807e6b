import EventLoop
import Expressions
import ScenarioModel

/// How many runs came to what, and how long they took: what the aggregates of `repeat` and of a load have in common.
struct RunCounts {
    private(set) var passed = 0
    private(set) var failed = 0
    private(set) var errors = 0
    private var errorKinds: [String: Int] = [:]
    var dropped = 0
    var late = 0
    private(set) var latencies: Latencies
    private(set) var failedLatencies: Latencies
    /// A service that puts something new into each code must not fill the memory.
    private static let mostKinds = 50

    /// Creates counts of nothing.
    init(coarse: Bool = false) {
        latencies = Latencies(coarse: coarse)
        failedLatencies = Latencies(coarse: coarse)
    }

    /// Runs that ended, whatever came of them.
    var runs: Int { passed + failed + errors }

    /// Adds a run that passed, with its milliseconds.
    mutating func addPassed(_ ms: Double) {
        passed += 1
        latencies.record(ms)
    }

    /// Adds a run that did not pass, with the code of its first failure.
    mutating func addFailed(_ ms: Double, isError: Bool, kind: String?) {
        if isError { errors += 1 } else { failed += 1 }
        failedLatencies.record(ms)
        let kind = kind ?? "unknown"
        let isKnown = errorKinds[kind] != nil || errorKinds.count < Self.mostKinds
        errorKinds[isKnown ? kind : "other", default: 0] += 1
    }

    /// The members of an aggregate.
    func value(elapsed: Duration) -> Value.Object {
        var object = Value.Object()
        object["runs"] = Value(runs)
        object["passed"] = Value(passed)
        object["failed"] = Value(failed)
        object["errors"] = Value(errors)
        object["error_kinds"] = .object(
            Value.Object(errorKinds.sorted { $0.key < $1.key }.map { ($0.key, Value($0.value)) }))
        object["dropped"] = Value(dropped)
        object["late"] = Value(late)
        let seconds = elapsed.milliseconds / 1000
        object["per_second"] = .number(seconds > 0 ? (Double(runs) / seconds * 100).rounded() / 100 : 0)
        object["ms"] = latencies.value
        object["failed_ms"] = failedLatencies.value
        return object
    }
}

// MARK: - From loop to loop

extension RunCounts {
    /// What was counted, for another loop's counts.
    var record: CountsRecord {
        CountsRecord(
            passed: passed, failed: failed, errors: errors, kinds: errorKinds, dropped: dropped, late: late,
            latencies: latencies.record, failedLatencies: failedLatencies.record)
    }

    /// Adds what another loop has counted.
    mutating func merge(_ record: CountsRecord) {
        passed += record.passed
        failed += record.failed
        errors += record.errors
        dropped += record.dropped
        late += record.late
        for (kind, count) in record.kinds.sorted(by: { $0.key < $1.key }) {
            let isKnown = errorKinds[kind] != nil || errorKinds.count < Self.mostKinds
            errorKinds[isKnown ? kind : "other", default: 0] += count
        }
        latencies.merge(record.latencies)
        failedLatencies.merge(record.failedLatencies)
    }
}
