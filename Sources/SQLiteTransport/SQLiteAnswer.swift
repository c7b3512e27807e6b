/// What a statement came to.
public struct SQLiteAnswer: Sendable {
    /// What the statement returns; empty where it returns nothing.
    public var columns: [SQLiteColumn] = []
    public var rows: [[SQLiteCell]] = []
    /// Whether there were more rows than the limit let through.
    public var hasMore = false
    /// Rows that an `INSERT`, `UPDATE` or `DELETE` changed; nil for other statements.
    public var changes: Int?
    /// Whether rows were changed that SQLite does not count, since a view's trigger changed them.
    public var changedThroughTriggers = false
    /// Texts whose bytes are not UTF-8; U+FFFD stands in their place.
    public var brokenTexts = 0
    /// What the statement is, in capitals: `SELECT`, `INSERT`, `CREATE TABLE`.
    public var command = ""

    /// Creates an empty answer.
    public init() {}
}

/// How much of a result is taken.
public struct SQLiteLimits: Sendable {
    /// Rows after which reading ends.
    public var rows: Int
    /// Bytes of values after which it is an error.
    public var bytes: Int

    /// Creates limits.
    public init(rows: Int = .max, bytes: Int = 64 << 20) {
        self.rows = rows
        self.bytes = bytes
    }
}
