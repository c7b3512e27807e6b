internal import EventLoop
internal import Expressions
internal import SQLiteTransport
internal import ScenarioModel

/// A connection to a `sqlite` target.
final class SQLiteDatabaseConnection: DatabaseConnection {
    private let connection: SQLiteConnection
    var label: String

    init(_ connection: SQLiteConnection, label: String) {
        self.connection = connection
        self.label = label
    }

    var serverVersion: String { "SQLite \(SQLiteConnection.version)" }

    var transaction: TransactionState {
        if connection.isLost { return .unknown }
        return connection.isInTransaction ? .open : .none
    }

    var isReusable: Bool { !connection.isLost && !connection.isInTransaction && !connection.isChanged }

    func run(
        _ statement: BoundStatement, limits: RowLimits, until deadline: Instant
    ) async throws(StatementFailure) -> StatementAnswer {
        let answer: SQLiteAnswer
        do {
            answer = try await connection.run(
                statement.text, statement.parameters.map(SQLiteCell.init),
                limits: SQLiteLimits(rows: limits.rows, bytes: limits.bytes), until: deadline)
        } catch {
            throw StatementFailure(error, in: statement.text, connectionIsLost: connection.isLost)
        }
        if answer.hasMore, !limits.leavesOutRows {
            throw StatementFailure(
                error: StepError(
                    .tooLarge, "the result has more than \(limits.rows) rows",
                    hint: "select fewer, or set 'rows_limit' to read only the first"))
        }
        var reader = SQLiteRowReader(answer)
        var told = StatementAnswer()
        told.rows = reader.rows()
        told.columns = reader.columns
        told.rowCount = answer.columns.isEmpty ? answer.changes ?? 0 : answer.rows.count
        told.command = answer.command
        told.isTruncated = answer.hasMore
        told.notes = reader.notes
        return told
    }

    func reset(until deadline: Instant) async -> Bool { await connection.reset(until: deadline) }

    func close() async { await connection.close() }
}
