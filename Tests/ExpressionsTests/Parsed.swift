import Diagnostics
import Expressions

/// What came of parsing a text as an expression.
struct Parsed {
    var expression: Expression?
    var diagnostics: [Diagnostic]

    init(_ text: String, role: Expression.Role = .assertion, extraVariables: Set<String> = []) {
        var found: [Diagnostic] = []
        let file = SourceFile(path: "test.yaml", text: text)
        let located = LocatedText(verbatim: text, at: SourceSpan(file, 0..<text.utf8.count))
        expression = Expression.parse(located, role: role, extraVariables: extraVariables, into: &found)
        diagnostics = found
    }

    var codes: [String] { diagnostics.map(\.code.id) }
    var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
    /// The text that each diagnostic points at.
    var marked: [String] {
        diagnostics.map { diagnostic in
            guard let span = diagnostic.primary?.span else { return "" }
            return String(decoding: span.file.bytes[span.range], as: UTF8.self)
        }
    }
    /// Each diagnostic in one line.
    var summary: [String] {
        zip(diagnostics, marked).map { diagnostic, mark in
            "\(diagnostic.code) at `\(mark)`: \(diagnostic.message)\(diagnostic.hint.map { " (\($0))" } ?? "")"
        }
    }
}
