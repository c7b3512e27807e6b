import Expressions
import ScenarioModel

/// Why a line between two loops of a load is no message.
struct MessageProblem: Error, Hashable, CustomStringConvertible {
    /// Such as `'total.passed' is no count`.
    var description: String

    init(_ description: String) { self.description = description }
}

/// Gives the members of a message as what they are due to be.
///
/// The other process is one of ours, but it may be dying: whatever it sends is read or refused, and never trapped on.
struct MessageReader {
    private let object: Value.Object
    private let path: String
    /// No load comes near it, and millions of such counts still have a sum.
    static let mostCount = 1 << 40

    /// Reads a line as an object.
    init(_ line: [UInt8]) throws(MessageProblem) {
        guard case .object(let object) = try? JSON.parse(line).value else {
            throw MessageProblem("the line is no object")
        }
        self.object = object
        path = ""
    }

    private init(_ object: Value.Object, path: String) {
        self.object = object
        self.path = path
    }

    func value(_ key: String) -> Value { object[key] ?? .null }

    func has(_ key: String) -> Bool { !value(key).isNull }

    func text(_ key: String) throws(MessageProblem) -> String {
        guard let text = value(key).string else { throw wrong(key, "text") }
        return text
    }

    /// Reads a whole number that is not negative.
    func count(_ key: String) throws(MessageProblem) -> Int {
        guard let count = Self.count(value(key)) else { throw wrong(key, "count") }
        return count
    }

    func number(_ key: String) throws(MessageProblem) -> Double {
        guard let number = value(key).number, number.isFinite else { throw wrong(key, "number") }
        return number
    }

    func flag(_ key: String) throws(MessageProblem) -> Bool {
        guard let flag = value(key).bool else { throw wrong(key, "boolean") }
        return flag
    }

    /// Reads nanoseconds.
    func duration(_ key: String) throws(MessageProblem) -> Duration {
        guard let nanoseconds = Self.whole(value(key), most: 1 << 53) else { throw wrong(key, "duration") }
        return .nanoseconds(nanoseconds)
    }

    func list(_ key: String) throws(MessageProblem) -> [Value] {
        guard let list = value(key).array else { throw wrong(key, "list") }
        return list
    }

    func texts(_ key: String) throws(MessageProblem) -> [String] {
        let list = try list(key)
        let texts = list.compactMap(\.string)
        guard texts.count == list.count else { throw wrong(key, "list of texts") }
        return texts
    }

    func members(_ key: String) throws(MessageProblem) -> Value.Object {
        guard let members = value(key).object else { throw wrong(key, "object") }
        return members
    }

    func record(_ key: String) throws(MessageProblem) -> MessageReader {
        MessageReader(try members(key), path: "\(path)\(key).")
    }

    func records(_ key: String) throws(MessageProblem) -> [MessageReader] {
        var records: [MessageReader] = []
        for element in try list(key) {
            guard let object = element.object else { throw wrong(key, "list of objects") }
            records.append(MessageReader(object, path: "\(path)\(key)[\(records.count)]."))
        }
        return records
    }

    /// Reads counts by name.
    func counts(_ key: String) throws(MessageProblem) -> [(name: String, count: Int)] {
        var counts: [(name: String, count: Int)] = []
        for (name, value) in try members(key) {
            guard let count = Self.count(value) else { throw wrong(key, "object of counts") }
            counts.append((name, count))
        }
        return counts
    }

    func wrong(_ key: String, _ expected: String) -> MessageProblem {
        MessageProblem("'\(path)\(key)' is no \(expected)")
    }

    private static func count(_ value: Value) -> Int? { whole(value, most: mostCount) }

    private static func whole(_ value: Value, most: Int) -> Int? {
        guard let number = value.number, number >= 0, number <= Double(most) else { return nil }
        return Int(exactly: number)
    }
}

extension Value {
    /// A message as a line.
    var line: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        bytes.append(0x0A)
        return bytes
    }

    /// A duration in nanoseconds, as messages have it; what is negative is nothing.
    static func nanoseconds(_ duration: Duration) -> Value {
        .number(max(0, (duration / .nanoseconds(1)).rounded()))
    }
}
