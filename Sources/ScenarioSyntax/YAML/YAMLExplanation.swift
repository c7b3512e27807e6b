internal import Diagnostics

/// Says what libyaml's complaint means to someone who writes scenarios.
///
/// libyaml names the token that it could not place; the cause is mostly a text that should have been quoted. So the
/// lines around the complaint are looked at first for a value that begins with one of YAML's signs and goes on behind
/// its close, then libyaml's words are taken one by one, and what is left is told as libyaml told it.
struct YAMLExplanation {
    let file: SourceFile
    let problem: YAMLProblem

    init(_ problem: YAMLProblem, in file: SourceFile) {
        self.problem = problem
        self.file = file
    }

    /// The problem as it is reported.
    var diagnostic: Diagnostic {
        tab ?? unclosedQuote ?? escape ?? lateQuote(acrossLines: true) ?? textBehindClose
            ?? lateQuote(acrossLines: false) ?? leadingSign ?? colon ?? flow ?? simpleKey ?? block
            ?? asToldByLibYAML
    }

    var bytes: [UInt8] { file.bytes }
    var byte: UInt8? { problem.offset < bytes.count ? bytes[problem.offset] : nil }
    var isAtEnd: Bool { !bytes[min(problem.offset, bytes.count)...].contains { $0 > 0x20 } }

    func span(_ from: Int, _ to: Int? = nil) -> SourceSpan {
        let from = min(max(0, from), bytes.count)
        return SourceSpan(file, from..<min(max(from, to ?? from + 1), bytes.count))
    }

    func line(at offset: Int) -> Range<Int> {
        file.lines.range(ofLine: file.lines.line(at: min(offset, bytes.count)), in: bytes)
    }

    /// The bytes on the line of an offset before its text; the dashes of list items may count as such.
    func indentation(at offset: Int, isBehindDashes: Bool = false) -> Int {
        bytes[line(at: offset)].prefix { $0 == 0x20 || isBehindDashes && $0 == UInt8(ascii: "-") }.count
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    // MARK: Single causes

    private var tab: Diagnostic? {
        guard byte == 0x09 || problem.message.contains("tab character") else { return nil }
        var end = problem.offset
        while end < bytes.count, bytes[end] == 0x09 { end += 1 }
        let start = line(at: problem.offset).lowerBound
        let isIndentation = bytes[start..<problem.offset].allSatisfy { $0 == 0x20 || $0 == 0x09 }
        return Diagnostic(
            .yamlTab, at: span(problem.offset, end),
            isIndentation ? "a tab stands where indentation is due" : "a tab stands where only spaces may",
            hint: isIndentation ? "indent with spaces" : "write a space")
    }

    private var unclosedQuote: Diagnostic? {
        guard problem.context == "while scanning a quoted scalar", problem.message.contains("found unexpected"),
            let open = problem.contextOffset, open < bytes.count
        else { return nil }
        let quote = Character(Unicode.Scalar(bytes[open]))
        let ending = isAtEnd ? "the file ends here" : "a document ends here"
        return Diagnostic(
            .yamlUnclosed, at: span(open), "the quote \(quote) that opens here is never closed",
            secondary: [.init(span: span(endOfText(before: problem.offset)), text: Diagnostic.Message(ending))],
            hint: Diagnostic.Message("close it with \(quote)"))
    }

    /// A quote that is forgotten is closed by the one that was to open the next text, and that text is left over.
    private func lateQuote(acrossLines: Bool) -> Diagnostic? {
        guard let quoted = problem.quoted, quoted.count > 2, quoted.upperBound == problem.offset, !isAtEnd,
            quoted.upperBound < bytes.count, bytes[quoted.upperBound] > 0x20
        else { return nil }
        let inside = bytes[(quoted.lowerBound + 1)..<(quoted.upperBound - 1)]
        // On one line only a separator shows that the text should have ended before.
        let signs = acrossLines ? "\r\n" : ",:[]{}"
        guard inside.contains(where: { signs.utf8.contains($0) }) else { return nil }
        // An item's own anchor or tag is no quote.
        guard let quote = UTF8Text.scalar(in: bytes, at: quoted.lowerBound), quote == "\"" || quote == "'" else {
            return nil
        }
        return Diagnostic(
            .yamlUnclosed, at: span(quoted.lowerBound), "the quote \(String(quote)) that opens here is closed too late",
            secondary: [.init(span: span(quoted.upperBound - 1), text: "here, and text stands behind it")],
            hint: "close it with \(String(quote)) where its text ends")
    }

    /// The place behind the last character that is no white space.
    func endOfText(before offset: Int) -> Int {
        var end = min(offset, bytes.count)
        if !isAtEnd { return end }
        while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
        return end
    }

    private var escape: Diagnostic? {
        guard problem.context == "while parsing a quoted scalar" else { return nil }
        guard problem.message.contains("unknown escape") else {
            return Diagnostic(
                .yamlUnknownEscape, at: span(problem.offset), "the escape in double quotes is not complete",
                hint: "two hexadecimal digits follow \\x, four \\u, eight \\U")
        }
        let end = min(problem.offset + 2, bytes.count)
        var hint: Diagnostic.Message = "use single quotes or block style, where a backslash is itself"
        if let open = problem.contextOffset {
            let line = line(at: open)
            if let close = SignedValue.closingQuote(bytes, open, line.upperBound) {
                let inner = text((open + 1)..<close)
                let isInterpolation = end <= bytes.count && bytes[end - 1] == UInt8(ascii: "(")
                let wanted = isInterpolation ? text(open..<valueEnd(close + 1, line)) : inner
                hint = .quoteSingly(wanted)
            }
        }
        return Diagnostic(
            .yamlUnknownEscape, at: span(problem.offset, end), .unknownEscape(text(problem.offset..<end)), hint: hint)
    }

    /// The end of a value that reaches to the end of its line, a comment and white space left out.
    func valueEnd(_ from: Int, _ line: Range<Int>) -> Int {
        var end = line.upperBound
        var offset = from
        while offset < end {
            if bytes[offset] == UInt8(ascii: "#"), offset > line.lowerBound, bytes[offset - 1] == 0x20 {
                end = offset
                break
            }
            offset += 1
        }
        while end > from, bytes[end - 1] <= 0x20 { end -= 1 }
        return max(from, end)
    }

    // MARK: Values that begin with a sign of YAML's

    private var textBehindClose: Diagnostic? {
        var tried: [Int] = []
        for offset in [problem.offset, problem.contextOffset, lineBefore(problem.offset)].compactMap({ $0 }) {
            let line = line(at: offset)
            if tried.contains(line.lowerBound) { continue }
            tried.append(line.lowerBound)
            guard let value = SignedValue(bytes, line), let behind = value.behind else { continue }
            let end = valueEnd(behind, line)
            let whole = span(value.start, end)
            if value.isTemplate {
                return Diagnostic(
                    .yamlUnquotedTemplate, at: whole, "`{{ }}` without quotes is a mapping in YAML, not a template",
                    hint: .write(YAMLQuoting.doubleQuoted("$" + text(whole.range))))
            }
            return Diagnostic(
                .yamlNeedsQuotes, at: whole, .textBehind(value.sign, bytes[value.close]),
                secondary: [.init(span: span(behind, end), text: "this is left over")], hint: .quote(text(whole.range)))
        }
        return nil
    }

    private func lineBefore(_ offset: Int) -> Int? {
        var start = line(at: offset).lowerBound
        while start > 0, bytes[start - 1] <= 0x20 { start -= 1 }
        return start > 0 ? start - 1 : nil
    }

    private var leadingSign: Diagnostic? {
        let contexts = [
            "while scanning an alias", "while scanning an anchor", "while scanning a block scalar",
            "while scanning a tag", "while parsing a tag", "while scanning a directive", "while parsing a node",
        ]
        var start: Int
        if problem.message == "found character that cannot start any token" {
            start = problem.offset
        } else if contexts.contains(problem.context), let context = problem.contextOffset {
            start = context
            if problem.context == "while parsing a node" { start = problem.offset }
        } else {
            return nil
        }
        guard start < bytes.count, bytes[start] > 0x20 else { return nil }
        let line = line(at: start)
        let end = valueEnd(start, line)
        guard start < end else { return nil }
        // Inside brackets the value ends earlier, and where is not known.
        let isValue = SignedValue.valueStart(bytes, line) == start
        let sign = Character(UTF8Text.scalar(in: bytes, at: start) ?? " ")
        return Diagnostic(
            .yamlNeedsQuotes, at: isValue ? span(start, end) : span(start, start + sign.utf8.count),
            .leadingSign(sign, problem.message),
            hint: isValue ? .quote(text(start..<end)) : "quote the text or write it in block style")
    }

    /// `: ` inside a text makes it a key.
    private var colon: Diagnostic? {
        guard problem.message == "mapping values are not allowed in this context" else { return nil }
        let line = line(at: problem.offset)
        let end = valueEnd(problem.offset, line)
        if problem.offset - line.lowerBound > 1024, !bytes[line.lowerBound..<problem.offset].contains(0x20) {
            return longKey(span(line.lowerBound, problem.offset))
        }
        if let start = SignedValue.valueStart(bytes, line), start < problem.offset, start > line.lowerBound {
            let isValueOfKey = bytes[line.lowerBound..<start].contains(UInt8(ascii: ":"))
            if isValueOfKey {
                return Diagnostic(
                    .yamlNeedsQuotes, at: span(problem.offset), "': ' cannot stand inside a text without quotes",
                    secondary: [.init(span: span(start, end), text: "in this value")],
                    hint: .quote(text(start..<end)))
            }
        }
        return Diagnostic(
            .yamlSyntax, at: span(problem.offset), "a key cannot stand here: the line above has its value already",
            secondary: lineBefore(problem.offset).map { offset in
                let above = self.line(at: offset)
                let start = above.lowerBound + bytes[above].prefix { $0 == 0x20 }.count
                return [.init(span: span(start, valueEnd(start, above)))]
            } ?? [],
            hint: "indent the key like its neighbours, or quote the text if it is none")
    }

    private var asToldByLibYAML: Diagnostic {
        let message = problem.message.isEmpty ? "the text is not well-formed" : problem.message
        let secondary = problem.contextOffset.map {
            [Diagnostic.Label(span: span($0), text: Diagnostic.Message(problem.context))]
        }
        return Diagnostic(
            .yamlSyntax, at: span(problem.offset), Diagnostic.Message(message), secondary: secondary ?? [],
            hint: "look for a missing quote, bracket or colon, or an indentation unlike its neighbours'")
    }
}

extension Diagnostic.Message {
    fileprivate static func unknownEscape(_ escape: String) -> Self { "double quotes know no escape '\(escape)'" }

    fileprivate static func quoteSingly(_ text: String) -> Self {
        text.count <= 72
            ? "use single quotes, where a backslash is itself: \(YAMLQuoting.singleQuoted(text))"
            : "use single quotes or block style, where a backslash is itself"
    }

    fileprivate static func textBehind(_ sign: UInt8, _ close: UInt8) -> Self {
        let (open, close) = (Character(Unicode.Scalar(sign)), Character(Unicode.Scalar(close)))
        return "a value that begins with \(open) ends at its \(close), and text stands behind it"
    }

    fileprivate static func leadingSign(_ sign: Character, _ problem: String) -> Self {
        switch sign {
        case "*": "a text that begins with '*' is an alias to YAML, and this is none"
        case "&": "a text that begins with '&' is an anchor to YAML, and this is none"
        case "!": "a text that begins with '!' is a tag to YAML, and this is none"
        case "|", ">": "a value that begins with '\(sign)' is a block text to YAML, and this is none"
        case "%", "@", "`": "a text cannot begin with '\(sign)' unless it is quoted"
        default: "'\(sign)' cannot begin a value"
        }
    }
}
