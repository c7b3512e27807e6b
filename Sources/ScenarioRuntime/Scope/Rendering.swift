public import Diagnostics
import Expressions
public import ScenarioModel

/// Evaluates templates and expressions at a place of a running test, with failures told at their text.
struct Rendering: TemplateScope {
    let means: Means
    let frame: Frame
    let dot: SharedValue?
    let seed: EvaluationSeed

    /// What all of a run's evaluations share.
    final class Means {
        let engine: ExpressionEngine
        let files: any RunFiles
        let permissions: Set<String>
        let secrets: SecretWatch

        init(_ engine: ExpressionEngine, _ files: any RunFiles, _ permissions: Set<String>, _ secrets: SecretWatch) {
            self.engine = engine
            self.files = files
            self.permissions = permissions
            self.secrets = secrets
        }
    }

    var engine: ExpressionEngine { means.engine }
    private var secrets: SecretWatch { means.secrets }

    /// The value of a template; what it makes of a secret becomes one.
    func value(of template: ValueTemplate) throws(StepFailure) -> Value {
        switch template {
        case .literal(let value, _, _): return value
        case .template(.whole(let expression), _): return try value(of: expression, code: "template.failed")
        case .template(let text, _): return try value(of: text)
        case .array(let elements, _):
            var values: [Value] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try value(of: element)) }
            return .array(values)
        case .object(let members, _):
            var object = Value.Object()
            object.reserve(members.count)
            for member in members { object[member.key] = try value(of: member.value) }
            return .object(object)
        }
    }

    /// The value of a scalar's template.
    func value(of template: Template) throws(StepFailure) -> Value {
        let expressions = template.expressions
        let context = frame.context(for: expressions, dot: dot, seed: seed)
        do throws(EvaluationError) {
            let value = try engine.render(template, in: context)
            for expression in expressions where secrets.isTainted(expression) {
                if let made = try? engine.value(of: expression, in: context) { secrets.add(made) }
            }
            return value
        } catch {
            // A template of several expressions: the one whose own evaluation fails is to blame.
            let culprit =
                expressions.count == 1
                ? expressions.first : expressions.first { (try? engine.value(of: $0, in: context)) == nil }
            throw failure(error, culprit ?? expressions.first, code: "template.failed")
        }
    }

    /// Exactly one output of an expression.
    func value(of expression: Expression, code: String) throws(StepFailure) -> Value {
        let context = frame.context(for: expression, dot: dot, seed: seed)
        do throws(EvaluationError) {
            let value = try engine.value(of: expression, in: context)
            if secrets.isTainted(expression) { secrets.add(value) }
            return value
        } catch {
            throw failure(error, expression, code: code)
        }
    }

    /// The boolean of an `if`.
    func holds(_ condition: Expression) throws(StepFailure) -> Bool {
        let context = frame.context(for: condition, dot: dot, seed: seed)
        do throws(EvaluationError) {
            return try engine.holds(condition, in: context)
        } catch {
            throw failure(error, condition, code: "if.failed")
        }
    }

    func file(_ path: String, at span: SourceSpan) throws(StepFailure) -> String {
        do throws(StepFailure) {
            return try means.files.path(path, from: span)
        } catch {
            throw error
        }
    }

    func allows(_ permission: String) -> Bool { means.permissions.contains(permission) }

    func holdsSecret(_ text: String) -> Bool { secrets.isHeld(in: text) }

    /// Turns an evaluation's error into a failure with its place, and says why a step has no result.
    func failure(_ error: EvaluationError, _ expression: Expression?, code: String) -> StepFailure {
        var message = error.message
        var hint = error.hint
        if error.kind == .missingName, let expression {
            for reference in expression.analysis.references where reference.variable == "steps" {
                guard let id = reference.keys.first, let reason = frame.absence(id) else { continue }
                message = "not available: step '\(id)' was \(reason)"
                hint = "ask '$steps.\(id).ran' in 'if'"
            }
        }
        let place = expression.map { expression in
            Place(error.range.map { expression.source.span(of: $0) } ?? expression.source.span)
        }
        return StepFailure(
            FailureReport(
                code: error.kind == .missingName ? "reference.not-available" : code, verdict: .error,
                message: message, place: place, hint: hint))
    }
}

/// The files that steps may read while a test runs.
public protocol RunFiles: Sendable {
    /// The real path of a name in a scenario; fails where it is missing or leaves the root.
    func path(_ name: String, from span: SourceSpan) throws(StepFailure) -> String
}
