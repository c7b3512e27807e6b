import Expressions
import Glibc
import PlumbTesting
import Testing

/// Items 50 to 55 of the list of bad inputs, on a real server, through the whole program.
@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"))
struct PostgresBadInputTests {
    private func target(_ more: String = "", port: Int? = nil) throws -> String {
        let server = try PrivatePostgres.shared
        return "db: { kind: postgres, host: 127.0.0.1, port: \(port ?? server.port), dbname: postgres, "
            + "user: \(PrivatePostgres.owner), sslmode: disable\(more.isEmpty ? "" : ", " + more) }"
    }

    // MARK: 50

    @Test func `errors of a statement show their class and their place in the file`() async throws {
        let project = try HTTPProject(try target())
        let run = try await project.run(
            """
              - id: syntax
                sql: SELEC 1
              - id: table
                sql:
                  query: |
                    SELECT 1
                    FROM é JOIN nowhere ON true
              - { id: made, sql: "CREATE TABLE IF NOT EXISTS bad_50 (a int PRIMARY KEY, b int CHECK (b > 0))" }
              - { id: first, sql: "INSERT INTO bad_50 VALUES (1, 1)" }
              - { id: twice, sql: "INSERT INTO bad_50 VALUES (1, 1)", retry: { max: 3, backoff: 1ms } }
              - id: expected
                sql: INSERT INTO bad_50 VALUES (2, -1)
                expect: { error: { kind: rejected, sqlstate: "23514", constraint: bad_50_b_check } }
              - { id: gone, sql: DROP TABLE bad_50 }
            """)
        #expect(run.ended.status == .exit(1))
        try run.expect("syntax", tells: "failed", "sql.rejected", "syntax error", "42601")
        try run.expect("table", tells: "does not exist", "42P01")
        try run.expect("twice", tells: "duplicate key value", "23505")
        #expect(run.output.contains("scenario.yaml:4:10"))
        #expect(run.output.contains("scenario.yaml:9:14"))
        #expect((try run.step("twice")["tries"]?.number ?? 1) == 1)
        #expect(try run.step("expected")["verdict"] == "passed")
    }

    // MARK: 51

    @Test func `each way of not reaching a server has its class, and no password is shown`() async throws {
        let closed = try Loopback.unusedPort()
        let words = Self.refusal("57P03", "the database system is starting up")
        let starting = try RawServer([[.read(8), .sendBytes(words)]])
        let guest = "db, user: \(PrivatePostgres.guest), password: \"${{ $secrets.PW }}\""
        let port = try PrivatePostgres.shared.port
        let project = try HTTPProject(
            try target(), "down: { from: db, port: \(closed) }", "wrong: { from: \(guest) }",
            "url: { from: db, dbname: \"postgres://\(PrivatePostgres.guest):${{ $secrets.PW }}@127.0.0.1:\(port)/x\" }",
            "nowhere: { from: db, dbname: nowhere }", "careful: { from: db, user: \(PrivatePostgres.careful) }",
            "starting: { from: db, port: \(starting.port) }", "nameless: { from: db, host: no-such-host.invalid }",
            secrets: ["PW": "wr0ng-Passw0rd"])
        let names = ["down", "wrong", "url", "nowhere", "careful", "starting", "nameless"]
        let run = try await project.run(
            names.map { "  - { id: \($0), target: \($0), sql: SELECT 1 }" }.joined(separator: "\n"))
        #expect(run.ended.status == .exit(1))
        try run.expect("down", tells: "error", "sql.refused", "nothing listens at 127.0.0.1:\(closed)")
        try run.expect("wrong", tells: "sql.auth", "28P01", "password authentication failed")
        try run.expect("url", tells: "sql.auth", "28P01")
        try run.expect("nowhere", tells: "sql.rejected", "3D000", #"database "nowhere" does not exist"#)
        try run.expect("careful", tells: "sql.tls", "sslmode: require")
        try run.expect("starting", tells: "sql.refused", "57P03", "starting up")
        try run.expect("nameless", tells: "sql.dns", "has no address")
    }

    @Test func `too many connections are told, and waited for where a retry says so`() async throws {
        let server = try PrivatePostgres(["max_connections=3", "superuser_reserved_connections=0"])
        let project = try HTTPProject(try target("pool: { size: 8, max_overflow: 0 }", port: server.port))
        let run = try await project.run(
            """
              - id: many
                sql: SELECT pg_sleep(0.3)
                repeat: { times: 8, parallel: 8, pass: 1, assert: ['.error_kinds["sql.refused"] >= 1', .passed >= 1] }
              - id: one
                sql: SELECT 1 AS a
                expect: { rows: [{ a: 1 }] }
            """)
        run.expectAllPassed()
    }

    /// An error of the server's, as it stands on the wire.
    private static func refusal(_ state: String, _ message: String) -> [UInt8] {
        var fields: [UInt8] = []
        for field in ["SFATAL", "VFATAL", "C\(state)", "M\(message)"] {
            fields += field.utf8
            fields.append(0)
        }
        fields.append(0)
        let length = fields.count + 4
        return [UInt8(ascii: "E"), 0, 0, UInt8(length / 256), UInt8(length % 256)] + fields
    }

    // MARK: 52

    @Test func `a killed backend and a restarted server break one step, and the next ones connect anew`() async throws {
        let server = try PrivatePostgres()
        let project = try HTTPProject(try target("pool: { size: 2 }", port: server.port))
        let run = try await project.run(
            """
              - id: race
                group:
                  parallel: true
                  steps:
                    - id: killed
                      sql: SELECT pg_sleep(30)
                      expect: { error: { kind: reset, sqlstate: "57P01" } }
                    - id: killer
                      sql: >-
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE query LIKE '%SELECT pg_sleep(30)' AND state = 'active'
                      until: .row_count == 1
                      within: 10s
                      every: 20ms
              - { id: after, sql: SELECT 1 AS a, expect: { rows: [{ a: 1 }] } }
            """)
        run.expectAllPassed()
        #expect(try run.seconds(of: "race") < 10)
    }

    @Test func `a server that restarts between two steps is met by a new connection`() async throws {
        let server = try PrivatePostgres()
        let project = try HTTPProject(try target("pool: { size: 2 }", port: server.port))
        let restarting = try TemporaryFolder()
        let flag = restarting.path("go")
        async let finished = project.run(
            """
              - { id: before, sql: SELECT 1 AS a }
              - id: gone
                sql: SELECT count(*) AS n FROM pg_stat_file('\(flag)', true) AS f WHERE f.size IS NOT NULL
                until: .rows[0].n == 1
                within: 20s
                every: 50ms
              - { id: after, sql: SELECT 2 AS a, expect: { rows: [{ a: 2 }] } }
            """)
        usleep(400_000)
        try server.restart()
        chmod(restarting.path, 0o755)
        try restarting.write("x", to: "go")
        try await finished.expectAllPassed()
    }

    @Test func `a network that is cut is an error within the time-out, and nothing is sent twice`() async throws {
        let proxy = try FadingProxy(to: try PrivatePostgres.shared.port)
        let project = try HTTPProject(try target(port: proxy.port), try target().replacing("db:", with: "direct:"))
        async let finished = project.run(
            """
              - { id: made, target: direct, sql: CREATE TABLE IF NOT EXISTS bad_52 (a int) }
              - id: cut
                target: db
                sql: INSERT INTO bad_52 SELECT 1 FROM pg_sleep(2)
                timeout: 1500ms
                retry: { max: 2, on: [connect, reset, timeout], backoff: 1ms }
              - id: once
                target: direct
                sql: SELECT count(*) AS n FROM bad_52
                assert: ['.rows[0].n <= 1']
              - { id: gone, target: direct, sql: DROP TABLE bad_52 }
            """)
        usleep(900_000)
        proxy.goSilent()
        let run = try await finished
        try run.expect("cut", tells: "error", "sql.timeout")
        #expect(try run.seconds(of: "cut") < 3.5)
        #expect(try run.step("once")["verdict"] == "passed")
    }

    // MARK: 53

    @Test func `time-outs, locks and deadlocks end, and leave nothing running`() async throws {
        let project = try HTTPProject(try target("settings: { deadlock_timeout: 50ms }"))
        let run = try await project.run(
            """
              - { id: made, sql: "CREATE TABLE IF NOT EXISTS bad_53 AS SELECT generate_series(1, 2) AS a, 0 AS n" }
              - id: slow
                sql: SELECT 'orphan', pg_sleep(30)
                timeout: 200ms
                expect: { error: { kind: timeout } }
              - id: orphans
                sql: >-
                  SELECT count(*) AS n FROM pg_stat_activity
                  WHERE query LIKE '%SELECT ''orphan''%' AND state = 'active' AND pid <> pg_backend_pid()
                expect: { rows: [{ n: 0 }] }
              - id: theirs
                sql: { statements: ["SET LOCAL statement_timeout = 100", SELECT pg_sleep(30)], transaction: true }
                expect: { error: { sqlstate: "57014" } }
              - { id: a1, sql: { session: a, query: BEGIN } }
              - { id: b1, sql: { session: b, query: BEGIN } }
              - { id: a2, sql: { session: a, query: UPDATE bad_53 SET n = 1 WHERE a = 1 } }
              - { id: b2, sql: { session: b, query: UPDATE bad_53 SET n = 2 WHERE a = 2 } }
              - id: waits
                sql: UPDATE bad_53 SET n = 3 WHERE a = 1
                timeout: 200ms
                expect: { error: { kind: timeout } }
              - id: deadlock
                group:
                  parallel: true
                  steps:
                    - id: a3
                      sql: { session: a, query: UPDATE bad_53 SET n = 1 WHERE a = 2 }
                      assert: ['.error == null or .error.sqlstate == "40P01"']
                      capture: { state: '.error.sqlstate // "none"' }
                    - id: b3
                      sql: { session: b, query: UPDATE bad_53 SET n = 2 WHERE a = 1 }
                      assert: ['.error == null or .error.sqlstate == "40P01"']
                      capture: { state: '.error.sqlstate // "none"' }
              - { id: one, assert: ['[$steps.a3.state, $steps.b3.state] | sort == ["40P01", "none"]'] }
              - { id: a4, sql: { session: a, query: ROLLBACK } }
              - { id: b4, sql: { session: b, query: ROLLBACK } }
              - { id: gone, sql: DROP TABLE bad_53 }
            """)
        run.expectAllPassed()
    }

    // MARK: 54

    @Test func `odd values and odd answers have one rule each`() async throws {
        let project = try HTTPProject(try target())
        let many = (1...1600).map { "\($0) AS c\($0)" }.joined(separator: ", ")
        let run = try await project.run(
            """
              - id: numbers
                sql: SELECT 'NaN'::float8 AS a, 'Infinity'::numeric AS b, 9007199254740993 AS c
                expect: { rows: [{ a: NaN, b: Infinity, c: "9007199254740993" }] }
              - id: zero
                sql: { query: "SELECT $1::text AS a", params: ["a\\0b"] }
                expect: { error: { kind: rejected, sqlstate: "22021" } }
              - id: encoding
                sql: SELECT convert_from('\\xff', 'UTF8')
                expect: { error: { sqlstate: "22021" } }
              - id: large
                sql: SELECT repeat('x', 50000000) AS a
                timeout: 60s
              - id: back
                sql: { query: SELECT length($1) AS n, params: ["${{ $steps.large.rows[0].a }}"] }
                timeout: 60s
                expect: { rows: [{ n: 50000000 }] }
              - id: wide
                sql: SELECT \(many)
                assert: ['(.columns | length) == 1600', '.rows[0].c1600 == 1600']
              - id: equal
                sql: SELECT 1 AS a, 2 AS a
              - id: none
                sql: SELECT
                expect: { rows: [{}], row_count: 1 }
              - id: copy_out
                sql: COPY (SELECT 1) TO STDOUT
                expect: { error: { kind: rejected } }
              - id: copy_in
                sql: COPY pg_class FROM STDIN
                expect: { error: { kind: rejected } }
            """, limit: .seconds(120))
        try run.expect("equal", tells: "'a'")
        for id in ["numbers", "zero", "encoding", "large", "back", "wide", "none", "copy_out", "copy_in"] {
            let failures = try run.failures(of: id)
            #expect(failures.isEmpty, "\(id): \(failures)")
        }
        try project.folder.write("steps:\n  - { id: two, sql: \"SELECT 1; SELECT 2\" }\n", to: "several.yaml")
        let several = try await project.command("lint", "several.yaml")
        #expect(several.status == .exit(1) || several.status == .exit(2))
        #expect((several.standardOutput + several.standardError).contains("sql.several"))
    }

    @Test func `a transaction that a scenario leaves open is rolled back with its session`() async throws {
        let project = try HTTPProject(try target())
        let run = try await project.run(
            """
              - { id: made, sql: CREATE TABLE IF NOT EXISTS bad_54 (a int) }
              - { id: begun, sql: { session: left, query: BEGIN } }
              - { id: row, sql: { session: left, query: INSERT INTO bad_54 VALUES (1) } }
            """)
        run.expectAllPassed()
        let after = try await project.run(
            """
              - { id: rows, sql: SELECT count(*) AS n FROM bad_54, expect: { rows: [{ n: 0 }] } }
              - { id: gone, sql: DROP TABLE bad_54, timeout: 3s }
            """)
        after.expectAllPassed()
    }

    // MARK: 55

    @Test func `a pool that is exhausted says who holds it, within its time`() async throws {
        let project = try HTTPProject(try target("pool: { size: 1, max_overflow: 0, timeout: 300ms }"))
        let run = try await project.run(
            """
              - { id: held, sql: { session: holder, query: SELECT 1 AS a } }
              - { id: starved, sql: SELECT 2 AS a }
              - id: allowed
                sql: SELECT 3 AS a
                expect: { error: { kind: pool_exhausted } }
            """)
        try run.expect("starved", tells: "error", "sql.pool-exhausted", "pool exhausted after")
        #expect(try run.seconds(of: "starved") < 3)
        #expect(try run.step("allowed")["verdict"] == "passed")
    }

    @Test func `scenarios side by side share one connection in turn`() async throws {
        let project = try HTTPProject(try target("pool: { size: 1, max_overflow: 0, timeout: 20s }"))
        for number in 0..<6 {
            try project.folder.write(
                "steps:\n  - { id: one, sql: SELECT pg_sleep(0.05), expect: { row_count: 1 } }\n",
                to: "side/s\(number).yaml")
        }
        let run = try await project.run(["side", "--jobs", "6"])
        run.expectAllPassed()
    }
}
