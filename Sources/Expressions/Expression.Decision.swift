internal import Diagnostics

extension Expression {
    /// The outermost logic of an expression: what a reader must see to know why it holds or not.
    ///
    /// Ranges are UTF-8 bytes of the expression's text. A `prefix` is the text that must stand before an operand to
    /// evaluate it by itself, in pieces; `program(prefix:operand:)` joins them.
    public indirect enum Decision: Sendable, Hashable {
        /// `A == B`
        case comparison(
            JQSyntax.Operator, left: Range<Int>, right: Range<Int>, whole: Range<Int>, prefix: [Range<Int>])
        /// `A and B`, `A or B`
        case logic(JQSyntax.Operator, Decision, Decision, whole: Range<Int>, prefix: [Range<Int>])
        /// `A | not`
        case negation(Decision, whole: Range<Int>, prefix: [Range<Int>])
        /// Anything else.
        case other(whole: Range<Int>, prefix: [Range<Int>])

        /// The whole of what decides, operands and operator.
        public var whole: Range<Int> {
            switch self {
            case .comparison(_, _, _, let whole, _), .logic(_, _, _, let whole, _), .negation(_, let whole, _),
                .other(let whole, _):
                whole
            }
        }

        /// What must stand before an operand to evaluate it by itself.
        public var prefix: [Range<Int>] {
            switch self {
            case .comparison(_, _, _, _, let prefix), .logic(_, _, _, _, let prefix), .negation(_, _, let prefix),
                .other(_, let prefix):
                prefix
            }
        }
    }

    /// The outermost logic of this expression.
    public var decision: Decision { Self.decision(of: syntax, prefix: []) }

    /// The program that yields an operand's value: the prefix, then the operand in parentheses.
    public func program(prefix: [Range<Int>], operand: Range<Int>) -> String {
        prefix.map { source.slice($0).text }.joined() + "(" + source.slice(operand).text + ")"
    }

    private static func decision(of node: JQSyntax, prefix: [Range<Int>]) -> Decision {
        switch node {
        case .group(let inner, _): return decision(of: inner, prefix: prefix)
        case .pipe(let left, .call("not", let arguments, _, _), let range) where arguments.isEmpty:
            return .negation(decision(of: left, prefix: prefix), whole: range, prefix: prefix)
        case .pipe(let left, let right, _):
            return decision(of: right, prefix: prefix + [left.range.lowerBound..<right.range.lowerBound])
        case .binding(_, _, let body, let range), .label(_, let body, let range),
            .definition(_, _, _, let body, let range):
            return decision(of: body, prefix: prefix + [range.lowerBound..<body.range.lowerBound])
        case .binary(let infix, let left, let right, let range) where infix.isComparison:
            return .comparison(infix, left: left.range, right: right.range, whole: range, prefix: prefix)
        case .binary(let infix, let left, let right, let range) where infix.isLogic:
            return .logic(
                infix, decision(of: left, prefix: prefix), decision(of: right, prefix: prefix), whole: range,
                prefix: prefix)
        default: return .other(whole: node.range, prefix: prefix)
        }
    }
}
