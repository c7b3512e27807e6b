internal import Diagnostics

extension ExpressionEngine {
    /// Evaluates a template: a whole one keeps the type of its value, in text each value is written.
    ///
    /// - Throws: The error of an expression; in text also where a value is null, an array or an object.
    public func render(_ template: Template, in context: EvaluationContext) throws(EvaluationError) -> Value {
        switch template {
        case .literal(let text): return .string(text)
        case .whole(let expression): return try value(of: expression, in: context)
        case .text(let parts):
            var text = ""
            for part in parts {
                switch part {
                case .literal(let literal): text += literal
                case .value(let expression):
                    let value = try value(of: expression, in: context)
                    switch value {
                    case .string, .number, .bool: text += value.tostring
                    case .null, .array, .object: throw .inText(value, expression)
                    }
                }
            }
            return .string(text)
        }
    }
}

extension EvaluationError {
    fileprivate static func inText(_ value: Value, _ expression: Expression) -> Self {
        EvaluationError(
            .outputs, "'\(expression.text)' is \(value.described), which does not stand inside text",
            hint: value.isNull ? "'… // \"default\"' gives a text for null" : "'tojson' writes it as text",
            span: expression.source.span)
    }
}
