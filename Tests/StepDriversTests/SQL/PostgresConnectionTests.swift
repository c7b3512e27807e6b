import EventLoop
import Expressions
import PlumbTesting
import ScenarioModel
import Testing

@testable import StepDrivers

@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"))
struct PostgresConnectionTests {
    @Test func `a refusal has the server's fields and its place in the statement`() throws {
        try withPostgres { _, connection async throws in
            let syntax = try #require(await connection.failure("SELECT 1 FROM\n nowhere WHERE é = 1"))
            #expect(syntax.error.kind == .rejected)
            #expect(syntax.error.fields["sqlstate"] == "42P01")
            #expect(syntax.position == 15)
            #expect(!syntax.mayHaveHappened)
            #expect(!syntax.connectionIsLost)
            _ = try await connection.run("CREATE TEMP TABLE t (a int PRIMARY KEY)")
            _ = try await connection.run("INSERT INTO t VALUES (1)")
            let twice = try #require(await connection.failure("INSERT INTO t VALUES (1)"))
            #expect(twice.error.fields["sqlstate"] == "23505")
            #expect(twice.error.fields["constraint"] == "t_pkey")
            #expect(twice.error.fields["detail"] == "Key (a)=(1) already exists.")
            #expect(twice.error.fields["table"] == "t")
        }
    }

    @Test func `a zero byte and a wrong encoding are refused`() throws {
        try withPostgres { _, connection async throws in
            let zero = try #require(await connection.failure("SELECT $1::text", ["a\u{0}b"]))
            #expect(zero.error.kind == .rejected)
            #expect(zero.error.message.contains("parameter $1 holds a zero byte"))
            #expect(zero.error.fields["sqlstate"] == "22021")
            let bytes = try #require(await connection.failure(#"SELECT convert_from('\xff', 'UTF8')"#))
            #expect(bytes.error.fields["sqlstate"] == "22021")
            #expect(connection.isReusable)
        }
    }

    @Test func `time-outs of ours and of the server are told apart`() throws {
        try withPostgres(["settings": ["statement_timeout": "150ms"]]) { _, connection async throws in
            let theirs = try #require(await connection.failure("SELECT pg_sleep(60)"))
            #expect(theirs.error.kind == .rejected)
            #expect(theirs.error.fields["sqlstate"] == "57014")
            _ = try await connection.run("SET statement_timeout = 0")
            let ours = try #require(await connection.failure("SELECT pg_sleep(60)", within: .milliseconds(150)))
            #expect(ours.error.kind == .timeout)
            #expect(!ours.connectionIsLost)
            #expect(connection.isReusable)
        }
    }

    @Test func `a lock that is held is waited for no longer than the time-out`() throws {
        try withPostgres { database, connection async throws in
            _ = try await connection.run("CREATE TABLE IF NOT EXISTS held (a int)")
            _ = try await connection.run("BEGIN")
            _ = try await connection.run("LOCK TABLE held")
            let other = try await database.open(label: "other", until: .now + .seconds(20))
            let late = try #require(await other.failure("SELECT * FROM held", within: .milliseconds(200)))
            #expect(late.error.kind == .timeout)
            #expect(other.isReusable)
            _ = try await other.run("SET lock_timeout = '100ms'")
            let locked = try #require(await other.failure("SELECT * FROM held"))
            #expect(locked.error.fields["sqlstate"] == "55P03")
            _ = try await connection.run("DROP TABLE held")
            _ = try await connection.run("COMMIT")
            await other.close()
        }
    }

    @Test func `a reset brings back the session as it was opened`() throws {
        try withPostgres(["settings": ["search_path": "pg_catalog"]]) { _, connection async throws in
            _ = try await connection.run("BEGIN")
            #expect(!connection.isReusable)
            _ = try await connection.run("SET search_path = public")
            _ = try await connection.run("CREATE TEMP TABLE mine (a int)")
            _ = try await connection.run("COMMIT")
            _ = try await connection.run("SELECT pg_advisory_lock(4711)")
            _ = try await connection.run("SET ROLE \(PrivatePostgres.guest)")
            _ = try await connection.run("BEGIN")
            _ = await connection.failure("SELECT 1/0")
            #expect(connection.transaction == .failed)
            #expect(await connection.reset(until: .now + .seconds(20)))
            #expect(connection.isReusable)
            #expect(try await connection.value("current_user") == .string(PrivatePostgres.owner))
            #expect(try await connection.value("current_setting('search_path')") == "pg_catalog")
            #expect(try await connection.value("to_regclass('mine')") == .null)
            #expect(try await connection.value("count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0)
        }
    }

    @Test func `a reset after plain queries costs no round trip`() throws {
        try withPostgres { database, connection async throws in
            _ = try await connection.run("SELECT 1 AS a")
            let other = try await database.open(label: "watcher", until: .now + .seconds(20))
            let pid = try #require(try await connection.value("pg_backend_pid()"))
            #expect(await connection.reset(until: .now + .seconds(20)))
            let last = try await other.value("query FROM pg_stat_activity WHERE pid = $1", [pid])
            #expect(last == "SELECT v FROM (SELECT pg_backend_pid()) AS t(v)")
            await other.close()
        }
    }

    @Test func `the server is told who asks`() throws {
        try withPostgres { database, _ async throws in
            let named = try await database.open(label: "suite/caf\u{e9} [x]", until: .now + .seconds(20))
            #expect(try await named.value("current_setting('application_name')") == "suite/caf? [x]")
            #expect(named.serverVersion.hasPrefix("PostgreSQL "))
            await named.close()
        }
    }

    @Test func `prepared statements are kept over runs`() throws {
        try withPostgres { _, connection async throws in
            for number in 0..<3 {
                let answer = try await connection.run(
                    BoundStatement(
                        text: "SELECT $1::int AS n", parameters: [.number(Double(number))], isPrepared: true),
                    limits: RowLimits(), until: .now + .seconds(20))
                #expect(answer.rows == [["n": .number(Double(number))]])
            }
            #expect(try await connection.value("count(*) FROM pg_prepared_statements") == 1)
        }
    }

    @Test func `settings that libpq refuses or does not know are the target's mistake`() throws {
        let port = try PrivatePostgres.shared.port
        let place = try withPostgres { database, _ in database.place }
        #expect(place == "127.0.0.1:\(port)/postgres")
        #expect(throws: StepFailure.self) { try withPostgres(["settings": ["bad name": 1]]) { _, _ in } }
        #expect(throws: StepError.self) { try withPostgres(["sslmode": "perhaps"]) { _, _ in } }
    }
}
