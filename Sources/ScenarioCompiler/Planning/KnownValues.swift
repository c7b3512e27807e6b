internal import Diagnostics
internal import Expressions
internal import ScenarioModel

/// The values of a scenario that are known before it runs, and templates as far as they go.
///
/// Known are `$env`, `$config`, `$suite`, the profile, and the variables that are made of these alone. Secrets
/// read as `***`. What chance or the clock decides is not known, nor what is null: that may be a mistake of this
/// machine's environment, and the template's own text tells more.
struct KnownValues {
    private let engine: ExpressionEngine
    private var context: EvaluationContext
    private var variables = Value.Object()
    private static let atRunTime = ["uuid", "rand_", "now", "date_add", "localtime"]

    init(
        _ configuration: Configuration, suites: [SuiteNode], variables given: Value.Object, engine: ExpressionEngine
    ) {
        self.engine = engine
        context = EvaluationContext(seed: "plan")
        let environment = configuration.environment.filter { !configuration.secrets.keys.contains($0.key) }
        context.variables["env"] = SharedValue(
            .object(Value.Object(environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })))
        context.variables["config"] = SharedValue(configuration.tree)
        context.variables["suite"] = SharedValue(.object(suites.suiteData))
        let masks = configuration.secrets.keys.sorted().map { ($0, Value.string(SecretMask.replacement)) }
        context.variables["secrets"] = SharedValue(.object(Value.Object(masks)))
        let profile = configuration.profile.map { Value.string($0) } ?? .null
        context.variables["run"] = SharedValue(["profile": profile])
        self.given = given
    }

    private let given: Value.Object

    /// These values with the variables of a scenario in the place of another's; `with` sets what it declares.
    func entering(_ scenario: Scenario, with: [ValueTemplate.Member] = []) -> KnownValues {
        var inner = self
        inner.variables = scenario.fileVariables
        inner.publish()
        for variable in scenario.variables {
            let value: Value?
            if let set = given[variable.name] {
                value = set
            } else if let member = with.first(where: { $0.key == variable.name }) {
                value = self.value(of: member.value)
            } else if variable.isRequired {
                value = nil
            } else {
                value = inner.value(of: variable.value)
            }
            inner.variables[variable.name] = value
            inner.publish()
        }
        return inner
    }

    private mutating func publish() { context.variables["vars"] = SharedValue(.object(variables)) }

    // MARK: Evaluating

    /// The value of a template, nil where it is not known.
    func value(of template: ValueTemplate) -> Value? { resolved(template).constant }

    /// The template with every part replaced that is known.
    func resolved(_ template: ValueTemplate) -> ValueTemplate {
        switch template {
        case .literal: return template
        case .template(.whole(let expression), let span):
            guard let value = value(of: expression) else { return template }
            return .literal(value, text: value.tostring, span)
        case .template(let inner, let span):
            let parts = inner.parts.map { part -> Template.Part in
                guard case .value(let expression) = part, let value = value(of: expression), value.isScalar else {
                    return part
                }
                return .literal(value.tostring)
            }
            var text = ""
            for case .literal(let literal) in parts { text += literal }
            let isKnown = parts.allSatisfy { if case .literal = $0 { true } else { false } }
            return isKnown ? .literal(.string(text), text: text, span) : .template(.text(parts), span)
        case .array(let elements, let span): return .array(elements.map(resolved), span)
        case .object(let members, let span):
            return .object(members.map { .init(key: $0.key, keySpan: $0.keySpan, value: resolved($0.value)) }, span)
        }
    }

    /// The lines of a request, in which `${{ … }}` stand for expressions, those that are known replaced.
    ///
    /// Behind a header that says JSON and an empty line, values are written as JSON.
    func resolved(request lines: [String]) -> [String] {
        var isJSON = false
        var isBody = false
        return lines.map { line in
            if line.isEmpty { isBody = true }
            if !isBody, line.lowercased().hasPrefix("content-type:") { isJSON = line.contains("json") }
            return resolved(line, asJSON: isBody && isJSON)
        }
    }

    /// A text in which `${{ … }}` stand for expressions, those that are known replaced.
    func resolved(_ line: String, asJSON: Bool = false) -> String {
        guard Template.containsMarker(line) else { return line }
        let file = SourceFile(path: "", text: line)
        let source = LocatedText(verbatim: line, at: SourceSpan(file, 0..<line.utf8.count))
        var problems: [Diagnostic] = []
        guard let template = Template.parse(source, into: &problems) else { return line }
        var text = ""
        var isInString = false
        for part in template.parts {
            switch part {
            case .literal(let literal):
                text += literal
                if literal.utf8.count(where: { $0 == UInt8(ascii: "\"") }) % 2 == 1 { isInString.toggle() }
            case .value(let expression):
                guard let value = value(of: expression) else {
                    text += "${{ \(expression.text) }}"
                    continue
                }
                if asJSON {
                    text +=
                        isInString ? String(Value.string(value.tostring).json().dropFirst().dropLast()) : value.tojson
                } else {
                    text += value.tostring
                }
            }
        }
        return text
    }

    private func value(of expression: Expression) -> Value? {
        guard expression.analysis.rootUses.isEmpty, !Self.atRunTime.contains(where: expression.text.contains) else {
            return nil
        }
        for reference in expression.analysis.references {
            switch reference.variable {
            case "env", "config", "suite", "secrets": continue
            case "run": guard reference.keys == ["profile"] else { return nil }
            case "vars": guard let name = reference.keys.first, variables[name] != nil else { return nil }
            default: return nil
            }
        }
        guard let value = try? engine.value(of: expression, in: context), !value.isNull else { return nil }
        return value
    }
}

extension Value {
    fileprivate var isScalar: Bool {
        switch self {
        case .null, .array, .object: false
        case .bool, .number, .string: true
        }
    }
}

extension Template {
    /// The pieces of the text, one where all of it is literal or an expression.
    var parts: [Part] {
        switch self {
        case .literal(let text): [.literal(text)]
        case .whole(let expression): [.value(expression)]
        case .text(let parts): parts
        }
    }
}
