internal import Diagnostics

/// Complaints about what stands where: brackets, keys and indentation.
extension YAMLExplanation {
    var flow: Diagnostic? {
        let isSequence = problem.context == "while parsing a flow sequence"
        guard isSequence || problem.context == "while parsing a flow mapping", let open = problem.contextOffset else {
            return nil
        }
        let opened = Diagnostic.Label(span: span(open), text: "opened here")
        let (sign, closer) = isSequence ? ("[", "]") : ("{", "}")
        let here = problem.offset
        let isOutside =
            byte == UInt8(ascii: ":") && indentation(at: here) <= indentation(at: open, isBehindDashes: true)
        if isAtEnd || isOutside && line(at: here) != line(at: open) {
            let start = line(at: here).lowerBound + indentation(at: here)
            let end = isAtEnd ? span(endOfText(before: here)) : span(start, valueEnd(start, line(at: here)))
            return Diagnostic(
                .yamlUnclosed, at: span(open), .neverClosed(sign),
                secondary: [.init(span: end, text: isAtEnd ? "the file ends here" : "read as a part of it")],
                hint: Diagnostic.Message("close it with \(closer)"))
        }
        if let byte, byte == UInt8(ascii: "{"), here > 0, bytes[here - 1] == UInt8(ascii: "$") {
            let line = line(at: here)
            let rest = bytes[here..<line.upperBound]
            let close = rest.indices.dropLast().first { rest[$0] == 0x7D && rest[$0 + 1] == 0x7D }
            let whole = span(here - 1, close.map { $0 + 2 } ?? here + 1)
            return Diagnostic(
                .yamlUnquotedTemplate, at: whole, "inside brackets or braces a template stands in quotes",
                secondary: [opened], hint: .write(YAMLQuoting.doubleQuoted(text(whole.range))))
        }
        if let byte, "[{".utf8.contains(byte), here > 0, bytes[here - 1] > 0x20, !",[{:".utf8.contains(bytes[here - 1])
        {
            return Diagnostic(
                .yamlNeedsQuotes, at: span(here), .bracketEnds(Character(Unicode.Scalar(byte))), secondary: [opened],
                hint: "quote the text, or write the list in block style, one '- ' a line")
        }
        if let byte, "]}".utf8.contains(byte) {
            return Diagnostic(
                .yamlUnclosed, at: span(here), .wrongCloser(Character(Unicode.Scalar(byte)), for: sign),
                secondary: [opened], hint: Diagnostic.Message("close it with \(closer)"))
        }
        let line = line(at: here)
        // A key on a line of its own is found out only at its colon.
        let isKey = byte == UInt8(ascii: ":") && line != self.line(at: open)
        let start = isKey ? line.lowerBound + indentation(at: here) : here
        return Diagnostic(
            .yamlSyntax, at: span(start, isKey ? here : valueEnd(here, line)), .expectedInFlow(closer),
            secondary: [opened],
            hint: "a comma, the closing bracket or a quote is missing before this")
    }

    /// A line that should be a key and has no colon.
    var simpleKey: Diagnostic? {
        guard problem.message == "could not find expected ':'", let start = problem.contextOffset else { return nil }
        let line = line(at: start)
        let end = valueEnd(start, line)
        let written = text(start..<max(start, end))
        if end - start > 1024 {
            return longKey(span(start, end))
        }
        let name = written.prefix { $0 != ":" }
        if name.count < written.count, !name.isEmpty, !name.contains(" ") {
            let value = written.dropFirst(name.count + 1)
            return Diagnostic(
                .yamlSyntax, at: span(start + name.utf8.count), "a space is missing behind the colon",
                hint: .write(.init("\(name): \(value)")))
        }
        return Diagnostic(
            .yamlSyntax, at: span(start, end), .noKey(written),
            hint: "write 'key: value', or indent the line to make it part of the text above")
    }

    func longKey(_ span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .yamlTooLarge, at: span, "a key has more than 1,024 characters",
            hint: "a text of this length stands behind its key, best in block style")
    }

    var block: Diagnostic? {
        let secondary = problem.contextOffset.map { [Diagnostic.Label(span: span($0))] } ?? []
        let here = span(problem.offset, valueEnd(problem.offset, line(at: problem.offset)))
        switch problem.message {
        case "did not find expected key":
            let isItem = byte == UInt8(ascii: "-")
            return Diagnostic(
                .yamlSyntax, at: here,
                isItem ? "a list item stands where a key is due" : "the indentation fits no mapping that is open here",
                secondary: secondary.map { .init(span: $0.span, text: "this mapping is open") },
                hint: "begin the line in the same column as its neighbours")
        case "did not find expected '-' indicator":
            return Diagnostic(
                .yamlSyntax, at: here, "a list item, '- …', is due here",
                secondary: secondary.map { .init(span: $0.span, text: "in this list") },
                hint: "begin the line in the same column as its neighbours, or with '- '")
        case "block sequence entries are not allowed in this context":
            return Diagnostic(
                .yamlSyntax, at: span(problem.offset), "a list cannot begin here",
                hint: "put '- ' on a line of its own below the key, or write the list in brackets")
        case "did not find expected <document start>":
            return Diagnostic(
                .yamlSyntax, at: here, "the document is complete before this line",
                hint: "begin the line in the same column as its neighbours")
        default:
            return nil
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func neverClosed(_ sign: String) -> Self { "the '\(sign)' that opens here is never closed" }

    fileprivate static func wrongCloser(_ found: Character, for sign: String) -> Self {
        "'\(found)' does not close the '\(sign)' that is open here"
    }

    fileprivate static func bracketEnds(_ sign: Character) -> Self {
        "inside brackets or braces '\(sign)' ends a text that has no quotes"
    }

    fileprivate static func expectedInFlow(_ closer: String) -> Self { "',' or '\(closer)' is due here" }

    fileprivate static func noKey(_ text: String) -> Self { "'\(preview(text))' is no key: it has no colon" }
}
