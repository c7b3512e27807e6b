internal import Expressions
internal import ScenarioModel

extension Expression {
    /// The text on one line, for a plan.
    var singleLine: String {
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.count < 2 ? text : lines.map { $0.trimmingBlanks }.joined(separator: " ")
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
        guard let last = lastIndex(where: { $0 != " " && $0 != "\t" }) else { return self[endIndex...] }
        return self[start...last]
    }
}

extension Template {
    /// The template as it is written in a scenario.
    var written: String {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .value(let expression): text += "${{ \(expression.singleLine) }}"
            }
        }
        return text
    }
}

extension ValueTemplate {
    /// The value on one line: JSON, with texts that need no quotes as they are.
    var written: String {
        switch self {
        case .literal(let value, let text, _): value.string == nil ? value.json() : Self.quoted(text ?? "")
        case .template(let template, _): template.written
        case .array(let elements, _): "[" + elements.map(\.written).joined(separator: ", ") + "]"
        case .object(let members, _):
            members.isEmpty
                ? "{}" : "{ " + members.map { "\($0.key): \($0.value.written)" }.joined(separator: ", ") + " }"
        }
    }

    /// A text as a YAML scalar would have it in a flow mapping.
    fileprivate static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && !",[]{}\":#'".utf8.contains($0) } && text.first != " "
            && text.last != " "
        return isPlain ? text : Value.string(text).json()
    }
}

extension Expectation {
    /// The tree on one line.
    var written: String {
        switch self {
        case .literal(let value, let text, _): value.string == nil ? value.json() : ValueTemplate.quoted(text ?? "")
        case .template(let template, _): template.written
        case .array(let elements, _): "[" + elements.map(\.written).joined(separator: ", ") + "]"
        case .object(let members, _):
            members.isEmpty
                ? "{}" : "{ " + members.map { "\($0.key): \($0.value.written)" }.joined(separator: ", ") + " }"
        case .predicate(let expression, _): "{ $: \(expression.singleLine) }"
        case .absent: "absent"
        }
    }
}
