internal import EventLoop
internal import PostgresTransport

/// A connection of the gateway to its PostgreSQL; one that broke is opened again by the next transaction.
///
/// `@unchecked Sendable`: its connection is used on the store's loop only.
final class PostgresStoreConnection: StoreConnection, @unchecked Sendable {
    private let store: PostgresStore
    private var connection: PostgresConnection

    init(_ connection: PostgresConnection, of store: PostgresStore) {
        self.connection = connection
        self.store = store
    }

    func insert(_ rows: [StoreRow], failsAfter: Int?, keepsHalf: Bool) async throws(StoreError) {
        try await store.onLoop { [self] in
            if !connection.isReady || connection.transaction != .none { try await reopen() }
            do throws(StoreError) {
                _ = try await connection.ask("BEGIN")
            } catch {
                // The server was ending the connection; nothing was begun on it.
                guard error.reason == .unavailable else { throw error }
                try await reopen()
                _ = try await connection.ask("BEGIN")
            }
            do {
                for (index, row) in rows.enumerated() {
                    if index == failsAfter {
                        if keepsHalf { _ = try await connection.ask("COMMIT") }
                        throw StoreError(reason: .failed, message: "the store failed halfway")
                    }
                    let values = row.table.insertedColumns.map { row.values[$0.name, default: .null].postgres }
                    _ = try await connection.ask(
                        row.table.insertion(in: row.schema, .postgres), values, isPrepared: true)
                }
                _ = try await connection.ask("COMMIT")
            } catch {
                // Where it cannot be rolled back the connection is not used again.
                if connection.transaction != .none { _ = try? await connection.ask("ROLLBACK") }
                throw error
            }
        }
    }

    private func reopen() async throws(StoreError) {
        connection.close()
        connection = try await store.openForRequests()
    }

    func close() async {
        try? await store.onLoop { [self] in connection.close() }
    }
}

extension StoreValue {
    /// The value as a parameter.
    fileprivate var postgres: String? {
        switch self {
        case .null: nil
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .real(let real): String(real)
        case .bool(let bool): bool ? "true" : "false"
        case .timestamp(let milliseconds): Self.written(milliseconds) + "Z"
        }
    }
}

extension PostgresConnection {
    /// Runs a statement and returns the first cell of each row.
    func ask(
        _ text: String, _ parameters: [String?] = [], isPrepared: Bool = false
    ) async throws(StoreError) -> [String?] {
        let cells = FirstCells()
        do throws(PostgresError) {
            try await run(
                .statement(text, parameters, isPrepared: isPrepared), into: cells, until: .now + CompletionKeeper.limit)
        } catch {
            throw StoreError(error)
        }
        return cells.cells
    }

    /// Runs several statements.
    func run(script: String) async throws(StoreError) {
        do throws(PostgresError) {
            try await run(.script(script), into: FirstCells(), until: .now + .seconds(30))
        } catch {
            throw StoreError(error)
        }
    }
}

/// Keeps the first cell of each row.
private final class FirstCells: PostgresReceiver {
    private(set) var cells: [String?] = []

    func begin(_ columns: [PostgresColumn]) {}

    func take(_ row: borrowing PostgresRow) -> RowDemand {
        cells.append(row.text(0))
        return .more
    }

    func end(_ tag: String) {}
}

extension StoreError {
    init(_ error: PostgresError) {
        let reason: Reason =
            switch error.kind {
            case .rejected, .invalidRequest, .tooLarge, .protocol: .failed
            case .timeout, .cancelled: .timedOut
            case .dns, .refused, .unreachable, .connectTimeout, .tls, .auth, .reset: .unavailable
            }
        self.init(reason: reason, message: error.message)
    }
}
