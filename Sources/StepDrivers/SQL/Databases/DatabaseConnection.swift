internal import EventLoop
internal import ScenarioModel

/// A connection to a database, which does one thing at a time.
///
/// Whoever calls it waits for the answer before the next call; nothing calls it after ``close()``.
protocol DatabaseConnection: AnyObject {
    /// What answers, for people: `PostgreSQL 15.8`, `SQLite 3.46.1`.
    var serverVersion: String { get }
    /// Whom the server is told; a new value may be told together with the next statement, or not at all.
    var label: String { get set }
    /// What stands in front of each statement for the server's log, with a blank behind it; empty for nothing.
    ///
    /// Positions in errors count from behind it.
    var comment: String { get set }
    /// Whether a transaction is open, as far as the last answer said.
    var transaction: TransactionState { get }
    /// Whether it may be handed out: idle, without a transaction, not in doubt, and not closed by the server.
    ///
    /// Costs no more than a look at the socket that does not block.
    var isReusable: Bool { get }
    /// Whether ``reset(until:)`` would find nothing to do, as far as can be said without asking.
    var isUnchanged: Bool { get }
    /// Runs one statement, and reads its whole answer within the limits.
    ///
    /// When the deadline passes or the task is cancelled, the statement is cancelled at the server too. Afterwards the
    /// connection either answers again, or ``StatementFailure/connectionIsLost`` says that it does not.
    ///
    /// - Throws: ``StatementFailure``, whose `error` has the fields of ``StatementFailure/fields(sqlstate:)``.
    func run(
        _ statement: BoundStatement, limits: RowLimits, until deadline: Instant
    ) async throws(StatementFailure) -> StatementAnswer
    /// Brings it back to the state in which it was opened.
    ///
    /// No transaction, no changed role or setting, no temporary object, no lock of the session. Costs no round trip
    /// where no statement can have changed anything.
    ///
    /// - Returns: false where that did not work or is not known; then it is to be closed.
    func reset(until deadline: Instant) async -> Bool
    /// Ends it; never fails, and waits for nothing but a short farewell.
    func close() async
}

extension DatabaseConnection {
    // Nobody reads a log of most databases.
    var comment: String {
        get { "" }
        set {}
    }
    var isUnchanged: Bool { false }
}

/// What a connection's last answer said of its transaction.
enum TransactionState {
    case none
    case open
    /// Open, and nothing but a rollback is taken.
    case failed
    /// The connection is lost or in doubt.
    case unknown
}
