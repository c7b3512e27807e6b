public import Diagnostics
public import Expressions

/// A YAML value whose scalars may hold templates; evaluating it never changes its structure.
public indirect enum ValueTemplate: Sendable {
    /// A value known from the text, with the text as it was written where it is a scalar (`1.10` stays `1.10`).
    case literal(Value, text: String?, SourceSpan)
    case template(Template, SourceSpan)
    case array([ValueTemplate], SourceSpan)
    case object([Member], SourceSpan)

    /// A key, which is never a template, and its value.
    public struct Member: Sendable {
        public var key: String
        public var keySpan: SourceSpan
        public var value: ValueTemplate
        /// Creates a member.
        public init(key: String, keySpan: SourceSpan, value: ValueTemplate) {
            self.key = key
            self.keySpan = keySpan
            self.value = value
        }
    }

    /// Where it is written.
    public var span: SourceSpan {
        switch self {
        case .literal(_, _, let span), .template(_, let span), .array(_, let span), .object(_, let span): span
        }
    }

    /// The value where no template stands in it.
    public var constant: Value? {
        switch self {
        case .literal(let value, _, _): return value
        case .template: return nil
        case .array(let elements, _):
            var values: [Value] = []
            for element in elements {
                guard let value = element.constant else { return nil }
                values.append(value)
            }
            return .array(values)
        case .object(let members, _):
            var object = Value.Object()
            for member in members {
                guard let value = member.value.constant else { return nil }
                object[member.key] = value
            }
            return .object(object)
        }
    }

    /// The member of an object, or nil.
    public subscript(key: String) -> ValueTemplate? {
        guard case .object(let members, _) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}

extension ValueTemplate {
    /// Every expression in it, in order.
    public var expressions: [Expression] {
        switch self {
        case .literal: []
        case .template(let template, _): template.expressions
        case .array(let elements, _): elements.flatMap(\.expressions)
        case .object(let members, _): members.flatMap(\.value.expressions)
        }
    }
}
