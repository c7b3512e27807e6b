/// What a statement is, in the words of PostgreSQL's command tags.
enum CommandTag {
    /// Returns the tag of a statement; `change` is what it was seen to do to rows.
    static func of(_ sql: String, change: String?) -> String {
        var words = Words(rest: sql.utf8[...])
        guard let first = words.next() else { return "" }
        switch first {
        case "WITH": return change ?? "SELECT"
        case "VALUES": return "SELECT"
        case "REPLACE": return "INSERT"
        case "END": return "COMMIT"
        case "CREATE", "DROP", "ALTER":
            let skipped: Set = ["TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL"]
            while let word = words.next() {
                if !skipped.contains(word) { return "\(first) \(word)" }
            }
            return first
        default: return first
        }
    }

    /// The bare words at the start of a statement, in capitals, without comments.
    private struct Words {
        var rest: Substring.UTF8View

        mutating func next() -> String? {
            skipSpaceAndComments()
            let word = rest.prefix { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            }
            rest = rest[word.endIndex...]
            return word.isEmpty ? nil : Substring(word).uppercased()
        }

        private mutating func skipSpaceAndComments() {
            while let byte = rest.first {
                if byte <= 0x20 || byte == UInt8(ascii: ";") {
                    rest = rest.dropFirst()
                } else if rest.starts(with: "--".utf8) {
                    rest = rest.drop { $0 != 0x0A }
                } else if rest.starts(with: "/*".utf8) {
                    rest = rest.dropFirst(2)
                    while !rest.isEmpty, !rest.starts(with: "*/".utf8) { rest = rest.dropFirst() }
                    rest = rest.dropFirst(2)
                } else {
                    return
                }
            }
        }
    }
}
