import Expressions
import ScenarioModel
import Testing

@testable import StepDrivers

/// What is sent around the statements of a step, and when a session ends.
struct SQLTransactionTests {
    private static let refused = StatementFailure(
        error: StepError(
            .rejected, "duplicate key", phase: "query", fields: StatementFailure.fields(sqlstate: "23505")))

    @Test(arguments: [
        ("{ statements: [SELECT 1, SELECT 2], transaction: true }", ["BEGIN", "SELECT 1", "SELECT 2", "COMMIT"]),
        (
            "{ query: SELECT 1, transaction: repeatable read }",
            ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1", "COMMIT"]
        ),
        ("{ query: DELETE FROM t, rollback: true }", ["BEGIN", "DELETE FROM t", "ROLLBACK"]),
        ("{ query: SELECT 1, explain: true }", ["EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1"]),
        (
            "{ query: DELETE FROM t, explain: true }",
            ["BEGIN", "EXPLAIN (ANALYZE, FORMAT JSON) DELETE FROM t", "ROLLBACK"]
        ),
        (
            "{ query: DELETE FROM t, explain: true, transaction: true }",
            ["BEGIN", "EXPLAIN (ANALYZE, FORMAT JSON) DELETE FROM t", "ROLLBACK"]
        ),
        ("{ statements: [FAIL, SELECT 2], transaction: true }", ["BEGIN", "FAIL", "ROLLBACK"]),
        ("{ statements: [FAIL, SELECT 2] }", ["FAIL"]),
    ])
    func `a transaction is begun and ended around the statements`(yaml: String, sent: [String]) async throws {
        try await withFake { driving, database, target in
            database.failures["FAIL"] = Self.refused
            let outcome = try await driving.sql(yaml, target)
            #expect(database.opened[0].statements == sent)
            #expect((outcome.error != nil) == sent.contains("FAIL"))
        }
    }

    @Test func `a commit that the server refuses fails the step with its code`() async throws {
        try await withFake { driving, database, target in
            var failure = Self.refused
            failure.error.fields["sqlstate"] = "40001"
            database.failures["COMMIT"] = failure
            let outcome = try await driving.sql("{ query: SELECT 1, transaction: serializable }", target)
            #expect(outcome.error?.kind == .rejected && outcome.code == "40001")
            #expect(outcome["error", "statement"] == "COMMIT")
            failure.mayHaveHappened = true
            database.failures["COMMIT"] = failure
            #expect(try await driving.sql("{ query: SELECT 1, transaction: true }", target).code == nil)
        }
    }

    @Test func `a session keeps its connection, one step at a time, until the steps end`() async throws {
        try await withFake { driving, database, target in
            database.queryTime = .milliseconds(2)
            _ = try await driving.sql("{ query: BEGIN, session: a }", target)
            _ = try await driving.sql("{ query: SELECT 1, session: a }", target, times: 3)
            _ = try await driving.sql("{ query: SELECT 1, session: b }", target)
            #expect(database.opened.count == 2)
            #expect(database.opened[0].statements.count == 4 && database.opened[0].resets == 0)
            await driving.drivers.first { $0.kind == "sql" }?.endSteps(driving.session)
            #expect(database.opened[0].resets == 1)
            _ = try await driving.sql("{ query: SELECT 1, session: a }", target)
            #expect(database.opened.count == 3, "a session of cleanup is a new one")
        }
    }

    @Test func `explaining inside a session's transaction leaves it as it was`() async throws {
        try await withFake { driving, database, target in
            _ = try await driving.sql("{ query: BEGIN, session: a }", target)
            _ = try await driving.sql("{ query: DELETE FROM t, session: a, explain: true }", target)
            #expect(
                database.opened[0].statements == [
                    "BEGIN", "SAVEPOINT plumb_explain", "EXPLAIN (ANALYZE, FORMAT JSON) DELETE FROM t",
                    "ROLLBACK TO SAVEPOINT plumb_explain", "RELEASE SAVEPOINT plumb_explain",
                ])
        }
    }

    @Test func `a session that lost its connection says so, and is not begun anew behind the author's back`()
        async throws
    {
        try await withFake { driving, database, target in
            _ = try await driving.sql("{ query: BEGIN, session: a }", target)
            database.failures["SELECT 2"] = StatementFailure(
                error: StepError(.reset, "the server closed the connection"), mayHaveHappened: true,
                connectionIsLost: true)
            #expect(try await driving.sql("{ query: SELECT 2, session: a }", target).error?.kind == .reset)
            let after = try await driving.sql("{ query: SELECT 1, session: a }", target)
            #expect(
                after.error?.message == "the session 'a' lost its connection in t/s1, and what it had begun with it")
            #expect(try await driving.sql("{ query: SELECT 1, session: b }", target).error == nil)
        }
    }

    @Test func `a code inside a session's transaction is no reason to send one statement again`() async throws {
        try await withFake { driving, database, target in
            database.failures["FAIL"] = Self.refused
            #expect(try await driving.sql("{ query: FAIL, session: a }", target).code == "23505")
            _ = try await driving.sql("{ query: BEGIN, session: a }", target)
            #expect(try await driving.sql("{ query: FAIL, session: a }", target).code == nil)
        }
    }
}
