import Expressions
import ScenarioModel

/// What some runs of a load came to, as it goes from loop to loop: histograms by their filled buckets.
struct TallyRecord: Hashable {
    var counts = CountsRecord()
    var skipped = 0
    var unfinished = 0
    var service = LatencyRecord()
    var lag = LatencyRecord()
    var steps: [StepRecord] = []
}

/// A histogram with what its buckets do not tell exactly; times in milliseconds.
struct LatencyRecord: Hashable {
    var sum = 0.0
    var least = 0.0
    var most = 0.0
    var counts = LatencyCounts()
}

/// How many runs came to what.
struct CountsRecord: Hashable {
    var passed = 0
    var failed = 0
    var errors = 0
    var kinds: [String: Int] = [:]
    var dropped = 0
    var late = 0
    var latencies = LatencyRecord()
    var failedLatencies = LatencyRecord()
}

/// What one step came to.
struct StepRecord: Hashable {
    var id: String
    var runs = 0
    var passed = 0
    var failed = 0
    var errors = 0
    var skipped = 0
    var latencies = LatencyRecord()
    var failedLatencies = LatencyRecord()
    var captures: [SampleRecord] = []
}

/// A fair sample of the values of a capture, and how many they stand for.
struct SampleRecord: Hashable {
    var name: String
    var seen: Int
    var values: [Value]
}

// MARK: - As messages

extension TallyRecord {
    var value: Value {
        [
            "counts": counts.value, "skipped": Value(skipped), "unfinished": Value(unfinished),
            "service": service.value, "lag": lag.value, "steps": .array(steps.map(\.value)),
        ]
    }

    init(_ reader: MessageReader) throws(MessageProblem) {
        counts = try CountsRecord(try reader.record("counts"))
        skipped = try reader.count("skipped")
        unfinished = try reader.count("unfinished")
        service = try LatencyRecord(try reader.record("service"))
        lag = try LatencyRecord(try reader.record("lag"))
        for record in try reader.records("steps") { steps.append(try StepRecord(record)) }
    }
}

extension LatencyRecord {
    var value: Value {
        ["sum": .number(sum), "least": .number(least), "most": .number(most), "buckets": counts.value]
    }

    init(_ reader: MessageReader) throws(MessageProblem) {
        sum = try reader.number("sum")
        least = try reader.number("least")
        most = try reader.number("most")
        let written = try reader.list("buckets")
        counts = LatencyCounts(.array(written))
        // A histogram has room for an hour and a little, in microseconds.
        let areSound = counts.buckets.allSatisfy {
            (0...Latencies.mostMicroseconds).contains($0.microseconds) && $0.count <= MessageReader.mostCount
        }
        guard areSound, counts.buckets.count == written.count else { throw reader.wrong("buckets", "histogram") }
    }
}

extension CountsRecord {
    var value: Value {
        [
            "passed": Value(passed), "failed": Value(failed), "errors": Value(errors),
            "kinds": .object(Value.Object(kinds.map { ($0.key, Value($0.value)) })), "dropped": Value(dropped),
            "late": Value(late), "latencies": latencies.value, "failed_latencies": failedLatencies.value,
        ]
    }

    init(_ reader: MessageReader) throws(MessageProblem) {
        passed = try reader.count("passed")
        failed = try reader.count("failed")
        errors = try reader.count("errors")
        for (kind, count) in try reader.counts("kinds") { kinds[kind] = count }
        dropped = try reader.count("dropped")
        late = try reader.count("late")
        latencies = try LatencyRecord(try reader.record("latencies"))
        failedLatencies = try LatencyRecord(try reader.record("failed_latencies"))
    }
}

extension StepRecord {
    var value: Value {
        [
            "id": .string(id), "runs": Value(runs), "passed": Value(passed), "failed": Value(failed),
            "errors": Value(errors), "skipped": Value(skipped), "latencies": latencies.value,
            "failed_latencies": failedLatencies.value,
            "captures": .array(
                captures.map {
                    ["name": .string($0.name), "seen": Value($0.seen), "values": .array($0.values)]
                }),
        ]
    }

    init(_ reader: MessageReader) throws(MessageProblem) {
        id = try reader.text("id")
        runs = try reader.count("runs")
        passed = try reader.count("passed")
        failed = try reader.count("failed")
        errors = try reader.count("errors")
        skipped = try reader.count("skipped")
        latencies = try LatencyRecord(try reader.record("latencies"))
        failedLatencies = try LatencyRecord(try reader.record("failed_latencies"))
        for record in try reader.records("captures") {
            let sample = SampleRecord(
                name: try record.text("name"), seen: try record.count("seen"), values: try record.list("values"))
            guard sample.values.count <= sample.seen else { throw record.wrong("seen", "count of its values") }
            captures.append(sample)
        }
    }
}
