internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// A query as written, with templates.
///
/// What a template yields inside of a text in quotes is escaped and stays there; elsewhere it stands as it is. Between
/// backticks nothing can be escaped, so what would end such a text is refused.
struct PromQLTemplate: Sendable {
    let value: ValueTemplate
    let located: LocatedText

    /// A query with its templates evaluated, and the places of its pieces.
    struct Rendered: Sendable {
        var text: String
        /// Where each run of the author's own bytes begins in the text, and in the source text.
        fileprivate var runs: [(rendered: Int, written: Int, length: Int)] = []
        fileprivate let located: LocatedText

        /// The place in the scenario of a byte of the query; the whole query where a template made it.
        func span(at offset: Int) -> SourceSpan {
            let offset = min(max(0, offset), text.utf8.count)
            guard
                let run = runs.last(where: { $0.rendered <= offset && offset <= $0.rendered + $0.length })
            else { return located.span }
            let start = run.written + offset - run.rendered
            let total = located.text.utf8.count
            if total == 0 { return located.span }
            return located.span(of: min(start, total - 1)..<min(start + 1, total))
        }
    }

    /// Reads a query; nil where it is no text or cannot be read by any server.
    init?(_ node: YAMLNode, _ reader: inout SyntaxReader) {
        guard let located = node.locatedText(&reader.diagnostics) else { return nil }
        self.located = located
        value = reader.value(node)
        if located.text.utf8.allSatisfy({ $0 <= 0x20 }) {
            reader.diagnostics.append(
                Diagnostic(.metricQuery, at: node.span, "the query is empty", hint: "write a metric's name"))
            return nil
        }
        // A query that is one template is known at run time only.
        if case .template(.whole, _) = value { return }
        if let problem = PromQLLexer(located.text).problem {
            reader.diagnostics.append(
                Diagnostic(
                    .metricQuery, at: located.span(of: problem.range), .init(problem.message), hint: .init(problem.hint)
                ))
        }
    }

    /// Why the query is no plain selector; nil where it is one, or only the run can tell.
    var misfit: PlainSelector.Misfit? {
        if case .template(.whole, _) = value { return nil }
        do throws(PlainSelector.Misfit) {
            _ = try PlainSelector.parse(located.text)
            return nil
        } catch {
            return error
        }
    }

    /// Evaluates the templates.
    func evaluate(_ scope: any TemplateScope) throws(StepFailure) -> Rendered {
        var rendered = Rendered(text: "", located: located)
        guard case .template(.text(let parts), let span) = value else {
            rendered.text = try scope.text(of: value) ?? ""
            if case .literal = value { rendered.runs = [(0, 0, rendered.text.utf8.count)] }
            return rendered
        }
        let templates = TemplateRanges.find(in: Array(located.text.utf8))
        var quote = Quote()
        var written = 0
        var count = 0
        for part in parts {
            switch part {
            case .literal(let text):
                rendered.runs.append((rendered.text.utf8.count, written, text.utf8.count))
                rendered.text += text
                quote.pass(text)
            case .value(let expression):
                let text = try scope.text(of: .template(.whole(expression), span))
                guard let text else {
                    throw StepFailure.refused(
                        .templateType, "'\(expression.text.prefix(60))' is null, and a query needs text",
                        at: expression.source.span, hint: "give it a default with '//'")
                }
                guard let escaped = quote.escaped(text) else {
                    throw StepFailure.refused(
                        .metricQuery,
                        "the value of '\(expression.text.prefix(60))' has a backtick, and stands between backticks",
                        at: expression.source.span, hint: "write the text in double quotes, where it is escaped")
                }
                rendered.text += escaped
                written = count < templates.count ? templates[count].upperBound : located.text.utf8.count
                count += 1
            }
        }
        return rendered
    }

    /// Whether a place in a query stands inside of a text in quotes.
    private struct Quote {
        private var open: Character?
        private var isEscaped = false
        private var isComment = false

        mutating func pass(_ text: String) {
            for character in text {
                if isComment {
                    isComment = !character.isNewline
                } else if let quote = open {
                    if isEscaped {
                        isEscaped = false
                    } else if character == "\\", quote != "`" {
                        isEscaped = true
                    } else if character == quote {
                        open = nil
                    }
                } else if "\"'`".contains(character) {
                    open = character
                } else {
                    isComment = character == "#"
                }
            }
        }

        /// A value so that it cannot end the text that it stands in; nil where nothing keeps it from that.
        func escaped(_ text: String) -> String? {
            guard let open else { return text }
            if open == "`" { return text.contains("`") ? nil : text }
            var escaped = ""
            for character in text {
                switch character {
                case "\\", "\"", "'":
                    escaped += character == "\\" || character == open ? "\\\(character)" : "\(character)"
                case "\n": escaped += "\\n"
                default: escaped.append(character)
                }
            }
            return escaped
        }
    }
}

extension PromQLTemplate {
    /// The query on one line, for plans.
    var written: String {
        value.written.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
    }
}
