public import Diagnostics
public import Expressions
public import ScenarioModel

/// What expressions read of the environment, the secrets and the suites' settings, checked against what is there.
public struct ConfigurationReferences: Sendable {
    private let scope: ConfigurationScope
    private let emptySecrets: Set<String>
    private let suite: Value.Object?
    private let isConfiguration: Bool

    /// Checks the expressions of scenarios; `suite` is what `$suite` is for them.
    public init(_ configuration: Configuration, suite: Value.Object?) {
        scope = ConfigurationScope(configuration)
        emptySecrets = configuration.emptySecrets
        self.suite = suite
        isConfiguration = false
    }

    /// Checks the expressions of a configuration.
    init(_ scope: ConfigurationScope) {
        self.scope = scope
        emptySecrets = scope.emptySecrets
        suite = nil
        isConfiguration = true
    }

    /// What is wrong whatever the machine's environment: secrets read as `$env`, names that are declared nowhere.
    public func check(_ expressions: [Expression]) -> [Diagnostic] {
        expressions.flatMap { expression in
            expression.analysis.references.compactMap { problem($0, expression) }
        }
    }

    /// What the environment lacks of that which is read without a default; values are not shown.
    public func missing(in expressions: [Expression]) -> [Diagnostic] {
        expressions.flatMap { expression in
            expression.analysis.references.compactMap { absence($0, expression) }
        }
    }

    private func problem(_ reference: ExpressionAnalysis.Reference, _ expression: Expression) -> Diagnostic? {
        let whole = expression.source.span(of: reference.range)
        let key = reference.keyRanges.first.map { expression.source.span(of: $0) } ?? whole
        switch (reference.variable, reference.keys.first) {
        case ("env", let name?) where scope.secretNames.contains(name):
            return Diagnostic(.secretInEnvironment, at: whole, .secretInEnvironment(name), hint: .readSecret(name))
        case ("secrets", let name?) where !scope.secretNames.contains(name):
            let near = NearestName.of(name, in: scope.secretNames.sorted())
            return Diagnostic(.undeclaredSecret, at: key, .undeclaredSecret(name), hint: .declare(name, near))
        case ("config", _?): return missingConfigurationKey(reference, expression)
        case ("suite", let name?): return missingSuiteKey(name, reference, at: key)
        case (let name, _) where isConfiguration && !ConfigurationScope.variables.contains(name):
            return Diagnostic(
                .configurationVariable, at: whole, .unknownVariable(name),
                hint: "a configuration reads $env, $secrets and $config")
        default: return nil
        }
    }

    private func missingConfigurationKey(
        _ reference: ExpressionAnalysis.Reference, _ expression: Expression
    ) -> Diagnostic? {
        guard !reference.isOptional else { return nil }
        var value = scope.tree
        for (name, range) in zip(reference.keys, reference.keyRanges) {
            if let inner = value[name] {
                value = inner
                continue
            }
            let near = NearestName.of(name, in: value.object?.keys ?? [])
            return Diagnostic(
                .missingConfigurationKey, at: expression.source.span(of: range), .missingConfigurationKey(name),
                hint: near.map { "did you mean '\($0)'?" } ?? "write it under integration_tests")
        }
        return nil
    }

    private func missingSuiteKey(
        _ name: String, _ reference: ExpressionAnalysis.Reference, at span: SourceSpan
    ) -> Diagnostic? {
        guard let suite, !reference.isOptional, suite[name] == nil else { return nil }
        let near = NearestName.of(name, in: suite.keys)
        return Diagnostic(
            .missingSuiteKey, at: span, .missingSuiteKey(name),
            hint: near.map { "did you mean '\($0)'?" } ?? "write it in the suite's node of integration_tests")
    }

    private func absence(_ reference: ExpressionAnalysis.Reference, _ expression: Expression) -> Diagnostic? {
        guard !reference.isOptional, let name = reference.keys.first else { return nil }
        let span = expression.source.span(of: reference.range)
        switch reference.variable {
        case "env" where scope.secretNames.contains(name): return nil
        case "env" where scope.environment[name] == nil:
            let near = NearestName.of(name, in: scope.environment.keys.sorted())
            return Diagnostic(.missingVariable, at: span, .missingVariable(name), hint: .setVariable(near))
        case "env" where scope.environment[name]?.isEmpty ?? false:
            return Diagnostic(
                .emptyVariable, at: span, .emptyVariable(name),
                hint: "give it a value, or write '// \"\"' behind it if nothing is meant")
        case "secrets" where scope.secretNames.contains(name) && scope.secrets[name] == nil:
            return Diagnostic(
                .missingSecret, at: span,
                emptySecrets.contains(name) ? .emptySecret(name) : .missingSecret(name),
                hint: "set it in the environment, or in the file of env_file")
        default: return nil
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func secretInEnvironment(_ name: String) -> Self { "'\(name)' is a secret, read here as '$env'" }
    fileprivate static func readSecret(_ name: String) -> Self { "read it as $secrets.\(name)" }
    fileprivate static func undeclaredSecret(_ name: String) -> Self { "no secret '\(name)' is declared" }
    fileprivate static func declare(_ name: String, _ near: String?) -> Self {
        near.map { "did you mean '\($0)'?" } ?? "add '\(name)' to 'secrets' in the configuration"
    }
    fileprivate static func unknownVariable(_ name: String) -> Self { "'$\(name)' is not known to a configuration" }
    fileprivate static func missingConfigurationKey(_ name: String) -> Self {
        "integration_tests has no '\(name)' at this place"
    }
    fileprivate static func missingSuiteKey(_ name: String) -> Self { "the suite's settings have no '\(name)'" }
    fileprivate static func missingVariable(_ name: String) -> Self { "the environment variable '\(name)' is not set" }
    fileprivate static func setVariable(_ near: String?) -> Self {
        near.map { "did you mean '\($0)'?" } ?? "set it, or give a default with '//'"
    }
    fileprivate static func emptyVariable(_ name: String) -> Self {
        "the environment variable '\(name)' is set, but empty"
    }
    fileprivate static func missingSecret(_ name: String) -> Self { "the secret '\(name)' is not set" }
    fileprivate static func emptySecret(_ name: String) -> Self { "the secret '\(name)' is set, but empty" }
}
