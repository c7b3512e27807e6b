/// Splits a command as a shell does, without being one: quotes, escapes, `$'…'`, lines joined by a backslash.
///
/// A variable, `$NAME` or `${NAME}`, becomes a name that the scenario reads. What a shell would do besides (pipes,
/// redirections, commands inside the command) is refused.
struct ShellWords {
    /// What stands where a plain command should be.
    struct Problem: Error, Equatable {
        var message: String
        var hint: String
    }

    private var rest: Substring
    private let environment: [String: String]
    private var word = DraftText()
    private var hasWord = false
    private var words: [DraftText] = []

    /// Returns the words of a command.
    static func split(_ text: String, environment: [String: String]) throws(Problem) -> [DraftText] {
        var reader = ShellWords(rest: text[...], environment: environment)
        try reader.read()
        return reader.words
    }

    private init(rest: Substring, environment: [String: String]) {
        self.rest = rest
        self.environment = environment
    }

    private mutating func read() throws(Problem) {
        while let character = rest.popFirst() {
            switch character {
            case " ", "\t", "\n", "\r\n", "\r": endWord()
            case "'": try readSingle()
            case "\"": try readDouble()
            case "\\":
                guard let next = rest.popFirst() else { break }
                if !next.isNewline { add(String(next)) }
            case "$":
                if rest.first == "'" {
                    rest.removeFirst()
                    try readEscaped()
                } else {
                    try readVariable()
                }
            case "#" where !hasWord:
                rest = rest.drop { !$0.isNewline }
            case "|", ";", "&", "<", ">", "(", ")", "`":
                throw Problem(
                    message: "the command has a '\(character)' outside of quotes",
                    hint: "give the curl command alone, its URL in quotes where it holds '&'")
            default: add(String(character))
            }
        }
        endWord()
    }

    private mutating func add(_ text: String) {
        word.append(text)
        hasWord = true
    }

    private mutating func endWord() {
        if hasWord { words.append(word) }
        word = DraftText()
        hasWord = false
    }

    private mutating func readSingle() throws(Problem) {
        hasWord = true
        guard let end = rest.firstIndex(of: "'") else { throw unclosed("'") }
        add(String(rest[..<end]))
        rest = rest[rest.index(after: end)...]
    }

    private mutating func readDouble() throws(Problem) {
        hasWord = true
        while let character = rest.popFirst() {
            switch character {
            case "\"": return
            case "\\":
                guard let next = rest.popFirst() else { throw unclosed("\"") }
                if next.isNewline { continue }
                add("$`\"\\".contains(next) ? String(next) : "\\" + String(next))
            case "$": try readVariable()
            case "`": throw Problem(message: "the command runs another one in '`'", hint: "write its output instead")
            default: add(String(character))
            }
        }
        throw unclosed("\"")
    }

    /// Reads `NAME` or `{NAME}` behind a dollar sign.
    private mutating func readVariable() throws(Problem) {
        if rest.first == "(" {
            throw Problem(message: "the command runs another one in '$( )'", hint: "write its output instead")
        }
        let isBraced = rest.first == "{"
        let body = isBraced ? rest.dropFirst() : rest
        let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let first = name.first, !first.isNumber else { return add("$") }
        var after = body.dropFirst(name.count)
        if isBraced {
            guard after.popFirst() == "}" else {
                throw Problem(
                    message: "the command changes '${\(name)…}' before it uses it", hint: "write '${\(name)}'")
            }
        }
        rest = after
        word.append(DraftText(named: String(name), value: environment[String(name)]))
        hasWord = true
    }

    /// Reads what stands in `$'…'`, with the escapes of C.
    private mutating func readEscaped() throws(Problem) {
        hasWord = true
        var bytes: [UInt8] = []
        while let character = rest.popFirst() {
            if character == "'" { return add(String(decoding: bytes, as: UTF8.self)) }
            guard character == "\\" else {
                bytes += String(character).utf8
                continue
            }
            guard let letter = rest.popFirst() else { break }
            switch letter {
            case "n": bytes.append(0x0A)
            case "t": bytes.append(0x09)
            case "r": bytes.append(0x0D)
            case "a": bytes.append(0x07)
            case "b": bytes.append(0x08)
            case "e", "E": bytes.append(0x1B)
            case "f": bytes.append(0x0C)
            case "v": bytes.append(0x0B)
            case "x": bytes.append(UInt8(truncatingIfNeeded: number(most: 2, radix: 16)))
            case "u": bytes += Self.utf8(number(most: 4, radix: 16))
            case "U": bytes += Self.utf8(number(most: 8, radix: 16))
            case "0"..."7":
                rest = String(letter) + rest
                bytes.append(UInt8(truncatingIfNeeded: number(most: 3, radix: 8)))
            default: bytes += (["'", "\"", "\\", "?"].contains(letter) ? "" : "\\").utf8 + Array(String(letter).utf8)
            }
        }
        throw unclosed("$'")
    }

    private mutating func number(most: Int, radix: Int) -> Int {
        let digits = rest.prefix(most).prefix { $0.isASCII && $0.hexDigitValue.map { $0 < radix } == true }
        rest = rest.dropFirst(digits.count)
        return Int(digits, radix: radix) ?? 0
    }

    private static func utf8(_ code: Int) -> [UInt8] {
        Unicode.Scalar(UInt32(truncatingIfNeeded: code)).map { Array(String($0).utf8) } ?? [0xEF, 0xBF, 0xBD]
    }

    private func unclosed(_ quote: String) -> Problem {
        Problem(
            message: "a quote \(quote) is opened and not closed",
            hint:
                "put the whole command in single quotes, and write '\\'' for one inside; or pipe it to 'plumb new from curl -'"
        )
    }
}
