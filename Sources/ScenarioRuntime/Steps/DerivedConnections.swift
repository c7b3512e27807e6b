import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

/// What a derived target says of its connections: keys that all kinds have, read once their templates are evaluated.
struct DerivedConnections {
    /// The problem with a value, for the failure of the step.
    struct Problem: Error {
        var message: String
        var hint: String
    }

    private let origin: Origin

    /// Puts what the scenario says into the target; other keys are the kind's.
    static func apply(_ changes: Value.Object, to target: inout Target, at span: SourceSpan) throws(Problem) {
        let reader = DerivedConnections(origin: .file(span))
        if let value = changes["max_connections"] {
            target.ownMaxConnections = try reader.count("max_connections", value, atLeast: 1)
        }
        if let value = changes["timeout"] { target.timeout = try reader.duration("timeout", value) }
        guard let value = changes["pool"] else { return }
        guard let pool = value.object else {
            throw Problem(
                message: "'pool' is \(value.type), not a mapping", hint: "write 'pool: { size: 1, max_overflow: 0 }'")
        }
        var own = PoolPart()
        for (key, value) in pool {
            switch key {
            case "size": own.size = try reader.count(key, value, atLeast: 1)
            case "max_overflow": own.maxOverflow = try reader.count(key, value, atLeast: 0)
            case "timeout": own.timeout = try reader.duration(key, value)
            default:
                throw Problem(
                    message: "unknown key '\(key)' in pool", hint: "known keys are 'size', 'max_overflow', 'timeout'")
            }
        }
        target.ownPool = own
    }

    private func count(_ key: String, _ value: Value, atLeast least: Int) throws(Problem) -> Setting<Int> {
        guard let count = value.string.map({ Int($0) }) ?? value.number.flatMap({ Int(exactly: $0) }), count >= least
        else {
            throw Problem(
                message: "'\(key)' is \(value.json()), not a whole number from \(least) on", hint: "write a number")
        }
        return Setting(count, origin)
    }

    private func duration(_ key: String, _ value: Value) throws(Problem) -> Setting<Duration> {
        guard let text = value.string, let duration = DurationText.parse(text) else {
            throw Problem(
                message: "'\(key)' is \(value.json()), not a duration", hint: "write a text with a unit, such as 500ms")
        }
        return Setting(duration, origin)
    }
}
