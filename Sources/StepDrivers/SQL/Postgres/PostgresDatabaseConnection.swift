internal import EventLoop
internal import Expressions
internal import PostgresTransport
internal import ScenarioModel

/// A connection to a PostgreSQL server as `sql` steps use it.
final class PostgresDatabaseConnection: DatabaseConnection {
    private let connection: PostgresConnection
    private let types: PostgresTypes
    private let effects: SessionEffects
    /// Whether something may be left of what ran.
    private var isTouched = false
    /// What is known of prepared statements.
    private var known: [String: KnownStatement] = [:]
    /// The one that ran last, as it mostly will next.
    private var last: KnownStatement?

    /// A statement that ran before.
    private final class KnownStatement {
        let text: String
        let leavesEffects: Bool
        /// How its rows were read.
        var layout: PostgresLayout?
        private var comment = ""
        private var sent: String

        init(_ text: String, leavesEffects: Bool) {
            self.text = text
            self.leavesEffects = leavesEffects
            sent = text
        }

        /// What is sent behind a comment, which mostly is the one of the last time.
        func sent(behind comment: String) -> String {
            if comment != self.comment {
                self.comment = comment
                sent = comment + text
            }
            return sent
        }
    }

    init(_ connection: PostgresConnection, _ types: PostgresTypes, _ effects: SessionEffects, label: String) {
        self.connection = connection
        self.types = types
        self.effects = effects
        self.label = label
    }

    /// Told to the server when the connection is opened; a later user does not pay a round trip for it.
    var label: String

    var comment = ""

    private(set) lazy var serverVersion: String = {
        let version = connection.serverVersion
        return "PostgreSQL " + (version.split(separator: " ").first.map(String.init) ?? version)
    }()

    var transaction: TransactionState {
        switch connection.transaction {
        case .none: .none
        case .open: .open
        case .failed: .failed
        case .unknown: .unknown
        }
    }

    var isReusable: Bool { connection.transaction == .none && connection.isReady }

    // Whoever takes the connection next looks at its socket.
    var isUnchanged: Bool { !isTouched && connection.transaction == .none }

    func run(
        _ statement: BoundStatement, limits: RowLimits, until deadline: Instant
    ) async throws(StatementFailure) -> StatementAnswer {
        do throws(PostgresError) {
            return try await answer(to: statement, limits, deadline)
        } catch {
            _ = connection.takeNotices()
            var failure = StatementFailure(error, isConnectionLost: !connection.isReady)
            if let position = failure.position { failure.position = max(0, position - comment.utf8.count) }
            throw failure
        }
    }

    private func answer(
        to statement: BoundStatement, _ limits: RowLimits, _ deadline: Instant
    ) async throws(PostgresError) -> StatementAnswer {
        let known = known(statement)
        if !isTouched { isTouched = known.leavesEffects }
        let sent = known.sent(behind: comment)
        var parameterTypes: [UInt32] = []
        let needsTypes = PostgresParameters.needTypes(statement.parameters)
        if needsTypes {
            parameterTypes = try await connection.parameterTypes(of: sent, until: deadline)
            await types.learn(parameterTypes, from: connection, until: deadline)
        }
        let texts = PostgresParameters.texts(of: statement.parameters, parameterTypes, types)
        var request = PostgresRequest.statement(
            sent, texts, isPrepared: statement.isPrepared || needsTypes)
        // The values are counted as they are kept; a single row cannot be looked at before libpq has all of it.
        request.rowByteLimit = 2 * limits.bytes + (1 << 20)
        let answer = PostgresAnswer(limits, types, known: known.layout)
        try await connection.run(request, into: answer, until: deadline)
        let notices = connection.takeNotices()
        let unknown = answer.unknownTypes
        if !unknown.isEmpty { await types.learn(unknown, from: connection, until: deadline) }
        let result = answer.statementAnswer(notices.filter { $0.severity != "NOTICE" && $0.severity != "INFO" })
        if let layout = answer.layout { known.layout = layout }
        return result
    }

    private func known(_ statement: BoundStatement) -> KnownStatement {
        if let last, last.text == statement.text { return last }
        if let found = known[statement.text] {
            last = found
            return found
        }
        let made = KnownStatement(statement.text, leavesEffects: effects.areLeft(by: statement.text))
        guard statement.isPrepared else { return made }
        if known.count >= 64 { known.removeAll() }
        known[statement.text] = made
        last = made
        return made
    }

    func reset(until deadline: Instant) async -> Bool {
        if isUnchanged { return true }
        guard connection.isReady else { return false }
        do throws(PostgresError) {
            if transaction != .none { try await connection.run(.script("ROLLBACK"), into: Nobody(), until: deadline) }
            if isTouched {
                try await connection.run(.script("DISCARD ALL"), into: Nobody(), until: deadline)
                isTouched = false
            }
        } catch {
            return false
        }
        _ = connection.takeNotices()
        return isReusable
    }

    func close() async { connection.close() }
}

/// Receives what nobody wants to know.
private final class Nobody: PostgresReceiver {
    func begin(_ columns: [PostgresColumn]) {}
    func take(_ row: borrowing PostgresRow) -> RowDemand { .discard }
    func end(_ tag: String) {}
}
