internal import EventLoop
internal import Glibc
internal import PostgresTransport
internal import Synchronization

/// The store in a PostgreSQL database that somebody else runs: a schema for each model, and views of all of them.
///
/// What it makes bears a mark. It replaces and removes nothing without that mark, and while it is there a lock of the
/// server keeps other sandboxes out of the database.
final class PostgresStore: CompletionStore {
    /// The comment on all that belongs to a sandbox.
    static let mark = "made by the sandbox of plumb, and removed by it"

    /// How long a sandbox that is ending may still have the database.
    private static let patience = Duration.seconds(2)

    /// Those who reach the database have their own way to it.
    let access: StoreAccess? = nil
    private let settings: PostgresSettings
    /// The way that completions take to the database, where it is another than the sandbox's own.
    private let requestSettings: PostgresSettings
    private let loop: EventLoop
    private let schema: StoreSchema
    private let history: StoreHistory
    private let breaks: Set<SandboxBreak>
    /// The connection that holds the lock, once the database is this sandbox's.
    private let holder = Mutex<PostgresConnection?>(nil)

    /// Starts the loop on which the store's connections live; `conninfo` is as libpq reads it, keywords or a URL.
    ///
    /// `detour` is a port of this machine through which completions are stored; whoever carries bytes there need not
    /// be there yet while the store is made.
    init(
        _ conninfo: String, detour: UInt16? = nil, historyCount: Int, seed: UInt64, breaks: Set<SandboxBreak>
    ) throws(StoreError) {
        guard var settings = PostgresSettings(conninfo: conninfo) else {
            throw StoreError(reason: .unavailable, message: "its connection string is none that libpq reads")
        }
        settings["application_name"] = "plumb sandbox"
        self.settings = settings
        requestSettings = settings.through(detour)
        self.breaks = breaks
        schema = StoreSchema(breaks: breaks)
        history = StoreHistory(count: historyCount, seed: seed, breaks: breaks)
        do {
            loop = try EventLoop()
        } catch {
            throw StoreError(reason: .unavailable, message: "\(error)")
        }
        loop.start()
    }

    func prepare() async throws(StoreError) {
        try await onLoop { [self] in
            let connection = try await open()
            do {
                try await take(connection)
            } catch {
                connection.close()
                throw error
            }
            // From here on there is something to take away.
            holder.withLock { $0 = connection }
            try await connection.run(script: "BEGIN; " + removal + creation)
            for name in schema.schemas { try await fill(name, connection) }
            try await connection.run(script: "COMMIT")
        }
    }

    /// Takes the database for this sandbox, or refuses.
    private func take(_ connection: PostgresConnection) async throws(StoreError) {
        // The server takes a moment to notice that a sandbox was killed.
        let deadline = ContinuousClock.now + Self.patience
        while try await connection.ask("SELECT pg_try_advisory_lock(hashtext('plumb sandbox'))").first != "t" {
            guard ContinuousClock.now < deadline else {
                throw StoreError(
                    reason: .unavailable,
                    message: "another sandbox keeps its store in this database; wait for the run that started it")
            }
            try? await loop.sleep(for: .milliseconds(100))
        }
        for name in StoreSchema.models { try await check("schema '\(name)'", connection, Self.foreignSchema, name) }
        for name in PostgresViews.names {
            try await check("'public.\(name)'", connection, Self.foreignRelation, name)
        }
    }

    func connect() async throws(StoreError) -> any StoreConnection {
        try await onLoop { [self] in PostgresStoreConnection(try await openForRequests(), of: self) }
    }

    func close() async {
        try? await onLoop { [self] in
            guard let connection = holder.withLock({ $0.take() }) else { return }
            try? await connection.run(script: "ROLLBACK")
            try? await connection.run(script: "SET lock_timeout = '2s'; " + removal)
            // Whoever comes next need not wait until the server has ended the connection.
            _ = try? await connection.ask("SELECT pg_advisory_unlock(hashtext('plumb sandbox'))")
            connection.close()
        }
        loop.stop()
    }

    // MARK: Below

    /// Connects as those who store completions do; on the loop.
    func openForRequests() async throws(StoreError) -> PostgresConnection { try await open(requestSettings) }

    /// Connects by the sandbox's own way; on the loop.
    func open() async throws(StoreError) -> PostgresConnection { try await open(settings) }

    private func open(_ settings: PostgresSettings) async throws(StoreError) -> PostgresConnection {
        do throws(PostgresError) {
            return try await PostgresConnection.open(settings, on: loop, until: .now + CompletionKeeper.limit)
        } catch {
            throw StoreError(error)
        }
    }

    /// Does something on the loop's thread, where the connections live.
    func onLoop<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws(StoreError) -> Value {
        let task = Task(executorPreference: loop) { () async -> Result<Value, StoreError> in
            do {
                return .success(try await work())
            } catch {
                return .failure((error as? StoreError) ?? StoreError(reason: .failed, message: "\(error)"))
            }
        }
        return try await task.value.get()
    }

    private static let foreignSchema = """
        SELECT 1 FROM pg_namespace WHERE nspname = $1 AND obj_description(oid, 'pg_namespace') IS DISTINCT FROM $2
        """
    private static let foreignRelation = """
        SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = 'public'::regnamespace
        AND obj_description(oid, 'pg_class') IS DISTINCT FROM $2
        """

    /// Refuses to take the place of what is not a sandbox's.
    private func check(
        _ what: String, _ connection: PostgresConnection, _ query: String, _ name: String
    ) async throws(StoreError) {
        guard try await connection.ask(query, [name, Self.mark]).isEmpty else {
            throw StoreError(
                reason: .unavailable, message: "the database has a \(what) that is not the sandbox's; take another one")
        }
    }

    private var removal: String {
        PostgresViews.removal + StoreSchema.models.map { "DROP SCHEMA IF EXISTS \($0) CASCADE; " }.joined()
    }

    private var creation: String {
        var statements: [String] = []
        for name in schema.schemas {
            statements.append("CREATE SCHEMA \(name)")
            statements.append("COMMENT ON SCHEMA \(name) IS '\(Self.mark)'")
            for table in schema.tables(in: name) {
                statements += Self.sound(table).definition(in: name, .postgres)
            }
        }
        statements += PostgresViews.definitions(schema, isSlow: breaks.contains(.storeSlowQuery))
        return statements.joined(separator: ";\n")
    }

    /// The table without checks that compare a text with a number, which a break made of its column; SQLite compares
    /// them, PostgreSQL refuses to make such a table.
    private static func sound(_ table: StoreTable) -> StoreTable {
        guard table.name == "messages", table.columns.contains(where: { $0.name == "tokens" && $0.type == .text })
        else { return table }
        var sound = table
        sound.constraints.removeAll { $0.name == "messages_tokens_counted" }
        return sound
    }

    /// Puts a model's history into its schema, a statement for each table.
    private func fill(_ name: String, _ connection: PostgresConnection) async throws(StoreError) {
        let rows = history.completions(of: name).flatMap { StoreRow.rows(of: $0, in: schema) }
        for table in schema.tables(in: name) {
            let columns = table.insertedColumns.map(\.name)
            let names = columns.joined(separator: ", ")
            let objects = rows.filter { $0.table.name == table.name }.map { row in
                JSON.object(columns.map { JSON.Member(key: $0, value: row.values[$0, default: .null].json) })
            }
            let text = String(decoding: JSON.array(objects).encoded, as: UTF8.self)
            _ = try await connection.ask(
                "INSERT INTO \(name).\(table.name) (\(names)) SELECT \(names) "
                    + "FROM jsonb_populate_recordset(NULL::\(name).\(table.name), $1)", [text])
        }
        guard breaks.contains(.storeOrphans), name == "openchat" else { return }
        try await connection.run(
            script: """
                ALTER TABLE openchat.messages DROP CONSTRAINT messages_completion_known;
                INSERT INTO openchat.messages (completion_id, position, role, content, tokens)
                    VALUES ('chatcmpl-gone', 0, 'user', 'Is anybody there?', 4);
                ALTER TABLE openchat.messages ADD CONSTRAINT messages_completion_known FOREIGN KEY (completion_id)
                    REFERENCES openchat.completions (id) ON DELETE CASCADE NOT VALID
                """)
    }
}

extension StoreValue {
    fileprivate var json: JSON {
        switch self {
        case .null: .null
        case .text(let text): .string(text)
        case .integer(let integer): .integer(integer)
        case .real(let real): .number(real)
        case .bool(let bool): .bool(bool)
        case .timestamp(let milliseconds): .string(Self.written(milliseconds) + "Z")
        }
    }
}
