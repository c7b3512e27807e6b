internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads the typed values of a configuration, whose templates are evaluated as they are read.
///
/// What a template gives may be a secret, so no message shows it.
struct SettingReader {
    var syntax = SyntaxReader()
    var scope: ConfigurationScope

    init(_ scope: ConfigurationScope) { self.scope = scope }

    /// What stands at a node.
    private enum Found {
        /// No template.
        case written
        /// What a template gives, as text.
        case text(String)
        /// Nothing, as the template is wrong or not evaluated.
        case nothing
    }

    /// A duration above zero.
    mutating func duration(_ node: YAMLNode) -> Setting<Duration>? {
        read(node, "a duration such as 5s", { $0.duration(&$1) }, DurationText.parse).flatMap { positive($0, node) }
    }

    /// A duration above zero, where a bare number is seconds.
    mutating func seconds(_ node: YAMLNode) -> Setting<Duration>? {
        if let scalar = node.scalar, let duration = Self.seconds(scalar) {
            return positive(Setting(duration, .file(node.span)), node)
        }
        let parse: (String) -> Duration? = { DurationText.parse($0) ?? Double($0).flatMap(Self.duration) }
        return read(node, "a number of seconds, or a duration such as 5s", { $0.duration(&$1) }, parse)
            .flatMap { positive($0, node) }
    }

    /// A whole number of at least `minimum`.
    mutating func integer(_ node: YAMLNode, atLeast minimum: Int) -> Setting<Int>? {
        guard let setting = read(node, "a whole number", { $0.integer(&$1) }, { Int($0) }) else { return nil }
        guard setting.value >= minimum else {
            report(node, .tooSmall(minimum), hint: "write \(minimum) or more")
            return nil
        }
        return setting
    }

    /// Starts per second, above zero.
    mutating func rate(_ node: YAMLNode) -> Setting<Double>? {
        read(node, "a rate such as 100/s", { $0.rate(&$1) }, QuantityText.parseRate)
    }

    /// A boolean.
    mutating func boolean(_ node: YAMLNode) -> Setting<Bool>? {
        read(node, "true or false", { $0.boolean(&$1) }, { ["true": true, "false": false][$0] })
    }

    /// A `retry` mapping, whose count is known at once where the environment tells it.
    mutating func retry(_ node: YAMLNode) -> RetryPart {
        var part = RetryReader.read(node, &syntax)
        guard let node = node["max"], node.isWholeTemplate, scope.isEvaluating else { return part }
        part.max = integer(node, atLeast: 0).map { Setting(.known($0.value), $0.origin) }
        return part
    }

    /// A text, whose templates are evaluated; nil where they are not.
    mutating func text(_ node: YAMLNode) -> Setting<String>? {
        read(node, "text", { $0.text(&$1) }, { $0 })
    }

    /// A value as data: templates are evaluated, and stay as they are written where nothing is evaluated.
    mutating func data(_ node: YAMLNode) -> Value {
        switch node.content {
        case .sequence(let elements): return .array(elements.map { data($0) })
        case .mapping(let members): return .object(Value.Object(members.map { ($0.name, data($0.value)) }))
        case .scalar(let scalar):
            guard Template.containsMarker(scalar.text) else { return scalar.value }
            return value(of: node) ?? .string(scalar.text)
        }
    }

    private mutating func read<Known>(
        _ node: YAMLNode, _ phrase: String, _ written: (YAMLNode, inout [Diagnostic]) -> Known?,
        _ parse: (String) -> Known?
    ) -> Setting<Known>? {
        switch find(node) {
        case .written: return written(node, &syntax.diagnostics).map { Setting($0, .file(node.span)) }
        case .nothing: return nil
        case .text(let text):
            if let known = parse(text) { return Setting(known, .file(node.span)) }
            report(node, .templateValue(phrase), hint: "make the template yield \(phrase)")
            return nil
        }
    }

    private mutating func find(_ node: YAMLNode) -> Found {
        guard let scalar = node.scalar, Template.containsMarker(scalar.text) else { return .written }
        return value(of: node).map { .text($0.tostring) } ?? .nothing
    }

    /// Evaluates the templates of a scalar; nil after an error, or where nothing is evaluated.
    private mutating func value(of node: YAMLNode) -> Value? {
        let before = syntax.diagnostics.count
        let template = syntax.value(node)
        guard syntax.diagnostics.count == before, scope.isEvaluating else { return nil }
        guard case .template(let template, _) = template else { return template.constant }
        let references = ConfigurationReferences(scope)
        let missing = references.missing(in: template.expressions)
        let problems = references.check(template.expressions) + missing
        guard problems.isEmpty else {
            // What a text names wrongly is reported for every profile at once; what the machine lacks is not.
            syntax.diagnostics += missing
            return nil
        }
        do {
            return try scope.value(of: template)
        } catch {
            // jq's own words may quote a value.
            let reason = error.kind == .jq ? "its expression fails" : error.message
            report(node, .templateFailed(reason), hint: "a template yields one value that has a text")
            return nil
        }
    }

    private mutating func positive(_ setting: Setting<Duration>, _ node: YAMLNode) -> Setting<Duration>? {
        guard setting.value > .zero else {
            report(node, .zeroDuration, hint: "every limit is finite and above zero: write 30s")
            return nil
        }
        return setting
    }

    private static func seconds(_ scalar: YAMLScalar) -> Duration? {
        switch scalar.resolved {
        case .integer(let text): Double(text).flatMap(duration)
        case .float(let number): duration(number)
        default: nil
        }
    }

    /// A number of seconds up to ten years, beyond which a duration could overflow.
    private static func duration(_ seconds: Double) -> Duration? {
        seconds.isFinite && abs(seconds) < 315_360_000 ? .seconds(seconds) : nil
    }

    private mutating func report(_ node: YAMLNode, _ message: Diagnostic.Message, hint: Diagnostic.Message) {
        syntax.diagnostics.append(Diagnostic(.configurationValue, at: node.span, message, hint: hint))
    }
}

extension Diagnostic.Message {
    fileprivate static func templateValue(_ phrase: String) -> Self {
        "expected \(phrase), and the template gives something else"
    }
    fileprivate static func templateFailed(_ reason: String) -> Self { "the template gives no value: \(reason)" }
    fileprivate static func tooSmall(_ minimum: Int) -> Self { "expected a number of at least \(minimum)" }
    fileprivate static var zeroDuration: Self { "expected a duration above zero" }
}
