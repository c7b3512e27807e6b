import EventLoop
import PlumbTesting
import Testing

@testable import PostgresTransport

@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"))
struct InterruptionTests {
    /// How many of the test server's processes still run a statement that holds a text.
    private static func running(_ text: String, _ loop: EventLoop) async throws -> String? {
        let connection = try await PostgresConnection.toTestServer(loop)
        defer { connection.close() }
        return try await connection.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() "
                + "AND position($1 in query) > 0", [text])[0][0]
    }

    @Test func `a statement that takes too long is cancelled at the server, and the connection goes on`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let begun = Instant.now
            let late = try #require(
                await connection.failure(of: "SELECT 'too slow', pg_sleep(60)", within: .milliseconds(200)))
            #expect(late.kind == .timeout)
            #expect(!late.mayHaveHappened)
            #expect(Instant.now - begun < .seconds(5))
            #expect(try await Self.running("too slow", loop) == "0")
            #expect(try await connection.ask("SELECT 1") == [["1"]])
            connection.close()
        }
    }

    @Test func `each statement has its own deadline, whatever those before it had`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            try await connection.ask("SELECT 1", within: .milliseconds(400))
            try await connection.ask("SELECT pg_sleep(0.8)", within: .seconds(60))
            let late = await connection.failure(of: "SELECT pg_sleep(60)", within: .milliseconds(200))
            #expect(late?.kind == .timeout)
            #expect(try await connection.ask("SELECT 1") == [["1"]])
            connection.close()
        }
    }

    @Test func `a cancelled task cancels its statement`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let begun = Instant.now
            let task = Task(executorPreference: loop) { await connection.failure(of: "SELECT 'undone', pg_sleep(60)") }
            try await loop.sleep(for: .milliseconds(100))
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            #expect(Instant.now - begun < .seconds(5))
            #expect(try await Self.running("undone", loop) == "0")
            #expect(connection.isReady)
            connection.close()
        }
    }

    @Test func `rows without end stop with the time`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t"
            #expect(await connection.failure(of: endless, within: .milliseconds(300))?.kind == .timeout)
            #expect(try await Self.running("RECURSIVE t(n)", loop) == "0")
            connection.close()
        }
    }

    @Test func `a network that goes silent is an error within the time-out`() throws {
        let proxy = try FadingProxy(to: try PrivatePostgres.shared.port)
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop, ["port": "\(proxy.port)"])
            #expect(try await connection.ask("SELECT 1") == [["1"]])
            let begun = Instant.now
            loop.schedule(after: .milliseconds(100)) { proxy.goSilent() }
            let cut = try #require(await connection.failure(of: "SELECT pg_sleep(0.3)", within: .milliseconds(500)))
            #expect(cut.kind == .timeout)
            #expect(cut.mayHaveHappened)
            #expect(Instant.now - begun < .seconds(5))
            #expect(!connection.isReady)
            connection.close()
        }
    }

    @Test func `a killed server process is a reset, in the middle of a statement and between two`() throws {
        try onLoop { loop in
            let killer = try await PostgresConnection.toTestServer(loop)
            let connection = try await PostgresConnection.toTestServer(loop)
            let other = try await PostgresConnection.toTestServer(loop)
            let pid = connection.backend
            let task = Task(executorPreference: loop) { await connection.failure(of: "SELECT pg_sleep(60)") }
            try await loop.sleep(for: .milliseconds(100))
            try await killer.ask("SELECT pg_terminate_backend(\(pid)), pg_terminate_backend(\(other.backend))")
            let killed = try #require(await task.value)
            #expect(killed.kind == .reset)
            #expect(killed.complaint?.sqlstate == "57P01")
            #expect(killed.mayHaveHappened)
            #expect(!connection.isReady)
            try await loop.sleep(for: .milliseconds(100))
            #expect(!other.isReady)
            for each in [killer, connection, other] { each.close() }
        }
    }

    @Test func `the farewell of the server is enough, before the connection closes`() throws {
        let server = try PrivatePostgres()
        let proxy = try FadingProxy(to: server.port)
        proxy.keepEndsBack()
        try onLoop { loop in
            func opened(_ changes: [(String, String)]) async throws -> PostgresConnection {
                let keywords = (server.keywords + changes).map { PostgresSettings.Keyword($0.0, $0.1) }
                return try await PostgresConnection.open(
                    PostgresSettings(keywords), on: loop, until: .now + .seconds(20))
            }
            let killer = try await opened([])
            let connection = try await opened([("port", "\(proxy.port)")])
            #expect(connection.isReady)
            try await killer.ask("SELECT pg_terminate_backend(\(connection.backend))")
            let deadline = Instant.now + .seconds(20)
            while connection.isReady, Instant.now < deadline { try await loop.sleep(for: .milliseconds(10)) }
            #expect(!connection.isReady)
            connection.close()
            killer.close()
        }
    }

    @Test func `a server that was restarted is noticed before the next statement`() throws {
        let server = try PrivatePostgres()
        let settings = PostgresSettings(server.keywords.map { .init($0.0, $0.1) })
        try onLoop { loop in
            let connection = try await PostgresConnection.open(settings, on: loop, until: .now + .seconds(20))
            try await connection.ask("SELECT 1")
            try server.restart()
            #expect(!connection.isReady)
            connection.close()
            let second = try await PostgresConnection.open(settings, on: loop, until: .now + .seconds(20))
            #expect(try await second.ask("SELECT 1") == [["1"]])
            second.close()
        }
    }

    @Test func `too many connections are a refusal that may pass`() throws {
        let server = try PrivatePostgres(["max_connections=4", "superuser_reserved_connections=1"])
        let settings = PostgresSettings(server.keywords.map { .init($0.0, $0.1) })
        try onLoop { loop in
            var open: [PostgresConnection] = []
            var failure: PostgresError?
            for _ in 0..<6 where failure == nil {
                do throws(PostgresError) {
                    open.append(try await PostgresConnection.open(settings, on: loop, until: .now + .seconds(20)))
                } catch {
                    failure = error
                }
            }
            #expect(open.count == 4)
            #expect(failure?.kind == .refused)
            #expect(failure?.complaint?.sqlstate == "53300")
            for connection in open { connection.close() }
        }
    }
}
