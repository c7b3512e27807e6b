import Expressions
import ScenarioModel

/// What one of the other loops tells the one that leads the load: a line of JSON each.
enum LoopReport {
    /// It has made itself ready, and waits for the beginning.
    case ready
    /// What it has done since it was last asked.
    case tally(LoopTally)
    /// One of its runs is the first there to need a scenario, which the leading loop runs once for all.
    case need(NeedQuestion)
}

/// What a loop has done since it was last asked.
struct LoopTally {
    /// All of it, by the clock.
    var interval = TallyRecord()
    /// What of it counts: without the warm-up.
    var total = TallyRecord()
    /// Whether nothing more will come.
    var isLast = false
    /// Whether it still starts runs.
    var isStarting = true
    var inFlight = 0
    /// The most runs that were in flight at a time.
    var peak = 0
    /// How late its own timer came, at worst.
    var lag: Duration = .zero
    /// The processor time that it took, and in how much time by the clock.
    var spent: Duration = .zero
    var passed: Duration = .zero
    /// In bytes.
    var memory = 0
    /// Requests since the beginning.
    var requests = 0
    var firstSkip: String?
    /// Runs that did not pass, with the cause of each.
    var samples: [LoadRun.Sample] = []
    /// What became known as a secret: whoever writes reports must know it.
    var secrets: [String] = []
}

/// A need that a run has, its parameters evaluated.
struct NeedQuestion: Hashable {
    /// The number of the test in the plan.
    var test: Int
    /// The need's name in its scenario.
    var name: String
    var parameters: Value.Object
    /// What the answer is told apart by.
    var key: String
}

extension LoopReport {
    /// The report as a line.
    var line: [UInt8] {
        switch self {
        case .ready: return (["report": "ready"] as Value).line
        case .tally(let tally): return tally.value.line
        case .need(let need):
            let value: Value = [
                "report": "need", "test": Value(need.test), "name": .string(need.name),
                "parameters": .object(need.parameters), "key": .string(need.key),
            ]
            return value.line
        }
    }

    /// Reads a line.
    init(_ line: [UInt8]) throws(MessageProblem) {
        let reader = try MessageReader(line)
        switch try reader.text("report") {
        case "ready": self = .ready
        case "tally": self = .tally(try LoopTally(reader))
        case "need":
            self = .need(
                NeedQuestion(
                    test: try reader.count("test"), name: try reader.text("name"),
                    parameters: try reader.members("parameters"), key: try reader.text("key")))
        default: throw reader.wrong("report", "known word")
        }
    }
}

extension LoopTally {
    var value: Value {
        [
            "report": "tally", "interval": interval.value, "total": total.value, "is_last": .bool(isLast),
            "is_starting": .bool(isStarting), "in_flight": Value(inFlight), "peak": Value(peak),
            "lag": .nanoseconds(lag), "spent": .nanoseconds(spent), "passed": .nanoseconds(passed),
            "memory": Value(memory), "requests": Value(requests),
            "first_skip": firstSkip.map { .string($0) } ?? .null,
            "samples": .array(
                samples.map { ["cause": .string($0.cause), "result": $0.result.json(masking: nil)] }),
            "secrets": .array(secrets.map { .string($0) }),
        ]
    }

    init(_ reader: MessageReader) throws(MessageProblem) {
        interval = try TallyRecord(try reader.record("interval"))
        total = try TallyRecord(try reader.record("total"))
        isLast = try reader.flag("is_last")
        isStarting = try reader.flag("is_starting")
        inFlight = try reader.count("in_flight")
        peak = try reader.count("peak")
        lag = try reader.duration("lag")
        spent = try reader.duration("spent")
        passed = try reader.duration("passed")
        memory = try reader.count("memory")
        requests = try reader.count("requests")
        firstSkip = reader.has("first_skip") ? try reader.text("first_skip") : nil
        for sample in try reader.records("samples") {
            guard let result = try? TestResult(json: sample.value("result")) else {
                throw sample.wrong("result", "result of a run")
            }
            samples.append(LoadRun.Sample(cause: try sample.text("cause"), result: result))
        }
        secrets = try reader.texts("secrets")
    }
}
