public import Diagnostics
public import Expressions

/// The tree of an `expect`: objects partial, arrays exact, leaves by type and value or by predicate.
public indirect enum Expectation: Sendable {
    case literal(Value, text: String?, SourceSpan)
    case template(Template, SourceSpan)
    case array([Expectation], SourceSpan)
    case object([Member], SourceSpan)
    /// `{ $: JQ }`
    case predicate(Expression, SourceSpan)
    /// `{ $: absent }`
    case absent(SourceSpan)

    /// A key that must be there, and what its value must be.
    public struct Member: Sendable {
        public var key: String
        public var keySpan: SourceSpan
        public var value: Expectation
        /// Creates a member.
        public init(key: String, keySpan: SourceSpan, value: Expectation) {
            self.key = key
            self.keySpan = keySpan
            self.value = value
        }
    }

    /// Where it is written.
    public var span: SourceSpan {
        switch self {
        case .literal(_, _, let span), .template(_, let span), .array(_, let span), .object(_, let span),
            .predicate(_, let span), .absent(let span):
            span
        }
    }

    /// Whether the tree's root speaks of a member of the result.
    public func names(_ field: String) -> Bool {
        guard case .object(let members, _) = self else { return false }
        return members.contains { $0.key == field }
    }

    /// The part of the tree for a member of the result.
    public subscript(field: String) -> Expectation? {
        guard case .object(let members, _) = self else { return nil }
        return members.first { $0.key == field }?.value
    }
}
