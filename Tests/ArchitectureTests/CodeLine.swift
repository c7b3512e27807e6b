/// A line of a Swift file, its code apart from its comment; texts of string literals are emptied.
struct CodeLine: Equatable {
    /// From 1.
    let number: Int
    let code: String
    let hasComment: Bool

    /// Says whether the line holds nothing but a comment.
    var isComment: Bool { hasComment && code.allSatisfy(\.isWhitespace) }

    /// Says whether the line holds nothing but attributes, which may stand between a comment and its subject.
    var isAttribute: Bool { code.drop(while: \.isWhitespace).first == "@" }

    /// Splits a file into lines.
    ///
    /// It knows line comments, plain, raw and multi-line strings; code inside an
    /// interpolation counts as text.
    static func scan(_ text: String) -> [CodeLine] {
        var lines: [CodeLine] = []
        var closing: [Character]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var scanner = LineScanner(characters: Array(line), closing: closing)
            scanner.run()
            closing = scanner.closing
            lines.append(CodeLine(number: lines.count + 1, code: scanner.code, hasComment: scanner.hasComment))
        }
        return lines
    }

    /// Returns the lines that match and have no comment, neither their own nor one directly above them.
    static func uncommented(_ lines: [CodeLine], where matches: (CodeLine) -> Bool) -> [CodeLine] {
        lines.indices.filter { index in
            guard matches(lines[index]), !lines[index].hasComment else { return false }
            let above = lines[..<index].last { !$0.isAttribute }
            return above?.isComment != true
        }.map { lines[$0] }
    }
}

/// The state of a scan through one line.
private struct LineScanner {
    let characters: [Character]
    /// What ends the multi-line string that the line begins or ends in; nil outside one.
    var closing: [Character]?
    var code = ""
    var hasComment = false
    private var index = 0

    init(characters: [Character], closing: [Character]?) {
        self.characters = characters
        self.closing = closing
    }

    mutating func run() {
        while index < characters.count {
            if let closing {
                if starts(with: closing) {
                    index += closing.count
                    self.closing = nil
                } else {
                    index += 1
                }
            } else if starts(with: ["/", "/"]) {
                hasComment = true
                return
            } else if !skipString() {
                code.append(characters[index])
                index += 1
            }
        }
    }

    /// Skips a string literal that begins here; a multi-line one is left open.
    private mutating func skipString() -> Bool {
        var start = index
        while start < characters.count, characters[start] == "#" { start += 1 }
        guard start < characters.count, characters[start] == "\"" else { return false }
        let hashes = Array(characters[index..<start])
        index = start + 1
        code += "\"\""
        if starts(with: ["\"", "\""]) {
            index += 2
            closing = ["\"", "\"", "\""] + hashes
            return true
        }
        let end: [Character] = ["\""] + hashes
        while index < characters.count, !starts(with: end) {
            index += hashes.isEmpty && characters[index] == "\\" ? 2 : 1
        }
        index += end.count
        return true
    }

    private func starts(with text: [Character]) -> Bool {
        index + text.count <= characters.count && characters[index..<index + text.count].elementsEqual(text)
    }
}
