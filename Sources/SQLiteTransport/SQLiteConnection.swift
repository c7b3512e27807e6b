internal import Dispatch
public import EventLoop
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// One connection to a SQLite database, which works on a thread of its own.
///
/// It lives on its loop and is used there only; one statement runs at a time. Whatever takes long happens on the
/// connection's thread: the loop only waits, and interrupts what outlasts its deadline.
public final class SQLiteConnection {
    private let queue: DatabaseQueue
    private let guardian: StatementGuard
    private let loop: EventLoop

    /// Whether a transaction is open.
    public private(set) var isInTransaction = false
    /// Whether a statement was given up without knowing its end; nothing more can be run.
    public private(set) var isLost = false
    /// Whether settings or temporary objects were left behind that the connection was not opened with.
    public var isChanged: Bool { guardian.isChanged }

    private init(_ queue: DatabaseQueue, _ guardian: StatementGuard, on loop: EventLoop) {
        self.queue = queue
        self.guardian = guardian
        self.loop = loop
    }

    /// The engine's version, such as `3.40.1`.
    public static var version: String { unsafe String(cString: sqlite3_libversion()) }

    /// How long a thread may take to notice that it was interrupted.
    private static let grace = Duration.seconds(1)

    /// Opens a database and those attached to it.
    ///
    /// - Throws: what the file is not, or what SQLite says of it.
    public static func open(
        _ configuration: SQLiteConfiguration, on loop: EventLoop, until deadline: Instant
    ) async throws(SQLiteError) -> SQLiteConnection {
        let guardian = StatementGuard(busyTimeout: configuration.busyTimeout)
        let opened = await Threaded<Result<DatabaseQueue, SQLiteError>>.value(
            on: loop, until: deadline, grace: grace, interrupt: { guardian.stop($0) },
            begin: { finish in
                DispatchQueue(label: "sqlite-open").async { finish(Opening.open(configuration, guardian)) }
            })
        guard let opened else { throw guardian.stop == .cancelled ? .cancelled : .lateOpening(configuration) }
        return SQLiteConnection(try opened.get(), guardian, on: loop)
    }

    /// Runs one statement with its parameters, `$1` first.
    ///
    /// Cancelling the task, or passing the deadline, interrupts it; then nothing of it stands, unless the connection
    /// is lost or a transaction was open.
    public func run(
        _ sql: String, _ parameters: [SQLiteCell] = [], limits: SQLiteLimits = SQLiteLimits(),
        until deadline: Instant
    ) async throws(SQLiteError) -> SQLiteAnswer {
        let guardian = guardian
        let answered = await onThread(until: deadline) { database in
            guard let connection = unsafe database.sqliteConnection else {
                return Result<SQLiteAnswer, SQLiteError>.failure(.closed)
            }
            return unsafe Self.answer(sql, parameters, limits, connection, guardian)
        }
        guard let answered else {
            throw guardian.stop == .cancelled ? .cancelled : .deadline
        }
        return try answered.get()
    }

    /// Rolls back what is open.
    ///
    /// - Returns: Whether the connection is as it was opened; if not, it is to be closed.
    public func reset(until deadline: Instant) async -> Bool {
        guard !isLost, !isChanged else { return false }
        guard isInTransaction else { return true }
        _ = try? await run("ROLLBACK", until: deadline)
        return !isInTransaction && !isLost
    }

    /// Closes the connection; what is open is rolled back.
    public func close() async {
        isLost = true
        let queue = queue
        guardian.stop(.cancelled)
        queue.interrupt()
        _ = await Threaded<Bool>.value(
            on: loop, until: .now + Self.grace, grace: .zero, interrupt: { _ in },
            begin: { finish in
                DispatchQueue(label: "sqlite-close").async {
                    // A connection that cannot be closed is closed with the last reference to it.
                    finish((try? queue.close()) != nil)
                }
            })
    }

    private func onThread<Value: Sendable>(
        until deadline: Instant, _ work: @escaping @Sendable (Database) -> Value
    ) async -> Value? {
        guard !isLost else { return nil }
        let (queue, guardian) = (queue, guardian)
        guardian.begin()
        let found = await Threaded<(Value, Bool)>.value(
            on: loop, until: deadline, grace: Self.grace,
            interrupt: { reason in
                guardian.stop(reason)
                queue.interrupt()
            },
            begin: { finish in
                queue.asyncWriteWithoutTransaction { database in
                    let value = work(database)
                    finish((value, database.isInsideTransaction))
                }
            })
        guard let found else {
            isLost = true
            return nil
        }
        isInTransaction = found.1
        return found.0
    }

    private static func answer(
        _ sql: String, _ parameters: [SQLiteCell], _ limits: SQLiteLimits, _ connection: OpaquePointer,
        _ guardian: StatementGuard
    ) -> Result<SQLiteAnswer, SQLiteError> {
        // A statement that is told to stop before it begins does not begin.
        if let stop = guardian.stop { return .failure(stop == .deadline ? .deadline : .cancelled) }
        do {
            return .success(
                unsafe try StatementRun(sql, parameters, limits, on: connection).run(watchedBy: guardian))
        } catch {
            guard let code = error.primaryCode else { return .failure(error) }
            // SQLite tells a wait that ended in other words too: a table that it could not look for is missing.
            switch guardian.stop {
            case .deadline: return .failure(.deadline)
            case .cancelled: return .failure(.cancelled)
            case nil: break
            }
            let record = guardian.record
            if record.gaveUpWaiting, code == 1 { return .failure(.locked) }
            guard let what = record.forbidden, [1, 23].contains(code) else { return .failure(error) }
            return .failure(.forbidden(what))
        }
    }
}

extension SQLiteError {
    fileprivate static let deadline = SQLiteError(.deadline, "the statement was interrupted at its deadline")
    fileprivate static let cancelled = SQLiteError(.cancelled, "the statement was interrupted")
    fileprivate static let locked = SQLiteError(.engine(5), "database is locked")
    fileprivate static let closed = SQLiteError(.cancelled, "the connection is closed")

    fileprivate static func lateOpening(_ configuration: SQLiteConfiguration) -> SQLiteError {
        SQLiteError(.deadline, "the database was not open in time", path: configuration.location.path)
    }

    fileprivate static func forbidden(_ what: String) -> SQLiteError {
        SQLiteError(
            .forbidden, "\(what) is not allowed: a statement reaches only what the target declares",
            hint: what == "ATTACH"
                ? "declare the file under 'attach' of the target"
                : what.hasSuffix("busy_timeout") ? "set 'busy_timeout' of the target" : "do without it")
    }
}
