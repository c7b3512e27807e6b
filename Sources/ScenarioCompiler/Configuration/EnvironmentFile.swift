internal import Diagnostics

/// An env file: `KEY=VALUE` lines, comments, `export`, quotes; nothing in it is expanded.
///
/// - An unquoted value ends at the line's end or at ` #`, spaces around it dropped.
/// - `'…'` is taken as it is; in `"…"` the escapes are `\n \r \t \\ \" \$`; both may span lines.
/// - Of two lines for one key the last counts.
struct EnvironmentFile {
    private let bytes: [UInt8]
    private var offset: Int
    private var values: [String: String] = [:]
    /// Where each value's name was last set.
    private var places: [String: Range<Int>] = [:]
    private var names: [Range<Int>] = []
    private var problems: [Problem] = []

    /// A problem whose place is not yet one of the text that may be shown.
    private struct Problem {
        var code = Diagnostic.Code.environmentSyntax
        var severity = Diagnostic.Severity.error
        var range: Range<Int>
        var message: Diagnostic.Message
        var hint: Diagnostic.Message
        var earlier: Range<Int>?
    }

    /// Reads a file's bytes; problems point at lines in which values are blotted out, as they may be secrets.
    static func read(path: String, bytes: [UInt8], into diagnostics: inout [Diagnostic]) -> [String: String] {
        var reader = EnvironmentFile(bytes)
        if reader.isText() { reader.readLines() }
        guard !reader.problems.isEmpty else { return reader.values }
        let text = EnvironmentText(path: path, bytes: bytes, names: reader.names)
        for problem in reader.problems {
            diagnostics.append(
                Diagnostic(
                    problem.code, problem.severity, at: text.span(problem.range), problem.message,
                    secondary: problem.earlier.map { [.init(span: text.span($0), text: "first set here")] } ?? [],
                    hint: problem.hint))
        }
        return reader.values
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private mutating func isText() -> Bool {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            report(at: 0..<0, .notUTF8, hint: "save the file as UTF-8")
            return false
        }
        if let nul = bytes.firstIndex(of: 0) {
            report(at: nul..<nul + 1, .nulByte, hint: "save the file as UTF-8 text")
            return false
        }
        guard String(validating: bytes, as: UTF8.self) == nil else { return true }
        // Repairing leaves valid text as it is, so the first difference is the first bad byte.
        let repaired = String(decoding: bytes, as: UTF8.self).utf8
        let bad = zip(bytes, repaired).enumerated().first { $1.0 != $1.1 }?.offset ?? bytes.count - 1
        report(at: bad..<bad + 1, .notUTF8, hint: "save the file as UTF-8")
        return false
    }

    private mutating func readLines() {
        while offset < bytes.count {
            skipBlanks()
            if !isAtLineEnd, peek != UInt8(ascii: "#") { readAssignment() }
            skipLine()
        }
    }

    private mutating func readAssignment() {
        let export = Array("export".utf8)
        if bytes[offset...].starts(with: export), isBlank(offset + export.count) {
            offset += export.count
            skipBlanks()
        }
        let start = offset
        while let byte = peek, byte != UInt8(ascii: "="), !isLineEnd(byte) { offset += 1 }
        guard peek == UInt8(ascii: "=") else {
            return report(at: start..<start + 1, .noAssignment, hint: "write KEY=VALUE, or begin the line with '#'")
        }
        var end = offset
        while end > start, isBlank(end - 1) { end -= 1 }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        guard Self.isName(name) else {
            return report(
                at: start..<max(end, start + 1), end == start ? .noName : .badName,
                hint: "a name is letters, digits and '_', and begins with no digit")
        }
        names.append(start..<end)
        offset += 1
        skipBlanks()
        guard let value = readValue() else { return }
        if let earlier = places[name] {
            problems.append(
                Problem(
                    code: .environmentDuplicate, severity: .warning, range: start..<end, message: .setTwice(name),
                    hint: "the later line counts; remove one of them", earlier: earlier))
        }
        values[name] = value
        places[name] = start..<end
    }

    private mutating func readValue() -> String? {
        switch peek {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): readQuoted()
        default: readPlain()
        }
    }

    private mutating func readPlain() -> String {
        let start = offset
        while let byte = peek, !isLineEnd(byte) {
            if byte == UInt8(ascii: "#"), offset == start || isBlank(offset - 1) { break }
            offset += 1
        }
        var end = offset
        while end > start, isBlank(end - 1) { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func readQuoted() -> String? {
        let opening = offset
        let quote = bytes[opening]
        offset += 1
        var value: [UInt8] = []
        while let byte = peek, byte != quote {
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                guard let escaped = readEscape() else { return nil }
                value.append(escaped)
            } else {
                value.append(byte)
                offset += 1
            }
        }
        guard peek == quote else {
            report(at: opening..<opening + 1, .unclosedQuote, hint: "close the value with the quote that opens it")
            return nil
        }
        offset += 1
        let behind = offset
        skipBlanks()
        guard isAtLineEnd || (peek == UInt8(ascii: "#") && offset > behind) else {
            report(at: offset..<offset + 1, .textBehindQuote, hint: "put the whole value into the quotes")
            return nil
        }
        return String(decoding: value, as: UTF8.self)
    }

    private mutating func readEscape() -> UInt8? {
        let place = offset
        offset += 1
        let escapes: [Character: UInt8] = ["n": 0x0A, "r": 0x0D, "t": 0x09, "\\": 0x5C, "\"": 0x22, "$": 0x24]
        guard let byte = peek, let value = escapes[Character(Unicode.Scalar(byte))] else {
            report(at: place..<place + 1, .badEscape, hint: #"write '\\' for a backslash, or put the value in ' '"#)
            return nil
        }
        offset += 1
        return value
    }

    private static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, !(0x30...0x39).contains(first) else { return false }
        return bytes.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
        }
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    private var isAtLineEnd: Bool { peek.map(isLineEnd) ?? true }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private func isBlank(_ at: Int) -> Bool {
        at < bytes.count && (bytes[at] == 0x20 || bytes[at] == 0x09)
    }

    private mutating func skipBlanks() {
        while isBlank(offset) { offset += 1 }
    }

    private mutating func skipLine() {
        while let byte = peek, !isLineEnd(byte) { offset += 1 }
        while let byte = peek, isLineEnd(byte) { offset += 1 }
    }

    private mutating func report(at range: Range<Int>, _ message: Diagnostic.Message, hint: Diagnostic.Message) {
        problems.append(Problem(range: range, message: message, hint: hint))
    }
}

extension Diagnostic.Message {
    fileprivate static var notUTF8: Self { "the env file is not UTF-8 text" }
    fileprivate static var nulByte: Self { "the env file holds a NUL byte" }
    fileprivate static var noAssignment: Self { "expected KEY=VALUE, found a line without '='" }
    fileprivate static var noName: Self { "expected a name before '='" }
    fileprivate static var badName: Self { "this is no name of an environment variable" }
    fileprivate static var unclosedQuote: Self { "the quote that opens here is never closed" }
    fileprivate static var textBehindQuote: Self { "expected the end of the line behind the closing quote" }
    fileprivate static var badEscape: Self { "unknown escape in a double-quoted value" }
    fileprivate static func setTwice(_ name: String) -> Self { "'\(name)' is set twice" }
}
