/// How a database writes SQL: what the scanner, the checks and the transactions need to know of it.
struct SQLDialect: Sendable, Hashable {
    /// The word in `query: {postgres: …}` and in a target's `kind`.
    var name: String
    /// `$tag$ … $tag$`.
    var hasDollarQuotes: Bool
    /// `E'…'`, where a backslash escapes.
    var hasEscapeStrings: Bool
    /// Whether `/* … */` stands inside itself.
    var nestsComments: Bool
    /// `[name]` and `` `name` `` beside `"name"`.
    var hasForeignQuotes: Bool
    /// The isolation levels that a transaction may ask for, as they are written in a scenario.
    var isolations: [String]

    static let postgres = SQLDialect(
        name: "postgres", hasDollarQuotes: true, hasEscapeStrings: true, nestsComments: true, hasForeignQuotes: false,
        isolations: ["read uncommitted", "read committed", "repeatable read", "serializable"])

    static let sqlite = SQLDialect(
        name: "sqlite", hasDollarQuotes: false, hasEscapeStrings: false, nestsComments: false, hasForeignQuotes: true,
        isolations: ["deferred", "immediate", "exclusive", "serializable"])

    static let all = [postgres, sqlite]

    // One name is one dialect, and every step asks for its own.
    static func == (a: SQLDialect, b: SQLDialect) -> Bool { a.name == b.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The statement that begins a transaction.
    ///
    /// SQLite is always serializable; its words say when it takes the lock.
    func begin(_ isolation: String?) -> String {
        guard let isolation else { return "BEGIN" }
        if self == .postgres { return "BEGIN ISOLATION LEVEL \(isolation.uppercased())" }
        return isolation == "serializable" ? "BEGIN" : "BEGIN \(isolation.uppercased())"
    }
}
