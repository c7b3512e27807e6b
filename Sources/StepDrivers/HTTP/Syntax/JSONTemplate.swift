internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// A JSON body as written: literals are JSON text already, so that numbers keep their digits.
indirect enum JSONTemplate: Sendable {
    /// JSON of any kind that is known from the text.
    case known(String)
    case template(ValueTemplate)
    case array([JSONTemplate])
    case object([(key: String, value: JSONTemplate)])

    /// Reads a node, its templates included.
    init(_ node: YAMLNode, _ reader: inout SyntaxReader) {
        switch node.content {
        case .sequence(let elements):
            let elements = elements.map { JSONTemplate($0, &reader) }
            self = .array(elements)
        case .mapping(let members):
            // The reader reports templates in keys; the values are read once, below.
            _ = reader.value(YAMLNode(.mapping(members.map { .emptied($0) }), at: node.span))
            let members = members.map { (key: $0.name, value: JSONTemplate($0.value, &reader)) }
            self = .object(members)
        case .scalar(let scalar):
            let value = reader.value(node)
            guard case .literal(let known, let text, _) = value else {
                self = .template(value)
                return
            }
            self = .known(Self.json(scalar, known, text ?? "", at: node.span, &reader.diagnostics))
        }
    }

    private static func json(
        _ scalar: YAMLScalar, _ value: Value, _ text: String, at span: SourceSpan, _ diagnostics: inout [Diagnostic]
    ) -> String {
        switch scalar.resolved {
        case .integer(let digits): return digits
        case .float(let number):
            guard number.isFinite else {
                diagnostics.append(
                    Diagnostic(.httpNumber, at: span, .notInJSON(text), hint: "quote it to send it as text"))
                return "null"
            }
            return (try? JSON.parse(text)) == nil ? Value.number(number).json() : text
        case .string: return Value.string(value.string ?? text).json()
        case .null, .bool: return value.json()
        }
    }

    /// Appends the JSON with the templates evaluated.
    func append(to bytes: inout [UInt8], _ scope: any TemplateScope) throws(StepFailure) {
        switch self {
        case .known(let json): bytes += json.utf8
        case .template(let template): try scope.value(of: template).appendJSON(to: &bytes, largeIntegers: .digits)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try element.append(to: &bytes, scope)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Value.string(member.key).appendJSON(to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                try member.value.append(to: &bytes, scope)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The lines of the JSON, indented, with templates as they are written.
    ///
    ///     {
    ///       "model": ${{ $case.model }}
    ///     }
    var planLines: [String] {
        var lines = [""]
        write(to: &lines, indent: "")
        return lines
    }

    private func write(to lines: inout [String], indent: String) {
        switch self {
        case .known(let json): lines[lines.count - 1] += json
        case .template(let template): lines[lines.count - 1] += template.jsonText
        case .array(let elements):
            lines[lines.count - 1] += elements.isEmpty ? "[]" : "["
            for (index, element) in elements.enumerated() {
                lines.append(indent + "  ")
                element.write(to: &lines, indent: indent + "  ")
                if index + 1 < elements.count { lines[lines.count - 1] += "," }
            }
            if !elements.isEmpty { lines.append(indent + "]") }
        case .object(let members):
            lines[lines.count - 1] += members.isEmpty ? "{}" : "{"
            for (index, member) in members.enumerated() {
                lines.append(indent + "  " + Value.string(member.key).json() + ": ")
                member.value.write(to: &lines, indent: indent + "  ")
                if index + 1 < members.count { lines[lines.count - 1] += "," }
            }
            if !members.isEmpty { lines.append(indent + "}") }
        }
    }
}

extension YAMLNode.Member {
    /// The member with nothing as its value.
    fileprivate static func emptied(_ member: Self) -> Self {
        Self(key: member.key, name: member.name, value: YAMLNode(.sequence([]), at: member.key.span))
    }
}

extension Diagnostic.Message {
    fileprivate static func notInJSON(_ text: String) -> Self { "JSON has no number '\(text.prefix(40))'" }
}
