internal import Expressions

/// Makes a value of a record's members.
struct ValueWriter: ResultWriter {
    private(set) var object = Value.Object()
    private let mask: SecretMask?

    /// Creates a writer of an object.
    init(mask: SecretMask? = nil) { self.mask = mask }

    mutating func text(_ key: String, _ text: String) { object[key] = .string(masked(text)) }
    mutating func symbol(_ key: String, _ symbol: String) { object[key] = .string(symbol) }
    mutating func integer(_ key: String, _ integer: Int) { object[key] = Value(integer) }
    mutating func flag(_ key: String, _ flag: Bool) { object[key] = .bool(flag) }
    mutating func milliseconds(_ key: String, _ ms: Double) { object[key] = .number(roundedMilliseconds(ms)) }
    mutating func value(_ key: String, _ value: Value) {
        object[key] = mask.map { value.masked(by: $0) } ?? value
    }
    mutating func texts(_ key: String, _ texts: [String]) { object[key] = .array(texts.map { .string(masked($0)) }) }
    mutating func record(_ key: String, _ record: some ResultWritable) { object[key] = value(of: record) }
    mutating func records(_ key: String, _ records: [some ResultWritable]) {
        object[key] = .array(records.map { value(of: $0) })
    }

    private func masked(_ text: String) -> String { mask?.masked(text) ?? text }

    private func value(of record: some ResultWritable) -> Value {
        var writer = Self(mask: mask)
        record.write(to: &writer)
        return .object(writer.object)
    }
}
