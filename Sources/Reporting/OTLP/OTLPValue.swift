internal import Expressions

/// Values in the JSON form of OTLP, the protocol of OpenTelemetry.
enum OTLPValue {
    /// The most bytes of a text.
    private static let mostBytes = 4096

    /// A list of attributes; members without a value are left out.
    static func attributes(_ members: [(String, Value)]) -> Value {
        .array(members.filter { !$0.1.isNull }.map { ["key": .string($0.0), "value": any($0.1)] })
    }

    /// A value with its type told; a whole number is text, since JSON cannot hold all of 64 bits.
    private static func any(_ value: Value) -> Value {
        switch value {
        case .bool(let flag): return ["boolValue": .bool(flag)]
        case .number(let number):
            if let whole = Int(exactly: number) { return ["intValue": .string(String(whole))] }
            return ["doubleValue": .number(number)]
        case .array(let elements): return ["arrayValue": ["values": .array(elements.map(any))]]
        case .string(let text): return ["stringValue": .string(cut(text))]
        case .null, .object: return ["stringValue": .string(cut(value.json()))]
        }
    }

    /// The beginning of a text.
    static func cut(_ text: String) -> String {
        text.utf8.count <= mostBytes ? text : String(decoding: text.utf8.prefix(mostBytes), as: UTF8.self) + "…"
    }

    /// A time in nanoseconds since 1970, of milliseconds; text, as all numbers of 64 bits.
    static func time(_ ms: Double) -> Value {
        guard ms.isFinite, ms > 0, ms < 9e15 else { return "0" }
        return .string(String(UInt64((ms * 1000).rounded()) * 1000))
    }

    /// What sends: the service that a collector sees, and the run.
    static func resource(version: String, run: String) -> Value {
        [
            "attributes": attributes([
                ("service.name", "plumb"), ("service.version", .string(version)),
                ("service.instance.id", .string(run)), ("plumb.run.id", .string(run)),
            ])
        ]
    }

    /// What makes the spans and metrics.
    static func scope(version: String) -> Value { ["name": "plumb", "version": .string(version)] }
}
