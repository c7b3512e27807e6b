import Diagnostics
import Expressions
import ScenarioModel

/// A scope whose expressions have fixed values, by their text.
struct FixedScope: TemplateScope {
    var values: [String: Value] = [:]
    /// Files by the name that a step gives them.
    var files: [String: String] = [:]
    var permissions: Set<String> = []
    var secrets: [String] = []

    func value(of template: ValueTemplate) throws(StepFailure) -> Value {
        switch template {
        case .literal(let value, _, _): return value
        case .template(.literal(let text), _): return .string(text)
        case .template(.whole(let expression), _): return try value(of: expression)
        case .template(.text(let parts), _):
            var text = ""
            for part in parts {
                switch part {
                case .literal(let literal): text += literal
                case .value(let expression): text += try value(of: expression).tostring
                }
            }
            return .string(text)
        case .array(let elements, _):
            var values: [Value] = []
            for element in elements { values.append(try value(of: element)) }
            return .array(values)
        case .object(let members, _):
            var object = Value.Object()
            for member in members { object[member.key] = try value(of: member.value) }
            return .object(object)
        }
    }

    private func value(of expression: Expression) throws(StepFailure) -> Value {
        guard let value = values[expression.text] else {
            throw StepFailure(
                FailureReport(code: "test.unknown", verdict: .error, message: "no value for '\(expression.text)'"))
        }
        return value
    }

    func file(_ path: String, at span: SourceSpan) throws(StepFailure) -> String {
        guard let file = files[path] else {
            throw StepFailure(
                FailureReport(code: "file.unreadable", verdict: .error, message: "there is no file '\(path)'"))
        }
        return file
    }

    func allows(_ permission: String) -> Bool { permissions.contains(permission) }

    func holdsSecret(_ text: String) -> Bool { secrets.contains { text.contains($0) } }
}
