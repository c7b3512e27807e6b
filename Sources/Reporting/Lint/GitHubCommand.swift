internal import Diagnostics

/// Gives a problem as a workflow command: `::error file=users.yaml,line=7,col=5::unknown key 'metod' in http`.
enum GitHubCommand {
    /// The command with its line end.
    static func line(_ diagnostic: Diagnostic) -> String {
        let command =
            switch diagnostic.severity {
            case .error: "error"
            case .warning: "warning"
            case .note: "notice"
            }
        var properties: [String] = []
        if let span = diagnostic.primary?.span {
            let start = span.start
            let end = span.end
            properties = ["file=\(property(span.file.path))", "line=\(start.line)"]
            // GitHub refuses columns of a range over several lines.
            if end.line == start.line {
                properties += ["endLine=\(end.line)", "col=\(start.column)", "endColumn=\(end.column)"]
            } else {
                properties += ["endLine=\(end.line)"]
            }
        }
        properties.append("title=\(property(diagnostic.code.id))")
        let hint = diagnostic.hint.map { "\nhint: \($0.text)" } ?? ""
        return "::\(command) \(properties.joined(separator: ","))::\(data(diagnostic.message.text + hint))\n"
    }

    /// The text of a command: its line ends and percent signs escaped, as GitHub's own toolkit does.
    private static func data(_ text: String) -> String { escaped(text, "%\r\n") }

    /// The value of a property, where the separators are escaped too.
    private static func property(_ text: String) -> String { escaped(text, "%\r\n:,") }

    private static func escaped(_ text: String, _ special: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            if special.unicodeScalars.contains(scalar) {
                output += PercentText.escape(UInt8(ascii: scalar))
            } else {
                output += VisibleText.isHidden(scalar) ? VisibleText.escape(scalar) : String(scalar)
            }
        }
        return output
    }
}
