import EventLoop
import Glibc
import PlumbTesting

@testable import PostgresTransport

/// Runs a body on an event loop of its own.
func onLoop<Value: Sendable>(_ body: @escaping @Sendable (EventLoop) async throws -> Value) throws -> Value {
    let loop = try EventLoop()
    return try loop.run { () -> Result<Value, any Error> in
        do {
            return .success(try await body(loop))
        } catch {
            return .failure(error)
        }
    }.get()
}

/// How much memory the process has in use now.
func residentMebibytes() throws -> Int {
    let pages = try TextFile.read("/proc/self/statm").split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * sysconf(CInt(_SC_PAGESIZE)) >> 20
}

/// Keeps the rows of a request as text.
final class Rows: PostgresReceiver {
    private(set) var columns: [PostgresColumn] = []
    private(set) var rows: [[String?]] = []
    private(set) var tags: [String] = []
    private(set) var rowCount = 0
    private let limit: Int
    private let demand: RowDemand

    init(limit: Int = 10_000, then demand: RowDemand = .discard) {
        self.limit = limit
        self.demand = demand
    }

    func begin(_ columns: [PostgresColumn]) { self.columns = columns }

    func take(_ row: borrowing PostgresRow) -> RowDemand {
        rowCount += 1
        guard rowCount <= limit else { return demand }
        var cells: [String?] = []
        for index in columns.indices { cells.append(row.text(index)) }
        rows.append(cells)
        return .more
    }

    func end(_ tag: String) { tags.append(tag) }
}

extension PostgresConnection {
    /// Connects to the tests' server with the superuser's keywords and further ones.
    static func toTestServer(
        _ loop: EventLoop, _ keywords: [String: String] = [:], within time: Duration = .seconds(20)
    ) async throws -> PostgresConnection {
        var settings = PostgresSettings(try PrivatePostgres.shared.keywords.map { .init($0.0, $0.1) })
        for (name, value) in keywords { settings[name] = value }
        return try await open(settings, on: loop, until: .now + time)
    }

    /// Runs a statement and returns its rows.
    @discardableResult
    func ask(
        _ text: String, _ parameters: [String?] = [], isPrepared: Bool = false, within time: Duration = .seconds(20)
    ) async throws -> [[String?]] {
        let rows = Rows()
        try await run(.statement(text, parameters, isPrepared: isPrepared), into: rows, until: .now + time)
        return rows.rows
    }

    /// Runs a statement that is to fail, and returns how.
    func failure(
        of text: String, _ parameters: [String?] = [], within time: Duration = .seconds(20)
    ) async -> PostgresError? {
        do throws(PostgresError) {
            try await run(.statement(text, parameters), into: Rows(), until: .now + time)
            return nil
        } catch {
            return error
        }
    }
}

/// Connects where that is to fail, and returns how.
func failureToOpen(
    _ keywords: [(String, String)], within time: Duration = .seconds(20)
) throws -> (error: PostgresError, time: Duration)? {
    let settings = PostgresSettings(keywords.map { .init($0.0, $0.1) })
    let begun = Instant.now
    return try onLoop { loop in
        do throws(PostgresError) {
            try await PostgresConnection.open(settings, on: loop, until: .now + time).close()
            return nil
        } catch {
            return (error, Instant.now - begun)
        }
    }
}
