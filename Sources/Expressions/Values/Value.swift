/// A JSON value as scenarios see it.
///
/// Integers beyond ±2^53 and other numbers that a double cannot hold are carried as their exact
/// decimal text (language.md §1), so `number` is always exact.
public enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([Value])
    case object(Object)

    /// The name of the JSON type, as jq's `type` gives it.
    public var type: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension Value {
    /// Equality as jq has it: strings are equal byte by byte, NaN equals nothing, members stand in any order.
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let bool): hasher.combine(bool)
        case .number(let number): hasher.combine(number)
        case .string(let text): hasher.combine(ExactText(text: text))
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self = .object(Object(elements)) }
    public init(nilLiteral: ()) { self = .null }
}

extension Value {
    /// A number of an integer, exact text beyond ±2^53.
    public init(_ integer: Int) {
        self = integer.magnitude <= 1 << 53 ? .number(Double(integer)) : .string(String(integer))
    }
    /// The member of an object, or nil for anything else.
    public subscript(key: String) -> Value? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }
    /// The text of a string, or nil.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The number, or nil.
    public var number: Double? { if case .number(let number) = self { number } else { nil } }
    /// The boolean, or nil.
    public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    /// The elements of an array, or nil.
    public var array: [Value]? { if case .array(let array) = self { array } else { nil } }
    /// The object, or nil.
    public var object: Object? { if case .object(let object) = self { object } else { nil } }
    /// Whether this is null.
    public var isNull: Bool { if case .null = self { true } else { false } }
}
