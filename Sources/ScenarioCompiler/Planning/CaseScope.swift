internal import Diagnostics
internal import Expressions
internal import ScenarioModel

/// Evaluates the templates of a query whose rows are the cases: they see what `cases` sees, and no step.
struct CaseScope: TemplateScope {
    let engine: ExpressionEngine
    let context: EvaluationContext
    /// Where the query is written.
    let span: SourceSpan

    func value(of template: ValueTemplate) throws(StepFailure) -> Value {
        do throws(EvaluationError) {
            return try engine.value(of: template, in: context)
        } catch {
            throw Self.failure("'cases' cannot be made: \(error.message)", at: template.span, hint: error.hint)
        }
    }

    func file(_ path: String, at span: SourceSpan) throws(StepFailure) -> String {
        throw Self.failure("the query of 'cases' cannot stand in a file", at: span, hint: "write it as 'query'")
    }

    func allows(_ permission: String) -> Bool { false }

    func holdsSecret(_ text: String) -> Bool { false }

    /// A target with its templates evaluated.
    func resolve(_ target: Target, _ configuration: Configuration) throws(StepFailure) -> ResolvedTarget {
        do throws(EvaluationError) {
            let value = try engine.value(of: target.settings, in: configuration.context)
            return ResolvedTarget(target, settings: value.object ?? .init())
        } catch {
            throw Self.failure(
                "the settings of target '\(target.name)' cannot be evaluated: \(error.message)", at: span,
                hint: error.hint)
        }
    }

    private static func failure(_ message: String, at span: SourceSpan, hint: String?) -> StepFailure {
        StepFailure(
            FailureReport(
                code: Diagnostic.Code.casesForm.id, verdict: .error, message: message, place: Place(span), hint: hint))
    }
}

/// Finds the target of a query whose rows are the cases.
enum CaseTarget {
    /// The named target, else the one that steps of its kind take.
    static func of(
        _ query: Scenario.CaseQuery, _ configuration: Configuration, _ kinds: [any StepKind]
    ) -> Result<Target, Diagnostic> {
        if let (name, span) = query.target {
            guard let target = configuration.target(name), TargetChoice.suits(target, query.request.kind, kinds) else {
                let names = configuration.targets.filter { TargetChoice.suits($0, query.request.kind, kinds) }
                return .failure(
                    Diagnostic(
                        .unknownTarget, at: span, "the profile has no database '\(name)'",
                        hint: names.isEmpty
                            ? "declare it in plumb.yaml under 'profiles: { NAME: { targets: … } }'"
                            : "it has: \(names.map(\.name).joined(separator: ", "))"))
            }
            return .success(target)
        }
        return TargetChoice.choose(for: query.request.kind, among: configuration.targets, kinds: kinds).mapError {
            Diagnostic(.noTarget, at: query.span, .init($0.message), hint: .init($0.hint))
        }
    }
}

extension StepFailure {
    /// A problem of the text, met where a run is prepared.
    init(_ problem: Diagnostic) {
        self.init(
            FailureReport(
                code: problem.code.id, verdict: .error, message: problem.message.text,
                place: problem.primary.map { Place($0.span) }, hint: problem.hint?.text))
    }
}
