internal import Expressions
internal import ScenarioModel

extension ValueTemplate {
    /// The value as its author wrote it, templates unevaluated, for `plan`.
    var written: String {
        switch self {
        case .literal(let value, let text, _): text ?? value.tojson
        case .template(let template, _): template.written
        case .array(let elements, _): "[" + elements.map(\.written).joined(separator: ", ") + "]"
        case .object(let members, _):
            "{" + members.map { "\($0.key): \($0.value.written)" }.joined(separator: ", ") + "}"
        }
    }

    /// The value as JSON, templates as they are written: those inside a text stay in its quotes.
    var jsonText: String {
        switch self {
        case .literal(let value, _, _): return value.tojson
        case .template(.text(let parts), _):
            return "\""
                + parts.map { part in
                    guard case .literal(let text) = part else { return part.written }
                    return String(Value.string(text).json().dropFirst().dropLast())
                }.joined() + "\""
        default: return written
        }
    }

    /// The literal texts that it certainly puts out, wherever they stand in it.
    var literalTexts: [String] {
        switch self {
        case .literal(let value, let text, _): value.isNull ? [] : [text ?? value.tojson]
        case .template(.text(let parts), _):
            parts.compactMap { part in if case .literal(let text) = part { text } else { nil } }
        case .template: []
        case .array(let elements, _): elements.flatMap(\.literalTexts)
        case .object(let members, _): members.flatMap(\.value.literalTexts)
        }
    }

    /// Whether it is null as written.
    var isLiteralNull: Bool { if case .literal(.null, _, _) = self { true } else { false } }
}

extension Template {
    /// The text with its `${{ … }}` as their author wrote them.
    var written: String {
        switch self {
        case .literal(let text): text
        case .whole(let expression): "${{ \(expression.text) }}"
        case .text(let parts): parts.map(\.written).joined()
        }
    }
}

extension Template.Part {
    var written: String {
        switch self {
        case .literal(let text): text
        case .value(let expression): "${{ \(expression.text) }}"
        }
    }
}
