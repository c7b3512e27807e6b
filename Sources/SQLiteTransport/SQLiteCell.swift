/// A value as SQLite stores it, by its storage class.
public enum SQLiteCell: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// What a result's column is called and how its values were declared.
public struct SQLiteColumn: Sendable, Hashable {
    public var name: String
    /// The type that the table's definition writes; nil for an expression and where nothing is written.
    public var declaredType: String?

    /// Creates a column.
    public init(name: String, declaredType: String? = nil) {
        self.name = name
        self.declaredType = declaredType
    }
}
