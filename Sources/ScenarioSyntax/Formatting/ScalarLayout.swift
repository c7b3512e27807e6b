/// How a text is written: on the line where it begins, or below it.
enum ScalarLayout {
    case line(String)
    /// `|-` or its kin, and the lines below, without indentation.
    case block(header: String, lines: [String])

    /// Where a scalar stands.
    enum Context {
        case block
        case flow
        case key
    }

    /// Lays out a scalar; `room` is how many characters fit on its line, `roomBelow` on the lines of a block.
    init(_ scalar: SourceScalar, isTagged: Bool, in context: Context, room: Int, roomBelow: Int) {
        switch scalar.style {
        case .literal, .folded:
            self = ScalarLayout.kept(scalar)
        case .plain:
            self = scalar.isOnOneLine ? .line(scalar.written) : Self.joined(scalar, context, room, roomBelow)
        case .singleQuoted, .doubleQuoted:
            let isPlain = !isTagged && !QuotedText.isSpelled(scalar) && PlainText.isSafe(scalar.text, in: context)
            if scalar.isOnOneLine {
                self = .line(isPlain ? scalar.text : QuotedText.preferred(scalar))
            } else {
                self = Self.joined(scalar, context, room, roomBelow)
            }
        }
    }

    /// A block scalar keeps its lines; its header says only what must be said.
    private static func kept(_ scalar: SourceScalar) -> ScalarLayout {
        var lines = scalar.lines
        while let last = lines.last, last.isEmpty { lines.removeLast() }
        let breaks = scalar.text.utf8.reversed().prefix { $0 == 0x0A }.count
        var header = scalar.style == .literal ? "|" : ">"
        if let first = lines.first(where: { !$0.isEmpty })?.utf8.first, ScalarMap.isBlank(first) { header += "2" }
        if breaks == 0 {
            header += "-"
        } else if scalar.keepsEnd, breaks > 1 || lines.isEmpty {
            header += "+"
            lines += Array(repeating: "", count: lines.isEmpty ? breaks : breaks - 1)
        }
        return .block(header: header, lines: lines)
    }

    /// A text that was written over several lines in another style.
    private static func joined(
        _ scalar: SourceScalar, _ context: Context, _ room: Int, _ roomBelow: Int
    ) -> ScalarLayout {
        let text = scalar.text
        let line =
            PlainText.isSafe(text, in: context) ? text : QuotedText.isPrintable(text) ? QuotedText.written(text) : nil
        if let line, line.count <= room || context != .block { return .line(line) }
        if context == .block, let lines = ownLines(scalar) ?? folded(text, room: roomBelow) {
            return .block(header: ">-", lines: lines)
        }
        if context == .block, let block = literal(text) { return block }
        return .line(line ?? YAMLQuoting.doubleQuoted(text))
    }

    /// The lines that the author made, where a fold joins them to the same text.
    private static func ownLines(_ scalar: SourceScalar) -> [String]? {
        guard QuotedText.isPrintable(scalar.text) else { return nil }
        let written = scalar.style == .plain ? scalar.written[...] : scalar.written.dropFirst().dropLast()
        let lines = written.split(whereSeparator: \.isNewline).map { line in
            String(line.drop { $0 == " " || $0 == "\t" }).trimmedAtEnd
        }
        return lines.joined(separator: " ") == scalar.text && !lines.contains("") ? lines : nil
    }

    /// The text over several lines that a fold joins again; nil where blanks would get lost.
    private static func folded(_ text: String, room: Int) -> [String]? {
        guard QuotedText.isPrintable(text), !text.isEmpty else { return nil }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count > 1, words.allSatisfy({ !$0.isEmpty }) else { return nil }
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.count + 1 + word.count <= room {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private static func literal(_ text: String) -> ScalarLayout? {
        let endsLine = text.utf8.last == 0x0A
        let lines = (endsLine ? String(text.dropLast()) : text).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        let isClean = lines.allSatisfy { QuotedText.isPrintable($0) && $0.utf8.last != 0x20 }
        guard lines.count > 1, isClean, lines.first?.isEmpty == false, lines.first?.utf8.first != 0x20,
            lines.last?.isEmpty == false
        else { return nil }
        return .block(header: endsLine ? "|" : "|-", lines: lines)
    }
}

/// Texts that stand without quotes.
enum PlainText {
    /// Whether a text means the same without its quotes, to this reader and to others.
    ///
    /// In doubt the quotes stay: numbers, dates and words that another version of YAML takes for something else keep them.
    static func isSafe(_ text: String, in context: ScalarLayout.Context) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, QuotedText.isPrintable(text) else { return false }
        guard first != 0x20, last != 0x20, last != UInt8(ascii: ":") else { return false }
        guard !",[]{}#&*!|>'\"%@`?:=~".utf8.contains(first) else { return false }
        if first == UInt8(ascii: "-"), bytes.count == 1 || bytes[1] == 0x20 { return false }
        if text.hasPrefix("---") || text.hasPrefix("...") || text.hasPrefix("<<") { return false }
        if text.contains(": ") || text.contains(" #") || OpenEnds.isOpen(text) { return false }
        if context == .flow, bytes.contains(where: { ",[]{}:?\"".utf8.contains($0) }) { return false }
        if context == .key, bytes.contains(where: { "[]{},".utf8.contains($0) }) { return false }
        guard case .string = CoreSchema.resolve(text) else { return false }
        return !isAmbiguous(text)
    }

    /// Whether YAML 1.1 might see a boolean, a number or a date.
    private static func isAmbiguous(_ text: String) -> Bool {
        if ["y", "n", "yes", "no", "on", "off", "null", "true", "false"].contains(text.lowercased()) { return true }
        guard let first = text.utf8.first, "0123456789+-.".utf8.contains(first) else { return false }
        return text.utf8.allSatisfy { "0123456789+-.,:_ abcdefABCDEFxXoOtTzZinfINF".utf8.contains($0) }
    }
}

/// Texts in quotes.
enum QuotedText {
    /// Whether a text can stand as it is on one line, in any style.
    static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x20..<0x7F, 0xA0..<0x200B, 0x2010..<0x2028, 0x2030..<0x2066, 0x206A..<0xD800, 0xE000..<0xFEFF,
                0xFF00..<0xFFFE,
                0x10000...:
                true
            default: false
            }
        }
    }

    /// A printable text in double quotes, or in single ones where that saves escapes.
    static func written(_ text: String) -> String {
        text.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
            ? YAMLQuoting.singleQuoted(text) : "\"\(text)\""
    }

    /// A text that is written in quotes on one line: the author's escapes stay, else the quotes are those of all texts.
    static func preferred(_ scalar: SourceScalar) -> String {
        let text = scalar.text
        let hasApostrophe = text.utf8.contains(UInt8(ascii: "'"))
        let needsEscapes = text.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        guard isPrintable(text), !(needsEscapes && hasApostrophe) else { return scalar.written }
        return isSpelled(scalar) ? scalar.written : written(text)
    }

    /// Whether an escape stands for a character that could be typed: it says that it should be seen.
    static func isSpelled(_ scalar: SourceScalar) -> Bool {
        scalar.style == .doubleQuoted && scalar.written.contains("\\")
            && YAMLQuoting.doubleQuoted(scalar.text) != scalar.written
    }
}
