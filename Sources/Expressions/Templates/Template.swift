/// A value of a scenario that may hold expressions.
public enum Template: Sendable {
    /// A text without expressions.
    case literal(String)
    /// A scalar that is exactly one `${{ … }}`, which keeps the JSON type of its value.
    case whole(Expression)
    /// Expressions inside other text, whose values are written with `tostring`.
    case text([Part])

    /// A piece of a text.
    public enum Part: Sendable {
        case literal(String)
        case value(Expression)
    }

    /// The expressions, in the order they are written.
    public var expressions: [Expression] {
        switch self {
        case .literal: []
        case .whole(let expression): [expression]
        case .text(let parts):
            parts.compactMap { part in if case .value(let expression) = part { expression } else { nil } }
        }
    }
}
