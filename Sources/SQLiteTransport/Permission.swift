internal import GRDBSQLite

/// What a connection makes of an action that SQLite is about to compile into a statement.
///
/// The actions and their words are those of `sqlite3_set_authorizer`.
enum Permission: Hashable {
    case allowed
    /// It changes rows, by this verb.
    case change(String)
    /// It is allowed, and leaves a setting or a temporary object behind.
    case changesConnection
    /// It reaches outside of the declared files, or beyond the connection; the words name it.
    case forbidden(String)

    static func of(_ action: Int32, _ first: String?, _ second: String?) -> Permission {
        switch action {
        // The empty name is the temporary database that VACUUM makes for itself.
        case SQLITE_ATTACH: first == "" ? .allowed : .forbidden("ATTACH")
        case SQLITE_DETACH: .forbidden("DETACH")
        case SQLITE_FUNCTION:
            forbiddenFunctions.contains(second?.lowercased() ?? "") ? .forbidden(second ?? "") : .allowed
        case SQLITE_PRAGMA: pragma(first?.lowercased() ?? "", hasValue: second != nil)
        case SQLITE_CREATE_TEMP_TABLE, SQLITE_CREATE_TEMP_VIEW, SQLITE_CREATE_TEMP_TRIGGER, SQLITE_CREATE_TEMP_INDEX,
            SQLITE_DROP_TEMP_TABLE, SQLITE_DROP_TEMP_VIEW, SQLITE_DROP_TEMP_TRIGGER, SQLITE_DROP_TEMP_INDEX:
            .changesConnection
        case SQLITE_INSERT: isSchema(first) ? .allowed : .change("INSERT")
        case SQLITE_UPDATE: isSchema(first) ? .allowed : .change("UPDATE")
        case SQLITE_DELETE: isSchema(first) ? .allowed : .change("DELETE")
        default: .allowed
        }
    }

    private static func isSchema(_ table: String?) -> Bool {
        ["sqlite_master", "sqlite_temp_master", "sqlite_schema", "sqlite_temp_schema"].contains(table)
    }

    /// They load code, or take pointers for text.
    private static let forbiddenFunctions: Set = ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"]

    /// They hold for the whole process, name places of their own, or take the guard's hold away.
    private static let forbiddenPragmas: Set = [
        "temp_store_directory", "data_store_directory", "hard_heap_limit", "soft_heap_limit", "writable_schema",
        "busy_timeout", "trusted_schema",
    ]

    /// Their word is what they tell about, not a new value.
    private static let questions: Set = [
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "foreign_key_check", "integrity_check", "quick_check", "optimize", "wal_checkpoint", "incremental_vacuum",
        "user_version", "application_id",
    ]

    private static func pragma(_ name: String, hasValue: Bool) -> Permission {
        guard hasValue else { return .allowed }
        if forbiddenPragmas.contains(name) { return .forbidden("PRAGMA \(name)") }
        return questions.contains(name) ? .allowed : .changesConnection
    }
}
