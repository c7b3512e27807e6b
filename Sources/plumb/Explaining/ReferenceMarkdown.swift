import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

/// Writes the whole reference as Markdown: the generated part of `docs/language.md`.
enum ReferenceMarkdown {
    /// The text, whose headings begin at the second level.
    static func render(_ reference: Reference) -> String {
        var lines = ["## Keys", ""]
        for table in reference.tables {
            lines += [
                "### `\(table.name)`", "", table.summary, "", "| key | value | default | meaning |",
                "|---|---|---|---|",
            ]
            lines += table.keys.map { key in
                let name = "`\(key.name)`" + (key.isRequired ? " (required)" : "")
                return row([name, cell(key.shape.phrase), key.defaultText.map { "`\($0)`" } ?? "", cell(key.doc)])
            }
            lines.append("")
        }
        lines += ["## Results", ""]
        for kind in reference.kinds {
            lines += ["### Result of `\(kind.name)`", "", "| member | meaning |", "|---|---|"]
            lines += kind.resultFields.map { row(["`.\($0.name)`", cell($0.doc)]) } + [""]
        }
        lines += ["## Variables of expressions", "", "| variable | meaning |", "|---|---|"]
        lines += reference.variables.map { row(["`\($0.usage)`", cell($0.doc)]) }
        lines += ["", "## Functions of expressions", "", "| function | meaning | may stand |", "|---|---|---|"]
        lines += reference.functions.map {
            row([
                "`\($0.usage)`", cell($0.doc),
                $0.isPrepared ? "at the top of an expression, or behind pipes that begin there" : "anywhere",
            ])
        }
        lines += ["", "## Diagnostic codes", "", "| code | meaning |", "|---|---|"]
        lines += reference.codes.map { row(["`\($0.id)`", cell($0.explanation)]) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    /// A text inside a table; a bar would end the cell, in code too.
    private static func cell(_ text: String) -> String {
        var written = ""
        for character in text {
            switch character {
            case "|": written += "\\|"
            case "<": written += "&lt;"
            default: written.append(character)
            }
        }
        return written
    }
}
