extension ExpressionEngine {
    /// Whether an assertion holds, as far as that can be said without jq; where not, ``judge(_:in:)`` tells why.
    public func plainlyHolds(_ assertion: Expression, in context: EvaluationContext) -> Bool {
        entry(assertion).native?.onlyOutput(context)?.bool == true
    }

    /// Judges assertions; those that libjq evaluates together are evaluated together.
    public func judge(_ expressions: [Expression], in context: EvaluationContext) -> [Judgement] {
        zip(expressions, evaluate(expressions, in: context)).map { expression, outcome in
            if let error = outcome.error {
                return .fails(
                    Judgement.Failure(
                        message: error.message, range: error.range ?? 0..<expression.text.utf8.count,
                        hint: error.hint, error: error))
            }
            guard !outcome.outputs.isEmpty else { return .fails(.nothing(expression)) }
            guard let position = outcome.outputs.firstIndex(where: { $0.bool != true }) else { return .holds }
            return .fails(failure(of: expression, outcome.outputs, at: position, in: context))
        }
    }

    private func failure(
        of expression: Expression, _ outputs: [Value], at position: Int, in context: EvaluationContext
    ) -> Judgement.Failure {
        let explanation = explanation(of: expression)
        let output = outputs[position]
        var failure: Judgement.Failure
        if output.bool == false {
            var reader = ExplanationReader(
                engine: self, context: context, count: outputs.count, position: position,
                end: .now + evaluationLimits.time)
            failure = reader.failure(explanation, wanted: true)
        } else {
            failure = Judgement.Failure(
                message: "yields \(output.described), not true", range: explanation.whole.range,
                operands: [], hint: hint(for: output, explanation, position, context))
        }
        if outputs.count > 1 {
            failure.message = "output \(position + 1) of \(outputs.count): \(failure.message)"
        }
        return failure
    }

    /// The explanation of an expression; makes those of the whole batch, so that all are compiled in one go.
    private func explanation(of expression: Expression) -> Explanation {
        let entry = entry(expression)
        if let known = entry.explanation { return known }
        let together = entry.place.map { entries(in: $0.batch) } ?? []
        var needed: [Expression] = []
        for other in together + [entry] where other.explanation == nil && other.expression.role.isJudged {
            let explanation = Explanation(other.expression)
            other.explanation = explanation
            needed += explanation.expressions
        }
        let made = entry.explanation ?? Explanation(expression)
        entry.explanation = made
        adopt(needed + made.expressions, maximum: 250)
        return made
    }

    private func hint(
        for output: Value, _ explanation: Explanation, _ position: Int, _ context: EvaluationContext
    ) -> String? {
        guard output.isNull else {
            return "an assertion is true or false: compare the value, such as '… == \(output.preview(40))'"
        }
        if case .other(let input, let whole) = explanation, let path = whole.expression?.lastPath {
            var dot = context.dot ?? SharedValue(.null)
            if let input {
                let inputs = evaluate([input.expression], in: context)[0].outputs
                guard let value = inputs.indices.contains(position) ? inputs[position] : inputs.first else {
                    return nil
                }
                dot = SharedValue(value)
            }
            if let hint = Absence(of: path, in: dot)?.missingPath(at: whole.range, from: input?.text ?? "") {
                return hint.hint.map { "\(hint.message); \($0)" } ?? hint.message
            }
        }
        return "null is not true: compare it, such as '… != null'"
    }
}

extension Expression.Role {
    /// Whether what the expression yields is judged, so that a failure is to be explained.
    fileprivate var isJudged: Bool {
        switch self {
        case .assertion, .aggregate, .leaf, .until: true
        case .template, .expectTemplate, .giveUp, .capture, .condition, .each, .output: false
        }
    }
}

extension Expression {
    /// The keys of the path that stands at the end, from the stage's own input.
    fileprivate var lastPath: [ExpressionAnalysis.RootPath.Element]? {
        var node = syntax
        while true {
            switch node {
            case .group(let inner, _), .optional(let inner, _): node = inner
            case .pipe(_, let right, _): node = right
            default: return node.literalPath
            }
        }
    }
}

extension JQSyntax {
    fileprivate var literalPath: [ExpressionAnalysis.RootPath.Element]? {
        switch self {
        case .identity: []
        case .optional(let inner, _): inner.literalPath
        case .access(let base, let accessor, _):
            accessor.literalElement.flatMap { element in base.literalPath.map { $0 + [element] } }
        default: nil
        }
    }
}

extension Judgement.Failure {
    fileprivate static func nothing(_ expression: Expression) -> Self {
        Self(
            message: "nothing to judge: no output", range: 0..<expression.text.utf8.count,
            hint: "an assertion about elements needs one; to demand that there is none, compare the length with 0")
    }
}

/// Reads an explanation for one evaluation that came out wrong.
private struct ExplanationReader {
    let engine: ExpressionEngine
    let context: EvaluationContext
    /// How many outputs the assertion had, and which of them is explained.
    let count: Int
    let position: Int
    /// When the parts have had as long as an evaluation may take; what is not known then stays untold.
    var end: ContinuousClock.Instant

    /// Says why a part is not what it should be.
    mutating func failure(_ explanation: Explanation, wanted: Bool) -> Judgement.Failure {
        let range = explanation.whole.range
        switch explanation {
        case .comparison(let left, let right, _):
            return Judgement.Failure(
                message: "the comparison is \(!wanted)", range: range, operands: operands([left, right]))
        case .negation(let inner, _):
            return failure(inner, wanted: !wanted)
        case .logic(let isAnd, let left, let right, _):
            // With 'and' one side that is not true decides; with 'or' both have to be looked at.
            if isAnd == wanted { return failure(isTrue(left) == wanted ? right : left, wanted: wanted) }
            let sides = [failure(left, wanted: wanted), failure(right, wanted: wanted)]
            return Judgement.Failure(
                message: "both sides of '\(isAnd ? "and" : "or")' are \(!wanted)", range: range,
                operands: sides.flatMap(\.operands))
        case .other(let input, let whole):
            let value = whole.expression.flatMap { output(of: $0) }?.value
            if wanted, value == false, let expression = whole.expression, engine.asksSchema(expression) {
                return Judgement.Failure(
                    message: engine.schemaFindings.described, range: range, operands: operands([input]))
            }
            let message = value.map { $0.bool == nil ? "yields \($0.described), not \(wanted)" : "is \(!wanted)" }
            return Judgement.Failure(
                message: message ?? "is \(!wanted)", range: range, operands: operands([input]))
        }
    }

    private mutating func isTrue(_ explanation: Explanation) -> Bool {
        guard let value = explanation.whole.expression.flatMap({ output(of: $0) })?.value else { return false }
        return !value.isNull && value.bool != false
    }

    private mutating func operands(_ sides: [Explanation.Side?]) -> [Judgement.Operand] {
        var operands: [Judgement.Operand] = []
        for case let side? in sides {
            guard let output = output(of: side.expression) else { continue }
            operands.append(
                Judgement.Operand(text: side.text, range: side.range, value: output.value, outputs: output.outputs))
        }
        return operands
    }

    /// The value of a part: its only output, the one that belongs to the assertion's, or all as a list.
    private mutating func output(of expression: Expression) -> (value: Value, outputs: Int)? {
        guard ContinuousClock.now < end else { return nil }
        let outcome = engine.evaluate([expression], in: context)[0]
        // What ran away once would do so again in the parts around it.
        if outcome.error?.kind == .budget { end = .now }
        guard outcome.error == nil else { return nil }
        let outputs = outcome.outputs
        if outputs.count == 1 { return (outputs[0], 1) }
        if outputs.count == count { return (outputs[position], 1) }
        return (.array(outputs), outputs.count)
    }
}
