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
        self = abs(integer) <= 1 << 53 ? .number(Double(integer)) : .string(String(integer))
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
