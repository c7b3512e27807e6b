internal import Expressions
internal import ScenarioModel

/// What templates of a configuration can read: `$env`, `$secrets`, `$config`.
struct ConfigurationScope: Sendable {
    var environment: [String: String] = [:]
    var secrets: [String: String] = [:]
    var tree: Value = .object(.init())
    /// The declared secrets, there or not.
    var secretNames: Set<String> = []
    /// The declared secrets that are set to nothing.
    var emptySecrets: Set<String> = []
    /// Whether values are computed; other profiles than the chosen one, and lint, only read the text.
    var isEvaluating = true

    /// The variables that a configuration has.
    static let variables: Set<String> = ["env", "secrets", "config"]

    init() {}

    /// The scope of a configuration that is read.
    init(_ configuration: Configuration) {
        environment = configuration.environment
        secrets = configuration.secrets.compactMapValues { $0 }
        tree = configuration.tree
        secretNames = Set(configuration.secrets.keys)
        emptySecrets = configuration.emptySecrets
    }

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
