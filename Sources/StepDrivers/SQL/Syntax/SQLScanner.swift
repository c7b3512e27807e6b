/// Takes SQL apart by the rules of a dialect, far enough to tell text that is code from text that is not.
struct SQLScanner {
    private let bytes: [UInt8]
    private let dialect: SQLDialect
    private var at = 0
    private var tokens: [SQLToken] = []

    /// The tokens of a text; blanks are left out.
    static func tokens(of text: String, _ dialect: SQLDialect) -> [SQLToken] {
        var scanner = SQLScanner(bytes: Array(text.utf8), dialect: dialect)
        while scanner.at < scanner.bytes.count { scanner.next() }
        return scanner.tokens
    }

    private init(bytes: [UInt8], dialect: SQLDialect) {
        self.bytes = bytes
        self.dialect = dialect
    }

    private func peek(_ offset: Int = 0) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }

    private mutating func add(_ kind: SQLToken.Kind, to end: Int) {
        tokens.append(SQLToken(kind: kind, range: at..<end))
        at = end
    }

    private mutating func next() {
        let byte = bytes[at]
        switch byte {
        case 0x09...0x0D, 0x20: at += 1
        case UInt8(ascii: ";"): add(.semicolon, to: at + 1)
        case UInt8(ascii: "("): add(.open, to: at + 1)
        case UInt8(ascii: ")"), UInt8(ascii: "]"): add(.close, to: at + 1)
        case UInt8(ascii: "["):
            if dialect.hasForeignQuotes {
                quoted(by: UInt8(ascii: "]"), .quotedName, "name in brackets")
            } else {
                add(.open, to: at + 1)
            }
        case UInt8(ascii: "'"): quoted(by: byte, .string, "string")
        case UInt8(ascii: "\""): quoted(by: byte, .quotedName, "name in quotes")
        case UInt8(ascii: "`") where dialect.hasForeignQuotes: quoted(by: byte, .quotedName, "name in quotes")
        case UInt8(ascii: "-") where peek(1) == byte: lineComment()
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): blockComment()
        case UInt8(ascii: "$"): dollar()
        case UInt8(ascii: ":"): colon()
        default:
            if Self.beginsWord(byte) { word() } else if Self.isDigit(byte) { number() } else { add(.other, to: at + 1) }
        }
    }

    // MARK: Quotes

    /// A string or name whose end, doubled, stands for itself; brackets know no doubling.
    private mutating func quoted(by end: UInt8, _ kind: SQLToken.Kind, _ what: String, escapes: Bool = false) {
        var index = at + 1
        while index < bytes.count {
            if escapes, bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] != end {
                index += 1
            } else if end != UInt8(ascii: "]"), index + 1 < bytes.count, bytes[index + 1] == end {
                index += 2
            } else {
                return add(kind, to: index + 1)
            }
        }
        add(.unclosed(what), to: bytes.count)
    }

    private mutating func dollar() {
        var index = at + 1
        while index < bytes.count, Self.isDigit(bytes[index]) { index += 1 }
        if index > at + 1 {
            let digits = String(decoding: bytes[(at + 1)..<index], as: UTF8.self)
            return add(.parameter(Int(digits) ?? Int.max), to: index)
        }
        guard dialect.hasDollarQuotes else { return add(.other, to: at + 1) }
        while index < bytes.count, Self.continuesWord(bytes[index]), bytes[index] != UInt8(ascii: "$") { index += 1 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "$") else { return add(.other, to: at + 1) }
        let mark = bytes[at...index]
        var end = index + 1
        while end + mark.count <= bytes.count {
            if bytes[end..<(end + mark.count)].elementsEqual(mark) { return add(.string, to: end + mark.count) }
            end += 1
        }
        add(.unclosed("dollar quote"), to: bytes.count)
    }

    // MARK: Comments

    private mutating func lineComment() {
        var index = at
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        add(.comment, to: index)
    }

    private mutating func blockComment() {
        var depth = 1
        var index = at + 2
        while index < bytes.count {
            let pair = (bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0)
            if pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) {
                depth -= 1
                index += 2
                if depth == 0 { return add(.comment, to: index) }
            } else if dialect.nestsComments, pair == (UInt8(ascii: "/"), UInt8(ascii: "*")) {
                depth += 1
                index += 2
            } else {
                index += 1
            }
        }
        // SQLite ends such a comment with the text.
        add(dialect.nestsComments ? .unclosed("comment") : .comment, to: bytes.count)
    }

    // MARK: Words and signs

    private mutating func word() {
        var index = at
        while index < bytes.count, Self.continuesWord(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[at..<index], as: UTF8.self).uppercased()
        if text == "E", dialect.hasEscapeStrings, index < bytes.count, bytes[index] == UInt8(ascii: "'") {
            at = index
            let start = index - 1
            quoted(by: UInt8(ascii: "'"), .string, "string", escapes: true)
            tokens[tokens.count - 1].range = start..<tokens[tokens.count - 1].range.upperBound
            return
        }
        add(.word(text), to: index)
    }

    private mutating func number() {
        var index = at
        while index < bytes.count, Self.continuesWord(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
        add(.other, to: index)
    }

    /// `::` casts; `:"name"` is an identifier that the step gives.
    private mutating func colon() {
        if peek(1) == UInt8(ascii: ":") { return add(.other, to: at + 2) }
        guard peek(1) == UInt8(ascii: "\"") else { return add(.other, to: at + 1) }
        let start = at
        at += 1
        quoted(by: UInt8(ascii: "\""), .quotedName, "name in quotes")
        let last = tokens.count - 1
        guard tokens[last].kind == .quotedName else { return }
        let inner = tokens[last].range.dropFirst().dropLast()
        let name = String(decoding: bytes[inner.startIndex..<inner.endIndex], as: UTF8.self)
        tokens[last] = SQLToken(kind: .slot(name), range: start..<tokens[last].range.upperBound)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func beginsWord(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func continuesWord(_ byte: UInt8) -> Bool {
        beginsWord(byte) || isDigit(byte) || byte == UInt8(ascii: "$")
    }
}
