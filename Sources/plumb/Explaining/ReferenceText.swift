import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

/// Writes what names mean, for a terminal.
///
/// ```
/// step.within: a duration such as 5s
///   How long `until` polls.
///   default: 30s
/// ```
struct ReferenceText {
    let width: Int

    /// The pages of the entries, a blank line between them.
    func render(_ entries: [Reference.Entry]) -> StyledText {
        var text = StyledText()
        for (index, entry) in entries.enumerated() {
            if index > 0 { text.append("\n") }
            render(entry, to: &text)
        }
        return text
    }

    private func render(_ entry: Reference.Entry, to text: inout StyledText) {
        switch entry {
        case .table(let table):
            head(table.name, "the keys of a mapping", &text)
            paragraph(table.summary, &text)
            list(table.keys.map { ($0.name + ($0.isRequired ? " (required)" : ""), $0.doc) }, &text)
        case .key(let table, let key):
            head("\(table.name).\(key.name)", key.shape.phrase, &text)
            paragraph(key.doc, &text)
            if let value = key.defaultText { paragraph("default: \(value)", &text) }
            if key.isRequired { paragraph("It must be there.", &text) }
            for inner in key.shape.tables where inner.name != key.name {
                paragraph("Its keys: plumb explain \(inner.name.contains(" ") ? "'\(inner.name)'" : inner.name)", &text)
            }
        case .field(let kind, let field):
            head(
                "\(kind) result: .\(field.name)", "read as '.\(field.name)', later as '$steps.ID.\(field.name)'", &text)
            paragraph(field.doc, &text)
        case .name(let name):
            head(
                name.usage, name.name.hasPrefix("$") ? "a variable of expressions" : "a function of expressions", &text)
            paragraph(name.doc, &text)
            if name.isPrepared {
                paragraph(
                    "It is computed before the expression around it, so it stands at the top of an expression or behind "
                        + "pipes that begin there: not inside map(…), reduce, def, or behind a variable of 'as'.", &text
                )
            }
        case .code(let code):
            head(code.id, "a diagnostic code", &text)
            paragraph(code.explanation, &text)
        }
    }

    /// All names, for `plumb explain` without one.
    func index(_ reference: Reference) -> StyledText {
        var text = StyledText()
        text.append("Mappings and their keys\n", .strong)
        list(reference.tables.map { ($0.name, $0.keys.map(\.name).joined(separator: " ")) }, &text)
        text.append("\nVariables of expressions\n", .strong)
        list(reference.variables.map { ($0.usage, $0.doc) }, &text)
        text.append("\nFunctions of expressions, beside jq's own\n", .strong)
        list(reference.functions.map { ($0.usage, $0.doc) }, &text)
        text.append("\nDiagnostic codes\n", .strong)
        paragraph(reference.codes.map(\.id).joined(separator: " "), &text)
        return text
    }

    private func head(_ name: String, _ what: String, _ text: inout StyledText) {
        text.append(name, .strong)
        text.append(": \(what)\n")
    }

    private func paragraph(_ words: String, _ text: inout StyledText) {
        for line in Self.wrap(words, width - 2) { text.append("  \(line)\n") }
    }

    private func list(_ items: [(name: String, doc: String)], _ text: inout StyledText) {
        let column = min(items.map(\.name.count).max() ?? 0, 28)
        for item in items {
            let padding = String(repeating: " ", count: max(1, column + 2 - item.name.count))
            text.append("  \(item.name)", .place)
            for (index, line) in Self.wrap(item.doc, width - column - 4).enumerated() {
                text.append(index == 0 ? padding : String(repeating: " ", count: column + 4))
                text.append("\(line)\n")
            }
        }
    }

    /// Lines of at most so many characters, broken at blanks; a longer word has a line of its own.
    static func wrap(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > max(20, width) {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line]
    }
}
