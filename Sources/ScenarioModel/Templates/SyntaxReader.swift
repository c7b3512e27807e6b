public import Diagnostics
public import Expressions
public import ScenarioSyntax

/// Reads expressions and templates out of a file's nodes, and keeps every expression and problem it met.
public struct SyntaxReader {
    public var diagnostics: [Diagnostic] = []
    /// Every expression read so far, in file order; a step's own are found by the count before and after.
    public var expressions: [Expression] = []
    /// Names beside the language's own variables: those of `each: {as: NAME}` around the current place.
    public var extraVariables: Set<String> = []
    /// Whether templates that are read stand where `.` is the result.
    public var inExpectation = false

    /// How many errors were met so far.
    public var errorCount: Int { diagnostics.count { $0.severity == .error } }

    /// Creates a reader that has read nothing.
    public init() {}

    /// Reads a scalar of bare jq.
    public mutating func expression(_ node: YAMLNode, _ role: Expression.Role) -> Expression? {
        guard let scalar = node.scalar else {
            diagnostics.append(
                Diagnostic(
                    .expectedExpression, at: node.openingSpan, .expectedExpression(node.found),
                    hint: "jq is text: put it in quotes, such as '[1, 2]', or behind '|'"))
            return nil
        }
        if case .plain = scalar.style, case .null = scalar.resolved, scalar.text.isEmpty {
            diagnostics.append(Diagnostic(.expectedExpression, at: node.span, .expectedExpression("nothing")))
            return nil
        }
        return expression(scalar.located, role)
    }

    /// Reads bare jq from a text with its place.
    public mutating func expression(_ text: LocatedText, _ role: Expression.Role) -> Expression? {
        let expression = Expression.parse(text, role: role, extraVariables: extraVariables, into: &diagnostics)
        if let expression { expressions.append(expression) }
        return expression
    }

    /// Reads any value with templates in its scalars.
    public mutating func value(_ node: YAMLNode) -> ValueTemplate {
        switch node.content {
        case .scalar(let scalar):
            return scalarTemplate(scalar, node)
        case .sequence(let elements):
            return .array(elements.map { value($0) }, node.span)
        case .mapping(let members):
            let read = members.map {
                ValueTemplate.Member(key: $0.name, keySpan: $0.key.span, value: value($0.value))
            }
            for member in members where Template.containsMarker(member.name) {
                diagnostics.append(Diagnostic(.templateInKey, at: member.key.span, .templateInKey))
            }
            return .object(read, node.span)
        }
    }

    private mutating func scalarTemplate(_ scalar: YAMLScalar, _ node: YAMLNode) -> ValueTemplate {
        guard Template.containsMarker(scalar.text) else {
            if let text = OtherTemplate.find(in: scalar.text) {
                diagnostics.append(
                    Diagnostic(
                        .otherTemplate, .warning, at: node.span, .otherTemplate(text.whole),
                        hint: "a template is written '${{ \(text.expression) }}'"))
            }
            return .literal(scalar.value, text: scalar.text, node.span)
        }
        let role: Expression.Role = inExpectation ? .expectTemplate : .template
        guard
            let template = Template.parse(
                scalar.located, role: role, extraVariables: extraVariables, into: &diagnostics)
        else { return .literal(.null, text: "", node.span) }
        expressions.append(contentsOf: template.expressions)
        if case .literal(let text) = template { return .literal(.string(text), text: text, node.span) }
        return .template(template, node.span)
    }

    /// Reads a value that the text tells or a whole-scalar template will.
    public mutating func late<Known: Sendable>(
        _ node: YAMLNode, _ read: (YAMLNode, inout [Diagnostic]) -> Known?
    ) -> Late<Known>? {
        if node.isWholeTemplate { return .template(value(node)) }
        return read(node, &diagnostics).map { .known($0) }
    }
}

extension YAMLScalar {
    /// The JSON value of the scalar by the YAML 1.2 core schema; integers beyond ±2^53 stay exact text.
    public var value: Value {
        switch resolved {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .integer(let text): Int(text).map { Value($0) } ?? .string(text)
        case .float(let number): .number(number)
        case .string: .string(text)
        }
    }
}

extension YAMLNode {
    /// The node as plain data, templates taken as text.
    public var value: Value {
        switch content {
        case .scalar(let scalar): scalar.value
        case .sequence(let elements): .array(elements.map(\.value))
        case .mapping(let members): .object(Value.Object(members.map { ($0.name, $0.value.value) }))
        }
    }
}

/// Finds what other tools take for a template, `{{ name }}` and `${name}`, and a variable outside of any: `$vars.name`.
enum OtherTemplate {
    /// The first such text, and the name in it.
    static func find(in text: String) -> (whole: String, expression: String)? {
        let hasBraces = text.utf8.contains(UInt8(ascii: "{")) && text.utf8.contains(UInt8(ascii: "}"))
        if hasBraces, let found = firstBraces(in: text) { return found }
        guard text.utf8.contains(UInt8(ascii: "$")), text.utf8.contains(UInt8(ascii: ".")) else { return nil }
        return firstVariable(in: text)
    }

    private static func firstBraces(in text: String) -> (whole: String, expression: String)? {
        let pattern = /\{\{ *\.?([A-Za-z_][A-Za-z0-9_.]*) *\}\}|\$\{([A-Za-z_][A-Za-z0-9_.]*)\}/
        guard let match = text.firstMatch(of: pattern), let name = match.1 ?? match.2 else { return nil }
        return (String(match.0), "$vars.\(name.split(separator: ".").last ?? name)")
    }

    /// Finds the language's own variables; `$1`, `$ref` and the like are other people's.
    private static func firstVariable(in text: String) -> (whole: String, expression: String)? {
        let pattern = /\$(?:vars|env|secrets|steps|needs|case|item|suite|config|run)(?:\.[A-Za-z_][A-Za-z0-9_]*)+/
        guard let match = text.firstMatch(of: pattern) else { return nil }
        return (String(match.0), String(match.0))
    }
}

extension Diagnostic.Code {
    static let otherTemplate = Diagnostic.Code(
        "template.other-syntax",
        "`{{ name }}` and `${name}` are templates of other tools, and `$vars.name` alone is none: here they are text and "
            + "are sent as they stand. Templates are written `${{ $vars.name }}`.")
    static let expectedExpression = Diagnostic.Code(
        "syntax.expected-expression", "This key holds a jq expression as text, such as `.status == 200`.")
    static let templateInKey = Diagnostic.Code(
        "syntax.template-in-key",
        "Templates stand in values only, so that the structure of a file is known without running it.")
}

extension Diagnostic.Message {
    fileprivate static func expectedExpression(_ found: String) -> Self {
        "expected a jq expression as text, found \(found)"
    }
    fileprivate static func otherTemplate(_ text: String) -> Self {
        "'\(text)' is no template and is sent as it stands"
    }
    fileprivate static var templateInKey: Self { "a template cannot stand in a key" }
}
