/// Cuts a jq program into tokens by the rules of jq 1.6's `lexer.l`: the longest match wins, then the earlier rule.
struct JQLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var tokens: [JQToken] = []
    /// Open brackets and interpolations, by the byte that closes them; an interpolation is a nil.
    private var open: [UInt8?] = []

    /// Returns the tokens, the last of which is `.end` or `.bad`.
    static func tokens(of bytes: [UInt8]) -> [JQToken] {
        var lexer = JQLexer(bytes)
        lexer.run()
        return lexer.tokens
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func run() {
        while position < bytes.count {
            let start = position
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"):
                position += 1
            case UInt8(ascii: "#"):
                while position < bytes.count, !Self.endsLine(bytes[position]) { position += 1 }
            case UInt8(ascii: "\""):
                position += 1
                add(.stringStart, from: start)
                scanString()
            case UInt8(ascii: "@"):
                position += 1
                while let byte = peek(), Self.isWord(byte) { position += 1 }
                guard position > start + 1 else {
                    fail("'@' begins a format such as @base64", from: start)
                    return
                }
                add(.format(text(start..<position)), from: start)
            case let byte where Self.isDigit(byte) || byte == UInt8(ascii: "."):
                scanDotOrNumber()
            case let byte where Self.isWord(byte):
                scanWord()
            default:
                scanSymbol()
            }
            if case .bad? = tokens.last?.kind { return }
        }
        tokens.append(JQToken(kind: .end, range: bytes.count..<bytes.count))
    }

    // MARK: - Words and numbers

    private mutating func scanWord() {
        let start = position
        skipWord()
        while peek() == UInt8(ascii: ":"), peek(1) == UInt8(ascii: ":"), let byte = peek(2), Self.isWordStart(byte) {
            position += 2
            skipWord()
        }
        let word = text(start..<position)
        add(JQToken.Keyword(rawValue: word).map { .keyword($0) } ?? .identifier(word), from: start)
    }

    private mutating func skipWord() {
        while let byte = peek(), Self.isWord(byte) { position += 1 }
    }

    /// Scans `.`, `..`, `.name` or a number; all of them may begin with a dot.
    private mutating func scanDotOrNumber() {
        let start = position
        var numberEnd = start
        while numberEnd < bytes.count, Self.isDigit(bytes[numberEnd]) || bytes[numberEnd] == UInt8(ascii: ".") {
            numberEnd += 1
        }
        if let exponent = exponentEnd(from: numberEnd) { numberEnd = exponent }
        var fieldEnd = start
        if bytes[start] == UInt8(ascii: "."), start + 1 < bytes.count, Self.isWordStart(bytes[start + 1]) {
            fieldEnd = start + 1
            while fieldEnd < bytes.count, Self.isWord(bytes[fieldEnd]) { fieldEnd += 1 }
        }
        if fieldEnd > numberEnd {
            position = fieldEnd
            add(.field(text(start + 1..<fieldEnd)), from: start)
            return
        }
        let digits = text(start..<numberEnd)
        position = numberEnd
        if digits == "." {
            add(.symbol(.dot), from: start)
        } else if digits == ".." {
            add(.symbol(.dots), from: start)
        } else if let number = Self.number(digits) {
            add(.number(number), from: start)
        } else if fieldEnd > start {
            let name = text(start + 1..<fieldEnd)
            fail("jq reads '.\(name)' as a number", hint: "write .[\"\(name)\"]", from: start)
        } else {
            fail(
                "'\(digits)' is no number",
                hint: digits.hasPrefix(".") ? "an element of an array is written [0]" : nil, from: start)
        }
    }

    private func exponentEnd(from position: Int) -> Int? {
        guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return nil }
        var end = position + 1
        if end < bytes.count, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-") { end += 1 }
        let firstDigit = end
        while end < bytes.count, Self.isDigit(bytes[end]) { end += 1 }
        return end > firstDigit ? end : nil
    }

    /// The number that jq reads in digits, dots and an exponent: `1.` and `.5` are numbers, `1.2.3` is none.
    private static func number(_ digits: String) -> Double? {
        let mantissa = digits.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        guard mantissa.contains(where: isDigit), mantissa.count(where: { $0 == UInt8(ascii: ".") }) < 2 else {
            return nil
        }
        // Swift asks for digits on both sides of the point.
        let before = mantissa.first == UInt8(ascii: ".") ? "0" : ""
        let after = mantissa.last == UInt8(ascii: ".") ? "0" : ""
        guard !before.isEmpty || !after.isEmpty else { return Double(digits) }
        return Double("\(before)\(digits[..<mantissa.endIndex])\(after)\(digits[mantissa.endIndex...])")
    }

    // MARK: - Symbols

    private mutating func scanSymbol() {
        let start = position
        for length in [3, 2, 1] where start + length <= bytes.count {
            let written = text(start..<start + length)
            if let infix = JQSyntax.Operator(rawValue: written) {
                position += length
                return add(.infix(infix), from: start)
            }
            guard let symbol = JQToken.Symbol(rawValue: written) else { continue }
            position += length
            switch symbol {
            case .openParenthesis: open.append(UInt8(ascii: ")"))
            case .openBracket: open.append(UInt8(ascii: "]"))
            case .openBrace: open.append(UInt8(ascii: "}"))
            case .closeBracket, .closeBrace: _ = open.popLast()
            case .closeParenthesis:
                if let innermost = open.popLast(), innermost == nil {
                    add(.interpolationEnd, from: start)
                    scanString()
                    return
                }
            default: break
            }
            add(.symbol(symbol), from: start)
            return
        }
        failAtForeignText()
    }

    /// Reports bytes that begin no token of jq, with what another language's habit meant by them.
    private mutating func failAtForeignText() {
        let start = position
        switch bytes[start] {
        case UInt8(ascii: "'"):
            fail("jq has no single quotes", hint: "write the text in double quotes", from: start)
        case UInt8(ascii: "&"):
            position += peek(1) == UInt8(ascii: "&") ? 2 : 1
            fail("jq has no '&&'", hint: "write 'and'", from: start)
        case UInt8(ascii: "!"):
            fail("jq has no '!'", hint: "write '… | not', or '!=' to compare", from: start)
        case UInt8(ascii: "\r"):
            fail("a carriage return is no blank in jq", hint: "end the line with a line feed alone", from: start)
        case UInt8(ascii: "`"):
            fail("jq has no backquotes", hint: "write the text in double quotes", from: start)
        case UInt8(ascii: "~"):
            fail("jq has no '~'", hint: "match a pattern with test(\"…\")", from: start)
        case let byte where byte < 0x20 || byte == 0x7F:
            fail("a control character stands here", from: start)
        default:
            position += 1
            while let byte = peek(), byte & 0xC0 == 0x80 { position += 1 }
            let isInKey = start > 0 && (bytes[start - 1] == UInt8(ascii: ".") || Self.isWord(bytes[start - 1]))
            fail(
                "'\(text(start..<position))' means nothing in jq here",
                hint: isInKey ? "a key of other letters than a to z is written .[\"…\"]" : nil, from: start)
        }
    }

    // MARK: - Strings

    /// Scans a string's content up to its end or to the next interpolation.
    private mutating func scanString() {
        while position < bytes.count {
            let start = position
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                add(.stringEnd, from: start)
                return
            case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "("):
                position += 2
                open.append(nil)
                add(.interpolationStart, from: start)
                return
            case UInt8(ascii: "\\"):
                guard scanEscapes() else { return }
            default:
                while let byte = peek(), byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "\"") { position += 1 }
                add(.stringText(text(start..<position)), from: start)
            }
        }
    }

    /// Scans one escape, or the two of a surrogate pair; false if it is none.
    private mutating func scanEscapes() -> Bool {
        let start = position
        guard let byte = peek(1) else {
            fail("the escape is cut off", from: start)
            return false
        }
        position += 2
        if let plain = Self.escapes[byte] {
            add(.stringText(plain), from: start)
            return true
        }
        guard byte == UInt8(ascii: "u") else {
            let shown = byte > 0x20 && byte < 0x7F ? "\\" + text(start + 1..<start + 2) : "this"
            fail("\(shown) is no escape of a jq string", hint: "a backslash itself is written \\\\", from: start)
            return false
        }
        guard let unit = hexadecimal(at: position) else {
            fail("\\u wants four hexadecimal digits", from: start)
            return false
        }
        position += 4
        var scalar = unit
        if unit >> 10 == 0xD800 >> 10 {
            guard peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u"), let low = hexadecimal(at: position + 2),
                low >> 10 == 0xDC00 >> 10
            else {
                fail("half of a surrogate pair", hint: "write the other half behind it, or the character", from: start)
                return false
            }
            position += 6
            scalar = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let decoded = Unicode.Scalar(scalar) else {
            fail("half of a surrogate pair", hint: "write the first half before it, or the character", from: start)
            return false
        }
        add(.stringText(String(Character(decoded))), from: start)
        return true
    }

    private static let escapes: [UInt8: String] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
        UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    private func hexadecimal(at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count, bytes[start..<start + 4].allSatisfy(Self.isHexadecimal) else { return nil }
        return UInt32(text(start..<start + 4), radix: 16)
    }

    // MARK: - Bytes

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private mutating func add(_ kind: JQToken.Kind, from start: Int) {
        tokens.append(JQToken(kind: kind, range: start..<position))
    }

    private mutating func fail(_ message: String, hint: String? = nil, from start: Int) {
        let end = min(max(position, start + 1), bytes.count)
        tokens.append(JQToken(kind: .bad(message: message, hint: hint), range: start..<end))
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
    private static func isWordStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
    private static func isWord(_ byte: UInt8) -> Bool { isWordStart(byte) || isDigit(byte) }
}
