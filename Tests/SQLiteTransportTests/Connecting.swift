import EventLoop
import PlumbTesting
import SQLiteTransport
import Synchronization
import Testing

/// What a test's body opens connections with, on the loop's thread.
struct Connecting: Sendable {
    let loop: EventLoop

    func open(
        _ configuration: SQLiteConfiguration, within limit: Duration = .seconds(10)
    ) async throws(SQLiteError) -> SQLiteConnection {
        try await SQLiteConnection.open(configuration, on: loop, until: .now + limit)
    }

    /// Opens a file, which is made if it is not there.
    func open(_ path: String) async throws(SQLiteError) -> SQLiteConnection {
        var configuration = SQLiteConfiguration(.file(path))
        configuration.createsFiles = true
        return try await open(configuration)
    }

    /// Opens an empty database in memory that no other test sees.
    func openMemory() async throws(SQLiteError) -> SQLiteConnection {
        try await open(SQLiteConfiguration(.memory(Self.newName())))
    }

    private static let count = Atomic<Int>(0)

    static func newName() -> String { "test-\(count.add(1, ordering: .relaxed).newValue)" }
}

extension SQLiteConnection {
    /// Runs a statement within ten seconds.
    @discardableResult
    func run(
        _ sql: String, _ parameters: [SQLiteCell] = [], limits: SQLiteLimits = SQLiteLimits(),
        within limit: Duration = .seconds(10)
    ) async throws(SQLiteError) -> SQLiteAnswer {
        try await run(sql, parameters, limits: limits, until: .now + limit)
    }

    /// The first cell of a statement's first row.
    func cell(_ sql: String, _ parameters: [SQLiteCell] = []) async throws -> SQLiteCell {
        try #require(try await run(sql, parameters).rows.first?.first)
    }

    /// The error of a statement that must fail.
    func error(_ sql: String, _ parameters: [SQLiteCell] = [], within limit: Duration = .seconds(10)) async
        -> SQLiteError?
    {
        do {
            _ = try await run(sql, parameters, within: limit)
            return nil
        } catch {
            return error
        }
    }
}

/// Runs a body on a loop of its own.
func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Connecting) async throws -> Value) async throws -> Value {
    let loop = try EventLoop()
    loop.start()
    defer { loop.stop() }
    return try await Task(executorPreference: loop) {
        let result: Result<Value, any Error>
        do { result = .success(try await body(Connecting(loop: loop))) } catch { result = .failure(error) }
        return result
    }.value.get()
}

/// Opens an empty database in memory on a loop of its own.
func withDatabase<Value: Sendable>(
    _ body: @escaping @Sendable (SQLiteConnection) async throws -> Value
) async throws -> Value {
    try await onLoop { connecting in
        let connection = try await connecting.openMemory()
        let result: Result<Value, any Error>
        do { result = .success(try await body(connection)) } catch { result = .failure(error) }
        await connection.close()
        return try result.get()
    }
}
