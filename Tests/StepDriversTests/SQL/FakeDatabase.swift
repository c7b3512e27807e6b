import EventLoop
import Expressions
import ScenarioModel
import Testing

@testable import StepDrivers

/// A database that does what a test says, and remembers what was asked of it.
///
/// `@unchecked Sendable`: used on the loop's thread only.
final class FakeDatabase: Database, @unchecked Sendable {
    let name = "database"
    let dialect = SQLDialect.postgres
    let place = "memory"
    let loop: EventLoop
    var opened: [FakeConnection] = []
    var isClosed = false
    /// Most connections that were open at once.
    var most = 0
    /// What opening fails with, once each.
    var openingErrors: [StepError] = []
    var openingTime = Duration.zero
    /// How long a statement takes.
    var queryTime = Duration.zero
    /// What becomes of a statement by its text; others yield a row.
    var failures: [String: StatementFailure] = [:]
    var answers: [String: StatementAnswer] = [:]

    init(on loop: EventLoop) { self.loop = loop }

    func open(
        label: String, until deadline: Instant
    ) async throws(StepError) -> any DatabaseConnection {
        if openingTime > .zero { try? await loop.sleep(for: openingTime) }
        if !openingErrors.isEmpty { throw openingErrors.removeFirst() }
        let connection = FakeConnection(self, label)
        opened.append(connection)
        most = max(most, opened.count { !$0.isClosed })
        return connection
    }

    func close() async { isClosed = true }
}

/// A connection of a fake database.
final class FakeConnection: DatabaseConnection {
    private let database: FakeDatabase
    let serverVersion = "Fake 1"
    var label: String
    var transaction = TransactionState.none
    var isClosed = false
    var isReusable = true
    var canReset = true
    var resets = 0
    var statements: [String] = []

    init(_ database: FakeDatabase, _ label: String) {
        self.database = database
        self.label = label
    }

    func run(
        _ statement: BoundStatement, limits: RowLimits, until deadline: Instant
    ) async throws(StatementFailure) -> StatementAnswer {
        statements.append(statement.text)
        if database.queryTime > .zero { try? await database.loop.sleep(for: database.queryTime) }
        if let failure = database.failures[statement.text] {
            if failure.connectionIsLost {
                transaction = .unknown
                isReusable = false
            } else if transaction == .open {
                transaction = .failed
            }
            throw failure
        }
        switch statement.text.split(separator: " ").first.map(String.init) {
        case "BEGIN": transaction = .open
        case "COMMIT": transaction = .none
        case "ROLLBACK": transaction = statement.text == "ROLLBACK" ? .none : .open
        default: break
        }
        if let answer = database.answers[statement.text] { return answer }
        return StatementAnswer(
            columns: [.init(name: "n", type: "int4")], rows: [["n": 1]], rowCount: 1, command: "SELECT")
    }

    func reset(until deadline: Instant) async -> Bool {
        resets += 1
        if canReset { transaction = .none }
        return canReset
    }

    func close() async { isClosed = true }
}

extension Driving {
    /// Expects that the pool closes a connection: it does so in a task of its own, in its own time.
    func expectClosed(_ connection: FakeConnection, at location: SourceLocation = #_sourceLocation) async throws {
        let deadline = Instant.now + .seconds(20)
        while !connection.isClosed, .now < deadline { try await loop.sleep(for: .milliseconds(2)) }
        #expect(connection.isClosed, sourceLocation: location)
    }
}

/// Runs a body with a fake database behind the target that it is given.
func withFake<Answer: Sendable>(
    _ body: @escaping @Sendable (Driving, FakeDatabase, ResolvedTarget) async throws -> Answer
) async throws -> Answer {
    try await drive { driving in
        let database = FakeDatabase(on: driving.loop)
        let resolved = try target("{ host: h, user: u }", name: "database", kind: "postgres")
        let made = SQLTarget(database, on: driving.loop)
        resolved.connection = made
        let answer: Result<Answer, any Error>
        do { answer = .success(try await body(driving, database, resolved)) } catch { answer = .failure(error) }
        await made.close()
        return try answer.get()
    }
}

extension Driving {
    /// Prepares and attempts an sql step once.
    func sql(_ yaml: String, _ target: ResolvedTarget) async throws -> Outcome {
        let request = try Parsed.request(yaml, by: SQLStep())
        return try await attempt(try request.prepare(scope, target: target), kind: "sql")
    }

    /// Runs several steps at once, each under a name of its own.
    func sql(_ yaml: String, _ target: ResolvedTarget, times: Int) async throws -> [Outcome] {
        let request = try Parsed.request(yaml, by: SQLStep())
        let work = Work(driving: self, request: request, target: target)
        return await withTaskGroup(of: Outcome?.self) { group in
            for _ in 0..<times { group.addTask(executorPreference: loop) { try? await work.run() } }
            var outcomes: [Outcome] = []
            for await outcome in group { if let outcome { outcomes.append(outcome) } }
            return outcomes
        }
    }

    /// `@unchecked Sendable`: its tasks run on the loop's thread.
    private struct Work: @unchecked Sendable {
        let driving: Driving
        let request: any StepRequest
        let target: ResolvedTarget

        func run() async throws -> Outcome {
            try await driving.attempt(try request.prepare(driving.scope, target: target), kind: "sql")
        }
    }
}
