/// What a value must look like.
public indirect enum Shape: Sendable {
    case any
    case null
    case text
    case identifier
    case integer
    case number
    case boolean
    case duration
    case size
    case rate
    /// Bare jq.
    case expression
    case list(Shape)
    case map(Shape)
    /// A mapping of known keys; the table is made when it is asked for, since tables name each other.
    case table(@Sendable () -> KeyTable)
    case choice([String])
    case oneOf([Shape])
    /// The shape, or a text that is one whole `${{ … }}`.
    case template(Shape)

    /// The shape in words, for "expected …": `a duration such as 5s`.
    public var phrase: String {
        switch self {
        case .any: "a value"
        case .null: "null"
        case .text: "text"
        case .identifier: "a name of letters, digits, '_' and '-'"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .duration: "a duration such as 5s"
        case .size: "a size such as 10KiB"
        case .rate: "a rate such as 20/s"
        case .expression: "a jq expression"
        case .list(let element): "a list of " + element.plural
        case .map(let value): "a mapping of " + value.plural
        case .table(let table): "a mapping (\(table().name))"
        case .choice(let words): Shape.alternatives(words.map { "'\($0)'" })
        case .oneOf(let shapes): Shape.alternatives(shapes.map(\.phrase))
        case .template(let shape): shape.phrase
        }
    }

    private var plural: String {
        switch self {
        case .any: "values"
        case .text: "texts"
        case .identifier: "names"
        case .integer: "whole numbers"
        case .number: "numbers"
        case .boolean: "booleans"
        case .duration: "durations such as 5s"
        case .size: "sizes such as 10KiB"
        case .rate: "rates such as 20/s"
        case .expression: "jq expressions"
        case .list: "lists"
        case .map: "mappings"
        case .table(let table): "mappings (\(table().name))"
        case .template(let shape): shape.plural
        case .null, .choice, .oneOf: "values, each " + phrase
        }
    }

    /// Joins words as a sentence does: `a, b or c`.
    static func alternatives(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "nothing" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
