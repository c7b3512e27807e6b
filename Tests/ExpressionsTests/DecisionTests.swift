import Expressions
import Testing

/// The outermost logic of an expression, with programs for its operands.
struct DecisionTests {
    @Test(arguments: [
        (".a == 1", "(.a) == (1)"), (".a | length > 2", ".a | (length) > .a | (2)"),
        (".x as $v | .a == $v", ".x as $v | (.a) == .x as $v | ($v)"),
        ("def f: .a; f == 1", "def f: .a; (f) == def f: .a; (1)"),
        (".a == 1 and (.b | .c < 2)", "[(.a) == (1) and .b | (.c) < .b | (2)]"),
        ("(.a | .b) or .c", "[.a | (.b) or (.c)]"), (".a == 1 | not", "not (.a) == (1)"), (".ok", "(.ok)"),
        ("(((.a == 1)))", "(.a) == (1)"),
        (".p | (.q | .a == 1) and .b", "[.p | .q | (.a) == .p | .q | (1) and .p | (.b)]"),
    ])
    func `operands can be evaluated by themselves`(_ text: String, _ shape: String) throws {
        let expression = try #require(Parsed(text).expression)
        #expect(describe(expression.decision, expression) == shape)
    }

    private func describe(_ decision: Expression.Decision, _ expression: Expression) -> String {
        switch decision {
        case .comparison(let infix, let left, let right, _, let prefix):
            "\(expression.program(prefix: prefix, operand: left)) \(infix.rawValue) "
                + expression.program(prefix: prefix, operand: right)
        case .logic(let infix, let left, let right, _, _):
            "[\(describe(left, expression)) \(infix.rawValue) \(describe(right, expression))]"
        case .negation(let inner, _, _): "not \(describe(inner, expression))"
        case .other(let whole, let prefix): expression.program(prefix: prefix, operand: whole)
        }
    }
}
