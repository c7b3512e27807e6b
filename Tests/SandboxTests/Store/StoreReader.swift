import GRDB
import Testing

@testable import Sandbox

/// Reads and changes the store of a sandbox as a caller does.
struct StoreReader {
    private let queue: DatabaseQueue

    init(_ client: TestClient) throws {
        let access = try #require(client.endpoints.database)
        var settings = Configuration()
        settings.busyMode = .timeout(5)
        settings.prepareDatabase { database in
            for (schema, path) in access.attached {
                try database.execute(sql: "ATTACH DATABASE ? AS \(schema)", arguments: [path])
            }
            for statement in access.onConnect { try database.execute(sql: statement) }
        }
        queue = try DatabaseQueue(path: access.path, configuration: settings)
    }

    /// The rows of a query as text.
    func rows(_ sql: String, _ arguments: [String] = []) async throws -> [[String]] {
        try await queue.read { database in
            try Row.fetchAll(database, sql: sql, arguments: StatementArguments(arguments)).map { row in
                row.map { $0.1.isNull ? "null" : ($0.1.storage.value.map { "\($0)" } ?? "null") }
            }
        }
    }

    /// The one number of a query.
    func number(_ sql: String, _ arguments: [String] = []) async throws -> Int {
        try await queue.read { database in
            try #require(try Int.fetchOne(database, sql: sql, arguments: StatementArguments(arguments)))
        }
    }

    /// Whether a change is refused by a constraint.
    func refuses(_ sql: String) async throws -> Bool {
        do {
            try await queue.write { database in
                try database.execute(sql: sql)
                // What was not refused is not kept either.
                throw CancellationError()
            }
            return false
        } catch let error as DatabaseError {
            return error.resultCode == .SQLITE_CONSTRAINT
        } catch is CancellationError {
            return false
        }
    }

    /// Runs a change, and returns the rows that it gives.
    @discardableResult
    func change(_ sql: String, _ arguments: [String] = []) async throws -> Int {
        try await queue.write { database in
            try Row.fetchAll(database, sql: sql, arguments: StatementArguments(arguments)).count
        }
    }

    func close() throws { try queue.close() }
}

/// Runs a body with a reader of the sandbox's store.
func withStore<Value>(_ client: TestClient, _ body: (StoreReader) async throws -> Value) async throws -> Value {
    let reader = try StoreReader(client)
    let result: Result<Value, any Error>
    do { result = .success(try await body(reader)) } catch { result = .failure(error) }
    try reader.close()
    return try result.get()
}

extension TestClient {
    /// Has an operator change the store.
    func setStore(_ body: String) async throws -> Reply {
        try await send("POST", "/admin/store", to: "admin", body: body)
    }

    /// A figure of the gateway's pool.
    func poolFigure(_ name: String) async throws -> Int {
        let reply = try await send("GET", "/admin/store", to: "admin")
        return try #require(reply.json["pool"]?[name]?.integer)
    }
}
