import EventLoop
import Expressions
import ScenarioModel
import Testing

@testable import StepDrivers

struct ConnectionPoolTests {
    @Test func `a connection is opened once and used again`() async throws {
        try await withFake { driving, database, target in
            let first = try await driving.sql("SELECT 1", target)
            let second = try await driving.sql("SELECT 1", target)
            #expect(first.error == nil && second.error == nil)
            #expect(database.opened.count == 1)
            #expect(first["pool", "opened"] == 1 && first["pool", "reused"] == 0 && first["pool", "in_use"] == 1)
            #expect(second["pool", "opened"] == 1 && second["pool", "reused"] == 1)
            #expect(second["pool", "size"] == 5 && second["pool", "overflow"] == 10 && second["pool", "waiting"] == 0)
        }
    }

    @Test func `many steps at once share few connections, and none is left out`() async throws {
        try await withFake { driving, database, target in
            driving.pool = PoolBounds(size: 3, overflow: 2)
            database.queryTime = .milliseconds(5)
            database.openingTime = .milliseconds(2)
            let outcomes = try await driving.sql("SELECT 1", target, times: 64)
            #expect(outcomes.count == 64 && outcomes.allSatisfy { $0.error == nil })
            #expect(database.most <= 5)
            #expect(database.opened.count { !$0.isClosed } <= 3)
        }
    }

    @Test func `waiting has an end that names who holds the connections`() async throws {
        try await withFake { driving, database, target in
            driving.pool = PoolBounds(size: 1, overflow: 0, timeout: .milliseconds(50))
            driving.label = "orders/hold"
            _ = try await driving.sql("{ query: SELECT 1, session: a }", target)
            driving.label = "orders/wait"
            let outcome = try await driving.sql("SELECT 1", target)
            #expect(outcome.error?.kind == .poolExhausted)
            #expect(outcome.error?.message.hasPrefix("pool exhausted after ") ?? false)
            #expect(outcome["timing", "pool"]?.number ?? 0 >= 50)
            #expect(outcome.error?.message.hasSuffix("ms: 1 in use by session a of t") ?? false)
            #expect(outcome["pool", "in_use"] == 1 && outcome["rows"] == Value.null)
            // The attempt's own time-out bounds the wait as well.
            driving.pool = PoolBounds(size: 1, overflow: 0, timeout: .seconds(60))
            driving.timeout = .milliseconds(50)
            _ = try await driving.sql("{ query: SELECT 1, session: b }", target)
            #expect(try await driving.sql("SELECT 1", target).error?.kind == .poolExhausted)
        }
    }

    @Test func `what a failed opening leaves is room for the next`() async throws {
        try await withFake { driving, database, target in
            driving.pool = PoolBounds(size: 1, overflow: 0)
            database.openingErrors = [StepError(.refused, "nothing listens on h:5432", phase: "connect")]
            let first = try await driving.sql("SELECT 1", target)
            #expect(first.error?.kind == .refused && first.error?.isBeforeSending == true)
            #expect(first["pool", "in_use"] == 0)
            #expect(try await driving.sql("SELECT 1", target).error == nil)
        }
    }

    @Test func `a connection that the server closed while it was idle is replaced`() async throws {
        try await withFake { driving, database, target in
            _ = try await driving.sql("SELECT 1", target)
            database.opened[0].isReusable = false
            #expect(try await driving.sql("SELECT 1", target).error == nil)
            #expect(database.opened.count == 2)
            try await driving.expectClosed(database.opened[0])
        }
    }

    @Test func `a loss before anything was sent is no second try, one after it is an error`() async throws {
        try await withFake { driving, database, target in
            _ = try await driving.sql("SELECT 1", target)
            let lost = StepError(.reset, "the server closed the connection")
            database.failures["SELECT 2"] = StatementFailure(error: lost, connectionIsLost: true)
            let outcome = try await driving.sql("SELECT 2", target)
            // Once over the pooled connection, and once over a new one.
            #expect(outcome.error?.kind == .reset && database.opened.count == 2)
            #expect(database.opened.map { $0.statements.count { $0 == "SELECT 2" } } == [1, 1])
            database.failures["DELETE FROM t"] = StatementFailure(
                error: lost, mayHaveHappened: true, connectionIsLost: true)
            _ = try await driving.sql("SELECT 1", target)
            _ = try await driving.sql("DELETE FROM t", target)
            #expect(database.opened.flatMap(\.statements).count { $0 == "DELETE FROM t" } == 1)
        }
    }

    @Test func `what a step changed in its connection is undone, or the connection closed`() async throws {
        try await withFake { driving, database, target in
            let outcome = try await driving.sql("{ statements: [BEGIN, SELECT 1] }", target)
            #expect(outcome.error == nil)
            #expect(outcome.notes == ["the transaction that the step left open was rolled back"])
            #expect(database.opened[0].resets == 1 && database.opened[0].transaction == .none)
            database.opened[0].canReset = false
            _ = try await driving.sql("SELECT 1", target)
            try await driving.expectClosed(database.opened[0])
        }
    }

    @Test func `cancelling a step that waits takes it out of the line`() async throws {
        try await withFake { driving, database, target in
            driving.pool = PoolBounds(size: 1, overflow: 0)
            _ = try await driving.sql("{ query: SELECT 1, session: a }", target)
            let begun = Instant.now
            let box = Box(driving: driving, target: target)
            let task = Task(executorPreference: driving.loop) { try await box.run() }
            try await driving.loop.sleep(for: .milliseconds(20))
            task.cancel()
            #expect(try await task.value.error?.kind == .timeout)
            #expect(Instant.now - begun < .seconds(3))
            await driving.drivers.first { $0.kind == "sql" }?.endSteps(driving.session)
            let last = try await driving.sql("SELECT 1", target)
            #expect(last.error == nil)
        }
    }

    /// `@unchecked Sendable`: used on the loop's thread only.
    private struct Box: @unchecked Sendable {
        let driving: Driving
        let target: ResolvedTarget
        func run() async throws -> Outcome { try await driving.sql("SELECT 1", target) }
    }

    @Test func `each set of bounds has a pool of its own`() async throws {
        try await withFake { driving, database, target in
            driving.pool = PoolBounds(size: 1, overflow: 0)
            _ = try await driving.sql("{ query: SELECT 1, session: a }", target)
            driving.pool = PoolBounds(size: 2, overflow: 0)
            #expect(try await driving.sql("SELECT 1", target).error == nil)
            #expect(database.opened.count == 2)
        }
    }
}
