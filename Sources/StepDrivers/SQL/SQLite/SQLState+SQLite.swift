/// The SQLSTATE that PostgreSQL gives for the condition that SQLite reports.
enum SQLiteState {
    /// Returns the state of an extended result code; SQLite's words tell what its code leaves open.
    static func of(_ code: Int32, _ message: String) -> String {
        if let state = byExtendedCode[code] ?? byPrimaryCode[code & 0xFF] { return state }
        return byWords.first { message.contains($0.words) }?.state ?? "42000"
    }

    /// Result codes of https://www.sqlite.org/rescode.html with their own meaning.
    private static let byExtendedCode: [Int32: String] = [
        1555: "23505", 2067: "23505", 2579: "23505", 1299: "23502", 787: "23503", 275: "23514", 1811: "P0001",
        3091: "42804", 517: "40001",
    ]

    private static let byPrimaryCode: [Int32: String] = [
        4: "57014", 5: "55P03", 6: "55P03", 7: "53200", 8: "25006", 9: "57014", 10: "58030", 11: "XX001",
        13: "53100", 14: "58P01", 18: "54000", 19: "23000", 20: "42804", 23: "42501", 25: "08P01", 26: "XX001",
    ]

    /// What an error of no particular code says, the narrower words first.
    private static let byWords: [(words: String, state: String)] = [
        ("no such table", "42P01"), ("no such view", "42P01"), ("has no column named", "42703"),
        ("no such column", "42703"), ("syntax error", "42601"), ("unrecognized token", "42601"),
        ("incomplete input", "42601"), ("already exists", "42P07"), ("there is already", "42P07"),
        ("no such function", "42883"), ("wrong number of arguments", "42883"), ("ambiguous column", "42702"),
        ("duplicate column name", "42701"), ("no such index", "42704"), ("no such trigger", "42704"),
        ("no such collation", "42704"), ("no such module", "42704"), ("no such savepoint", "3B001"),
        ("within a transaction", "25001"), ("no transaction is active", "25P01"), ("unknown database", "3F000"),
        ("misuse of aggregate", "42803"), ("integer overflow", "22003"), ("malformed JSON", "22032"),
        ("values were supplied", "42601"), ("values for", "42601"), ("because it is a view", "55000"),
        ("foreign key mismatch", "42830"), ("too many", "54000"), ("may not be dropped", "42501"),
    ]
}

extension SQLiteState {
    /// What the words of a broken constraint name.
    struct Violation: Equatable {
        var constraint: String?
        var table: String?
        /// The column, or the columns with commas between.
        var column: String?

        /// Reads `UNIQUE constraint failed: t.a, t.b`, `CHECK constraint failed: positive` and their like.
        init(_ message: String) {
            guard let mark = message.firstRange(of: " constraint failed: ") else { return }
            let kind = message[..<mark.lowerBound]
            let rest = message[mark.upperBound...]
            if kind == "CHECK" {
                constraint = String(rest)
            } else if rest.hasPrefix("index '"), rest.hasSuffix("'") {
                constraint = String(rest.dropFirst(7).dropLast())
            } else {
                let names = rest.split(separator: ", ").map { $0.split(separator: ".", maxSplits: 1) }
                guard names.allSatisfy({ $0.count == 2 }), let first = names.first else { return }
                table = String(first[0])
                column = names.map { String($0[1]) }.joined(separator: ", ")
            }
        }
    }
}
