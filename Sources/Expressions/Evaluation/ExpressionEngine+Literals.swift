internal import Diagnostics

extension ExpressionEngine {
    /// Finds literal arguments that their function refuses whatever its input: patterns, their flags, durations.
    ///
    /// libjq compiles such an expression and fails where it runs, so each distinct call is tried on an input that
    /// says nothing. Each error comes with the position of its expression in the list and the place of the argument.
    public static func checkLiterals(_ expressions: [Expression]) -> [(Int, EvaluationError)] {
        var calls: [(position: Int, call: LiteralCall)] = []
        for (position, expression) in expressions.enumerated() {
            for call in LiteralCall.all(in: expression) { calls.append((position, call)) }
        }
        guard !calls.isEmpty else { return [] }
        var probes: [String: Expression] = [:]
        for (_, call) in calls where probes[call.probe] == nil { probes[call.probe] = call.expression }
        let order = probes.sorted { $0.key < $1.key }
        let engine = ExpressionEngine(order.map(\.value))
        var errors: [String: EvaluationError] = [:]
        for (text, outcome) in zip(order.map(\.key), engine.evaluate(order.map(\.value), in: EvaluationContext())) {
            errors[text] = outcome.error
        }
        return calls.compactMap { position, call in
            guard var error = errors[call.probe] else { return nil }
            error.range = call.range
            return (position, error.located(in: expressions[position]))
        }
    }
}

/// A call whose outcome some of its literal arguments may rule out.
private struct LiteralCall {
    /// The call with an input that says nothing: `"" | test("(")`.
    let probe: String
    /// The literals in the expression's bytes.
    let range: Range<Int>

    /// The calls of an expression, functions of its own left out.
    static func all(in expression: Expression) -> [LiteralCall] {
        guard expression.text.utf8.contains(UInt8(ascii: "(")) else { return [] }
        var found: [LiteralCall] = []
        var defined: Set<String> = []
        func visit(_ node: JQSyntax) {
            if case .definition(let name, _, _, _, _) = node { defined.insert(name) }
            if case .call(let name, let arguments, _, _) = node, !defined.contains(name),
                let call = LiteralCall(name, arguments, expression)
            {
                found.append(call)
            }
            node.forEachChild(visit)
        }
        visit(expression.syntax)
        return found
    }

    private init?(_ name: String, _ arguments: [JQSyntax], _ expression: Expression) {
        // Which arguments are looked at, and what stands for the others.
        let input: String
        let looked: [Int]
        switch (name, arguments.count) {
        case ("test", 1...2), ("match", 1...2), ("capture", 1...2), ("scan", 1), ("splits", 1...2), ("split", 2):
            (input, looked) = ("\"\"", Array(arguments.indices))
        case ("sub", 2...3), ("gsub", 2...3): (input, looked) = ("\"\"", [0, 2])
        case ("date_add", 1): (input, looked) = ("0", [0])
        case ("percentile", 1): (input, looked) = ("[1]", [0])
        default: return nil
        }
        var texts = arguments.map { _ in "\"\"" }
        var ranges: [Range<Int>] = []
        for index in looked where index < arguments.count {
            guard let range = arguments[index].literalRange else { return nil }
            texts[index] = expression.source.slice(range).text
            ranges.append(range)
        }
        guard let first = ranges.first, let last = ranges.last else { return nil }
        probe = "\(input) | \(name)(\(texts.joined(separator: "; ")))"
        range = first.lowerBound..<last.upperBound
    }

    /// The probe as an expression; nil where it is none, which is told elsewhere.
    var expression: Expression? {
        let nowhere = SourceSpan(SourceFile(path: "", bytes: []), 0..<0)
        var problems: [Diagnostic] = []
        return Expression.parse(LocatedText(verbatim: probe, at: nowhere), role: .template, into: &problems)
    }
}

extension JQSyntax {
    /// The range of a string or number known from the text.
    fileprivate var literalRange: Range<Int>? {
        switch self {
        case .literal(let value, let range): value.isNull ? nil : range
        case .negation(let inner, let range): inner.literalRange == nil ? nil : range
        case .group(let inner, _): inner.literalRange
        default: nil
        }
    }
}
