import Expressions
import ScenarioModel

/// What the loop that leads a load tells one of the others: a line of JSON each.
enum LoopOrder {
    /// Begins at a moment that is the same for all.
    case begin(LoadBeginning)
    /// Asks what was done since the last time.
    case tell
    /// Starts no more runs.
    case end(LoadOutcome.End)
    /// What a need came to, by the key of the question; with what became known as secrets meanwhile.
    case need(key: String, NeedOutcome, secrets: [String])
}

/// What a loop must know to begin its part of a load.
struct LoadBeginning {
    var index: Int
    var count: Int
    /// From the moment at which the command began, which all loops have from it.
    var at: Duration
    /// Evaluated once, so that all loops do the same.
    var values: LoadPlan.Values
}

extension LoopOrder {
    /// The order as a line.
    var line: [UInt8] {
        switch self {
        case .begin(let beginning): return beginning.value.line
        case .tell: return (["order": "tell"] as Value).line
        case .end(let reason): return (["order": "end", "reason": .string(reason.rawValue)] as Value).line
        case .need(let key, let outcome, let secrets):
            var object: Value.Object = .init()
            object["order"] = "need"
            object["key"] = .string(key)
            switch outcome {
            case .outputs(let outputs): object["outputs"] = outputs
            case .failed(let reason): object["failed"] = .string(reason)
            case .broken(let failure): object["failed"] = .string(failure.report.message)
            }
            object["secrets"] = .array(secrets.map { .string($0) })
            return Value.object(object).line
        }
    }

    /// Reads a line.
    init(_ line: [UInt8]) throws(MessageProblem) {
        let reader = try MessageReader(line)
        switch try reader.text("order") {
        case "begin": self = .begin(try LoadBeginning(reader))
        case "tell": self = .tell
        case "end":
            guard let reason = LoadOutcome.End(rawValue: try reader.text("reason")) else {
                throw reader.wrong("reason", "known word")
            }
            self = .end(reason)
        case "need":
            let outcome: NeedOutcome =
                reader.has("failed") ? .failed(try reader.text("failed")) : .outputs(reader.value("outputs"))
            self = .need(key: try reader.text("key"), outcome, secrets: try reader.texts("secrets"))
        default: throw reader.wrong("order", "known word")
        }
    }
}

extension LoadBeginning {
    var value: Value {
        var object: Value.Object = .init()
        object["order"] = "begin"
        object["index"] = Value(index)
        object["count"] = Value(count)
        object["at"] = .nanoseconds(at)
        object["parallel"] = Value(values.parallel)
        object["rate"] = values.rate.map { .number($0) } ?? .null
        object["warmup"] = .nanoseconds(values.warmup)
        object["think"] = .nanoseconds(values.think)
        switch values.extent {
        case .times(let times): object["times"] = Value(times)
        case .duration(let length): object["length"] = .nanoseconds(length)
        }
        return .object(object)
    }

    init(_ reader: MessageReader) throws(MessageProblem) {
        index = try reader.count("index")
        count = try reader.count("count")
        guard index < count, count <= LoopChoice.most else { throw reader.wrong("index", "number of a loop") }
        at = try reader.duration("at")
        values = LoadPlan.Values(
            parallel: try reader.count("parallel"), rate: reader.has("rate") ? try reader.number("rate") : nil,
            warmup: try reader.duration("warmup"), think: try reader.duration("think"),
            extent: reader.has("times")
                ? .times(try reader.count("times")) : .duration(try reader.duration("length")))
    }
}
