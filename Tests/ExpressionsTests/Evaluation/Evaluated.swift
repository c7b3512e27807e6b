import Diagnostics
import Expressions

/// Reads an expression as a scenario's, without complaint about what lint would refuse.
func expression(
    _ text: String, role: Expression.Role = .assertion, extraVariables: Set<String> = []
) throws -> Expression {
    var diagnostics: [Diagnostic] = []
    let source = LocatedText(
        verbatim: text, at: SourceSpan(SourceFile(path: "test.yaml", text: text), 0..<text.utf8.count))
    guard
        let expression = Expression.parse(source, role: role, extraVariables: extraVariables, into: &diagnostics)
    else { throw Unreadable(messages: diagnostics.map { "\($0.code): \($0.message)" }) }
    return expression
}

/// Why a test's expression is no expression.
struct Unreadable: Error {
    var messages: [String]
}

/// Parses a JSON text.
func json(_ text: String) throws -> Value { try JSON.parse(text).value }

/// A context with a result and variables, all as JSON texts.
func context(_ dot: String = "null", _ variables: [String: String] = [:], seed: String = "seed") throws
    -> EvaluationContext
{
    EvaluationContext(
        dot: SharedValue(try json(dot)), variables: try variables.mapValues { SharedValue(try json($0)) }, seed: seed)
}

/// Evaluates one expression in an engine of its own.
func outputs(
    _ text: String, _ dot: String = "null", _ variables: [String: String] = [:], role: Expression.Role = .capture
) throws -> [Value] {
    let expression = try expression(text, role: role)
    return try ExpressionEngine([expression]).outputs(of: expression, in: try context(dot, variables))
}

/// The error of one expression in an engine of its own.
func error(
    _ text: String, _ dot: String = "null", _ variables: [String: String] = [:], role: Expression.Role = .capture
) throws -> EvaluationError? {
    let expression = try expression(text, role: role)
    let context = try context(dot, variables)
    do throws(EvaluationError) {
        _ = try ExpressionEngine([expression]).outputs(of: expression, in: context)
        return nil
    } catch {
        return error
    }
}
