import EventLoop
import Expressions
import PlumbTesting
import ScenarioModel
import Testing

@testable import StepDrivers

/// Runs a body with a database of the given settings, in YAML, and one connection to it.
func withSQLite<Answer: Sendable>(
    _ settings: String = "{ memory: true }",
    _ body: @escaping @Sendable (any Database, any DatabaseConnection) async throws -> Answer
) async throws -> Answer {
    let loop = try EventLoop()
    loop.start()
    defer { loop.stop() }
    return try await Task(executorPreference: loop) {
        let database = try SQLiteDatabase(target(settings, name: "database"), on: loop)
        let connection = try await database.open(label: "test", until: .now + .seconds(10))
        let answer: Result<Answer, any Error>
        do { answer = .success(try await body(database, connection)) } catch { answer = .failure(error) }
        await connection.close()
        await database.close()
        return try answer.get()
    }.value
}

/// The error of opening a target.
func openingError(_ settings: String, within limit: Duration = .seconds(10)) async throws -> StepError? {
    let loop = try EventLoop()
    loop.start()
    defer { loop.stop() }
    return try await Task(executorPreference: loop) {
        let database = try SQLiteDatabase(target(settings, name: "database"), on: loop)
        do {
            let connection = try await database.open(label: "test", until: .now + limit)
            await connection.close()
            return nil
        } catch let error as StepError {
            return error
        }
    }.value
}

extension DatabaseConnection {
    /// Runs a statement within ten seconds.
    @discardableResult
    func run(
        _ text: String, _ parameters: [Value] = [], limits: RowLimits = RowLimits(),
        within limit: Duration = .seconds(10)
    ) async throws(StatementFailure) -> StatementAnswer {
        try await run(BoundStatement(text: text, parameters: parameters), limits: limits, until: .now + limit)
    }

    /// The failure of a statement that must fail.
    func failure(
        _ text: String, _ parameters: [Value] = [], within limit: Duration = .seconds(10)
    ) async -> StatementFailure? {
        do {
            _ = try await run(text, parameters, within: limit)
            return nil
        } catch {
            return error
        }
    }
}
