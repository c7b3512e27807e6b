/// Renders a diagnostic with its excerpts, for a terminal, a report or a golden file.
///
/// ```
/// error[syntax.unknown-key]: unknown key 'metod' in http      <- headline
///   --> users.yaml:7:5                                        <- place
///   |                                                         <- excerpts …
/// 5 | - name: create
///   |   ---- in this step                                     <- … a secondary label
///   | ...
/// 7 |     metod: POST
///   |     ^^^^^                                               <- … the primary label
///   = hint: did you mean 'method'?                            <- hint
/// ```
public struct DiagnosticText: Sendable {
    /// The cells that a line may take; excerpts are cut to it.
    public var width: Int
    /// Whether hints are broken to the width too; a reader that breaks lines by itself, or none, wants them whole.
    public var wrapsHints = false

    /// Creates a renderer for lines of at most `width` cells.
    public init(width: Int = 120) {
        self.width = width
    }

    /// The text of one diagnostic, its last line ended.
    public func render(_ diagnostic: Diagnostic) -> StyledText {
        var text = StyledText()
        headline(diagnostic, in: &text)
        let marks = excerpts(of: diagnostic)
        let digits = marks.map { String($0.excerpt.position.line).utf8.count }.max() ?? 1
        let gutter = String(repeating: " ", count: digits + 1)
        if let primary = diagnostic.primary {
            text.append(gutter, .plain)
            text.append("--> ", .gutter)
            text.append(singleLine(primary.span.place), .place)
            text.append("\n")
            var paths: [String] = []
            for mark in marks where !paths.contains(mark.excerpt.path) { paths.append(mark.excerpt.path) }
            for path in paths {
                let inFile = marks.filter { $0.excerpt.path == path }
                if path != primary.span.file.path {
                    text.append(gutter)
                    text.append("::: ", .gutter)
                    text.append(singleLine("\(path):\(inFile[0].excerpt.position)"), .place)
                    text.append("\n")
                }
                lines(inFile, gutter: gutter, severity: diagnostic.severity, in: &text)
            }
        }
        if let hint = diagnostic.hint {
            let room = wrapsHints ? max(20, width - gutter.utf8.count - 8) : Int.max
            let lines = hint.text.split(separator: "\n", omittingEmptySubsequences: false)
                .flatMap { WrappedText.lines(of: String($0), cells: room) }
            for (index, line) in lines.enumerated() {
                text.append(gutter)
                text.append(index == 0 ? "= hint: " : "        ", .hint)
                text.append("\(line)\n")
            }
        }
        return text
    }

    /// The texts of several diagnostics, a blank line between them.
    public func render(_ diagnostics: [Diagnostic]) -> StyledText {
        var text = StyledText()
        for (index, diagnostic) in diagnostics.enumerated() {
            if index > 0 { text.append("\n") }
            text.append(render(diagnostic))
        }
        return text
    }

    /// One line, as compilers print it: `path:line:column: error: message [code]`.
    public func line(_ diagnostic: Diagnostic) -> StyledText {
        var text = StyledText()
        if let primary = diagnostic.primary {
            text.append(singleLine(primary.span.place), .place)
            text.append(": ")
        }
        text.append(diagnostic.severity.rawValue, diagnostic.severity.style)
        text.append(": \(singleLine(diagnostic.message.text)) [\(diagnostic.code.id)]\n")
        return text
    }

    private func headline(_ diagnostic: Diagnostic, in text: inout StyledText) {
        text.append("\(diagnostic.severity.rawValue)[\(diagnostic.code.id)]", diagnostic.severity.style)
        text.append(": \(singleLine(diagnostic.message.text))", .strong)
        text.append("\n")
    }

    private func lines(_ marks: [Mark], gutter: String, severity: Diagnostic.Severity, in text: inout StyledText) {
        text.append("\(gutter)|\n", .gutter)
        var last: Mark?
        for mark in marks.sorted(by: Mark.precedes) {
            let excerpt = mark.excerpt
            // A long line is cut around each mark, so one line may show twice.
            let isSameLine = last?.excerpt.position.line == excerpt.position.line && last?.excerpt.text == excerpt.text
            if let last, isSameLine, last.label == nil, last.excerpt.caret.upperBound <= excerpt.caret.lowerBound {
                let gap = excerpt.caret.lowerBound - last.excerpt.caret.upperBound
                underline(mark, behind: gap, severity, in: &text)
            } else {
                if last != nil { text.append("\n") }
                if !isSameLine { sourceLine(excerpt, after: last?.excerpt.position.line, gutter: gutter, in: &text) }
                text.append("\(gutter)| ", .gutter)
                underline(mark, behind: excerpt.caret.lowerBound, severity, in: &text)
            }
            last = mark
        }
        text.append("\n")
    }

    private func sourceLine(_ excerpt: Excerpt, after last: Int?, gutter: String, in text: inout StyledText) {
        if let last, excerpt.position.line > last + 1 { text.append("\(gutter)| ...\n", .gutter) }
        let number = String(excerpt.position.line)
        let padding = String(repeating: " ", count: gutter.utf8.count - 1 - number.utf8.count)
        text.append("\(padding)\(number) |", .gutter)
        text.append(excerpt.text.isEmpty ? "\n" : " \(excerpt.text)\n")
    }

    private func underline(
        _ mark: Mark, behind gap: Int, _ severity: Diagnostic.Severity, in text: inout StyledText
    ) {
        text.append(String(repeating: " ", count: gap))
        let style = mark.isPrimary ? severity.style : StyledText.Style.note
        text.append(String(repeating: mark.isPrimary ? "^" : "-", count: mark.excerpt.caret.count), style)
        if let label = mark.label { text.append(" \(singleLine(label.text))", style) }
    }

    private func excerpts(of diagnostic: Diagnostic) -> [Mark] {
        guard let primary = diagnostic.primary else { return [] }
        let labels = [primary] + diagnostic.secondary
        let digits = labels.map { String($0.span.start.line).utf8.count }.max() ?? 1
        let room = width - digits - 3
        return labels.enumerated().map { index, label in
            Mark(excerpt: Excerpt(label.span, width: room), label: label.text, isPrimary: index == 0)
        }
    }

    private func singleLine(_ text: String) -> String {
        VisibleText(text).text
    }

    private struct Mark {
        var excerpt: Excerpt
        var label: Diagnostic.Message?
        var isPrimary: Bool

        static func precedes(_ a: Mark, _ b: Mark) -> Bool {
            if a.excerpt.position.line != b.excerpt.position.line {
                return a.excerpt.position.line < b.excerpt.position.line
            }
            return a.excerpt.position.column < b.excerpt.position.column
        }
    }
}

extension Diagnostic.Severity {
    /// The style in which a diagnostic of this weight is written.
    public var style: StyledText.Style {
        switch self {
        case .error: .error
        case .warning: .warning
        case .note: .note
        }
    }
}
