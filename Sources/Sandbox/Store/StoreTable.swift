/// A table of the store, described once for every database that can hold it.
struct StoreTable: Sendable, Hashable {
    /// What a column holds.
    enum ColumnType: Sendable, Hashable {
        case text
        case integer
        case real
        case boolean
        case timestamp
        /// A number that the database gives each row.
        case serial
    }

    /// A column; it takes no null unless it says so.
    struct Column: Sendable, Hashable {
        var name: String
        var type: ColumnType
        var isNullable = false
        /// The default as SQL.
        var fallback: String?

        init(_ name: String, _ type: ColumnType, isNullable: Bool = false, fallback: String? = nil) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.fallback = fallback
        }
    }

    /// What must hold for each row, by the constraint's name.
    enum Constraint: Sendable, Hashable {
        case unique(String, [String])
        case check(String, String)
        /// The column's values stand in another table of the same schema, and go with their row there.
        case reference(String, column: String, table: String, key: String, cascades: Bool)

        var name: String {
            switch self {
            case .unique(let name, _), .check(let name, _), .reference(let name, _, _, _, _): name
            }
        }
    }

    var name: String
    var columns: [Column]
    var key: String
    var constraints: [Constraint] = []
    /// Indexes by name, with their columns.
    var indexes: [(name: String, columns: [String])] = []

    static func == (a: StoreTable, b: StoreTable) -> Bool {
        a.name == b.name && a.columns == b.columns && a.key == b.key && a.constraints == b.constraints
            && a.indexes.map(\.name) == b.indexes.map(\.name)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(columns)
    }
}
