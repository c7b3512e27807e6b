internal import Expressions
internal import ScenarioModel

/// What templates of a configuration can read: `$env`, `$secrets`, `$config`.
struct ConfigurationScope {
    var environment: [String: String] = [:]
    var secrets: [String: String] = [:]
    var tree: Value = .object(.init())
    /// The declared secrets, there or not.
    var secretNames: Set<String> = []
    /// Whether values are computed; other profiles than the chosen one, and lint, only read the text.
    var isEvaluating = true

    /// The variables that a configuration has.
    static let variables: Set<String> = ["env", "secrets", "config"]

    /// The value of a template.
    func value(of template: Template) throws(EvaluationError) -> Value {
        try ExpressionEngine(template.expressions).render(template, in: context)
    }

    private var context: EvaluationContext {
        EvaluationContext(variables: [
            "env": SharedValue(.object(Value.Object(environment.map { ($0, .string($1)) }))),
            "secrets": SharedValue(.object(Value.Object(secrets.map { ($0, .string($1)) }))),
            "config": SharedValue(tree),
        ])
    }
}
