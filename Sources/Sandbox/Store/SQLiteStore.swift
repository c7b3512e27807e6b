internal import Dispatch
internal import GRDB

/// The store in SQLite files of a private folder: one for each model, attached as its schema, and a main one.
final class SQLiteStore: CompletionStore {
    /// Where the files are; callers may be told otherwise.
    private let files: StoreAccess
    private let folder: StoreFolder
    private let schema: StoreSchema
    private let history: StoreHistory
    private let breaks: Set<SandboxBreak>

    /// Makes the folder, which is removed by ``close()``.
    init(historyCount: Int, seed: UInt64, breaks: Set<SandboxBreak>) throws(StoreError) {
        folder = try StoreFolder()
        self.breaks = breaks
        let schema = StoreSchema(breaks: breaks)
        self.schema = schema
        history = StoreHistory(count: historyCount, seed: seed, breaks: breaks)
        files = StoreAccess(
            kind: "sqlite", path: "\(folder.path)/gateway.db",
            attached: schema.schemas.map { [folder] in ($0, "\(folder.path)/\($0).db") },
            onConnect: StoreViews.temporary(schema, isSlow: breaks.contains(.storeSlowQuery)))
    }

    var access: StoreAccess? {
        var told = files
        if breaks.contains(.databaseGone) { told.path = "\(folder.path)/gone.db" }
        told.isReadOnly = breaks.contains(.databaseReadOnly)
        return told
    }

    func prepare() async throws(StoreError) {
        let (access, schema, history, breaks) = (files, schema, history, breaks)
        try await Self.blocking {
            // Orphans get in only where references are not checked.
            let queue = try Self.open(access, checksReferences: !breaks.contains(.storeOrphans))
            defer { try? queue.close() }
            try queue.writeWithoutTransaction { database in
                for name in ["main"] + schema.schemas {
                    // Readers and the writer do not wait for each other.
                    try database.execute(sql: "PRAGMA \(name).journal_mode = WAL")
                }
                try Self.describeModels(schema, database)
                for name in schema.schemas { try Self.fill(name, schema, history, breaks, database) }
            }
        }
    }

    private static func describeModels(_ schema: StoreSchema, _ database: Database) throws {
        try database.inTransaction {
            try database.execute(
                sql: "CREATE TABLE main.models (name TEXT PRIMARY KEY NOT NULL, schema_name TEXT NOT NULL UNIQUE)")
            for name in schema.schemas {
                try database.execute(sql: "INSERT INTO main.models VALUES (?, ?)", arguments: [name, name])
            }
            return .commit
        }
    }

    private static func fill(
        _ name: String, _ schema: StoreSchema, _ history: StoreHistory, _ breaks: Set<SandboxBreak>,
        _ database: Database
    ) throws {
        try database.inTransaction {
            for table in schema.tables(in: name) {
                for statement in table.definition(in: name, .sqlite) { try database.execute(sql: statement) }
            }
            for statement in StoreViews.definitions(in: name) { try database.execute(sql: statement) }
            for record in history.completions(of: name) {
                for row in StoreRow.rows(of: record, in: schema) { try insert(row, database) }
            }
            if breaks.contains(.storeOrphans), name == "openchat", let table = schema.table("messages", in: name) {
                let values: [String: StoreValue] = [
                    "completion_id": .text("chatcmpl-gone"), "position": .integer(0), "role": .text("user"),
                    "content": .text("Is anybody there?"), "tokens": .integer(4),
                ]
                try insert(StoreRow(schema: name, table: table, values: values), database)
            }
            return .commit
        }
    }

    func connect() async throws(StoreError) -> any StoreConnection {
        let access = files
        return try await Self.blocking { SQLiteStoreConnection(try Self.open(access, checksReferences: true)) }
    }

    func close() async {
        let folder = folder
        try? await Self.blocking { folder.remove() }
    }

    // MARK: Below

    fileprivate static func insert(_ row: StoreRow, _ database: Database) throws {
        let statement = try database.cachedStatement(sql: row.table.insertion(in: row.schema, .sqlite))
        try statement.execute(
            arguments: StatementArguments(row.table.insertedColumns.map { row.values[$0.name, default: .null].sqlite }))
    }

    private static func open(_ access: StoreAccess, checksReferences: Bool) throws -> DatabaseQueue {
        var settings = Configuration()
        settings.label = "store"
        settings.foreignKeysEnabled = checksReferences
        settings.busyMode = .timeout(5)
        settings.prepareDatabase { database in
            for (schema, path) in access.attached {
                try database.execute(sql: "ATTACH DATABASE ? AS \(schema)", arguments: [path])
            }
            for schema in ["main"] + access.attached.map(\.schema) {
                // What is lost with the machine's power is gone with the folder anyway.
                try database.execute(sql: "PRAGMA \(schema).synchronous = OFF")
            }
        }
        return try DatabaseQueue(path: access.path, configuration: settings)
    }

    /// Runs what blocks on a thread that may.
    fileprivate static func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
            }
        } catch {
            throw StoreError(error)
        }
    }
}

/// A connection of the gateway to its SQLite files.
private final class SQLiteStoreConnection: StoreConnection {
    private let queue: DatabaseQueue

    init(_ queue: DatabaseQueue) { self.queue = queue }

    func insert(_ rows: [StoreRow], failsAfter: Int?, keepsHalf: Bool) async throws(StoreError) {
        do {
            try await queue.writeWithoutTransaction { database in
                // The lock is taken at once: what begins to read and then writes may have to begin again.
                try database.inTransaction(keepsHalf ? .deferred : .immediate) {
                    for (index, row) in rows.enumerated() {
                        if index == failsAfter {
                            if keepsHalf { return .commit }
                            throw StoreError(reason: .failed, message: "the store failed halfway")
                        }
                        try SQLiteStore.insert(row, database)
                    }
                    return .commit
                }
                if keepsHalf { throw StoreError(reason: .failed, message: "the store failed halfway") }
            }
        } catch {
            throw StoreError(error)
        }
    }

    func close() async {
        let queue = queue
        try? await SQLiteStore.blocking { try queue.close() }
    }
}

extension StoreError {
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_BUSY:
            self.init(reason: .timedOut, message: "the store is locked")
        case let error as DatabaseError:
            self.init(
                reason: error.resultCode == .SQLITE_CANTOPEN ? .unavailable : .failed,
                message: error.message ?? "SQLite error \(error.extendedResultCode.rawValue)")
        default: self.init(reason: .failed, message: "\(error)")
        }
    }
}

extension StoreValue {
    fileprivate var sqlite: DatabaseValue {
        switch self {
        case .null: .null
        case .text(let text): text.databaseValue
        case .integer(let integer): integer.databaseValue
        case .real(let real): real.databaseValue
        case .bool(let bool): bool.databaseValue
        case .timestamp(let milliseconds): Self.written(milliseconds).databaseValue
        }
    }
}
