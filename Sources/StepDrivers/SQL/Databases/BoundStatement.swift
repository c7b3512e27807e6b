internal import Expressions

/// One statement with its values, ready for a connection.
struct BoundStatement {
    /// The statement as the server gets it, with `$1` and so on for its parameters.
    var text: String
    /// The values of the parameters; a text stays a text, whatever type the server finds for it.
    var parameters: [Value] = []
    /// Whether it may be prepared once per connection and kept; false for what runs once, such as `BEGIN`.
    var isPrepared = false
}

/// How much of an answer is taken.
struct RowLimits {
    /// The most rows that are kept.
    var rows = 100_000
    /// The most bytes of cells that are kept.
    var bytes = 64 << 20
    /// Whether rows beyond `rows` are left out; without it they are the error `too_large`.
    ///
    /// Bytes beyond `bytes` always are that error.
    var leavesOutRows = false
}

/// What a statement answered.
struct StatementAnswer {
    var columns: [Column] = []
    /// An object for each row, members in the order of the columns.
    ///
    /// Where two columns have one name the last one's value is there; whoever asked looks at `columns` first.
    var rows: [Value] = []
    /// Rows returned, or changed where none are returned; rows that were left out are not counted.
    var rowCount = 0
    /// The command in capitals, without counts: `SELECT`, `INSERT`, `CREATE TABLE`.
    var command = ""
    /// Whether there were more rows than the limit, which were left out.
    var isTruncated = false
    /// Facts worth a line in the report: numbers carried as text, the server's warnings.
    var notes: [String] = []

    /// A column of an answer.
    struct Column: Equatable {
        var name: String
        /// The type's name as the database has it: `int8`, `text[]`, `numeric`.
        var type: String
    }
}
