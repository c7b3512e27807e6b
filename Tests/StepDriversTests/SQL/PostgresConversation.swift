import EventLoop
import Expressions
import PlumbTesting
import ScenarioModel

@testable import StepDrivers

/// Runs a body with a database of the tests' own server, its settings changed by a mapping of YAML, and a connection.
func withPostgres<Answer: Sendable>(
    _ changes: [String: Value] = [:],
    _ body: @escaping @Sendable (any Database, any DatabaseConnection) async throws -> Answer
) throws -> Answer {
    let settings = try postgresSettings(changes)
    let loop = try EventLoop()
    return try loop.run { () -> Result<Answer, any Error> in
        do {
            let database = try PostgresDatabase(target(settings, name: "database"), on: loop)
            let connection = try await database.open(label: "a test", until: .now + .seconds(20))
            let answer: Result<Answer, any Error>
            do { answer = .success(try await body(database, connection)) } catch { answer = .failure(error) }
            await connection.close()
            await database.close()
            return answer
        } catch {
            return .failure(error)
        }
    }.get()
}

/// What a target needs to reach the tests' own server, in YAML.
func postgresSettings(_ changes: [String: Value] = [:]) throws -> String {
    var settings = Value.Object(try PrivatePostgres.shared.keywords.map { ($0.0, Value.string($0.1)) })
    for (key, value) in changes { settings[key] = value }
    return Value.object(settings).json
}

extension DatabaseConnection {
    /// The one value of a query.
    func value(_ text: String, _ parameters: [Value] = []) async throws -> Value? {
        try await run("SELECT v FROM (SELECT \(text)) AS t(v)", parameters).rows.first?["v"]
    }
}
