import Expressions
import PlumbTesting
import Testing

/// Whole runs of sql steps against a PostgreSQL server of the tests' own.
@Suite(.enabled(if: PrivatePostgres.isInstalled, .init(rawValue: PrivatePostgres.reason)))
struct PostgresRunTests {
    private static func target(_ name: String, _ more: String = "") throws -> String {
        let words = try PrivatePostgres.shared.keywords.map { "\($0): '\($1)'" }.joined(separator: ", ")
        return "\(name): { kind: postgres, \(words)\(more) }"
    }

    @Test func `a sql step of every form runs on a server`() async throws {
        let project = try HTTPProject(try Self.target("database"))
        let run = try await project.run(
            #"""
              - sql:
                  statements:
                    - DROP TABLE IF EXISTS plumb_forms
                    - query: CREATE TABLE :"t" (id int PRIMARY KEY, tags text[], n numeric, at timestamptz)
                    - query: INSERT INTO :"t" VALUES ($1, $2, $3, $4), (2, '{}', 'NaN', NULL)
                      params: [1, [a, "b,c"], "1.50000000000000000001", 2026-01-02T03:04:05+01:00]
                  identifiers: { t: plumb_forms }
                  transaction: serializable
                cleanup: [{ sql: DROP TABLE plumb_forms }]
              - id: read
                sql: { query: { postgres: SELECT * FROM plumb_forms ORDER BY id, sqlite: SELECT 1 } }
                expect:
                  rows:
                    - { id: 1, tags: [a, "b,c"], n: "1.50000000000000000001", at: "2026-01-02T02:04:05Z" }
                    - { id: 2, tags: [], n: NaN, at: null }
                  columns: [{ name: id, type: int4 }, { type: "text[]" }, { type: numeric }, { type: timestamptz }]
              - id: unique
                sql: INSERT INTO plumb_forms VALUES (1)
                expect: { error: { kind: rejected, sqlstate: "23505", constraint: plumb_forms_pkey, table: plumb_forms } }
              - id: explained
                sql: { query: DELETE FROM plumb_forms WHERE id = $1, params: [1], explain: true }
                assert: ['.plan.Plan."Node Type" == "ModifyTable"', .command == "EXPLAIN"]
              - sql: SELECT count(*) AS n FROM plumb_forms
                expect: { rows: [{ n: 2 }] }
              - id: named
                sql: SELECT current_setting('application_name') AS name
                assert: ['.rows[0].name | test("scenario")']
              - id: dirty
                sql:
                  statements: [SET search_path = nowhere, CREATE TEMP TABLE plumb_left (x int), SELECT pg_advisory_lock(77)]
              - id: clean
                sql: >-
                  SELECT current_setting('search_path') AS path, to_regclass('pg_temp.plumb_left') AS left,
                  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77) AS locks
                assert: ['.rows[0].path != "nowhere" and .rows[0].left == null and .rows[0].locks == 0']
            """#)
        run.expectAllPassed()
    }

    @Test func `the line for psql does by hand what the step did`() async throws {
        let project = try HTTPProject(try Self.target("database"))
        let run = try await project.run(
            #"""
              - { id: asked, sql: { query: "SELECT $1::int + 1 AS n, $2 AS t", params: [6, "it's"] } }
            """#)
        let line = try #require(try run.step("asked")["exchange"]?["command"]?.string)
        #expect(line.hasPrefix("psql -X "))
        #expect(!line.contains("password"))
        var environment = RunningCommand.plainEnvironment
        environment["PGPASSWORD"] = try PrivatePostgres.shared.keywords.first { $0.0 == "password" }?.1
        // The server may be one that nothing was installed of.
        environment["PATH"] = try #require(PrivatePostgres.binaries) + ":" + (environment["PATH"] ?? "")
        let ended = try await OwnThread.run { [environment] in
            try RunningCommand("/bin/sh", ["-c", line + " -At"], environment: environment).finish()
        }
        #expect(ended.standardOutput.contains("7|it's"), "\(ended.standardError)")
    }

    @Test func `the server is told the step, and a statement is prepared once`() async throws {
        let project = try HTTPProject(try Self.target("database", ", pool: { size: 1, max_overflow: 0 }"))
        let run = try await project.run(
            #"""
              - id: seen
                sql: SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()
                assert: ['.rows[0].query | test("^/[*] plumb: run=[a-z0-9]+ scenario=scenario step=seen [*]/ SELECT query")']
              - id: many
                each: '[1, 2, 3, 4]'
                sql: { query: "SELECT $1::int AS n", params: ["${{ $item }}"] }
              - id: prepared
                sql: SELECT count(*)::int AS n FROM pg_prepared_statements WHERE statement LIKE '%step=man' || 'y%'
                assert: ['.rows[0].n == 1']
              - id: wrong
                sql: SELECT nope FROM pg_class
                assert: ['.error.sqlstate == "42703"', '.error.position.column == 17']
              - id: shown
                sql: { query: SELECT 1 AS n, explain: true }
                assert: ['.command == "EXPLAIN"']
            """#)
        run.expectAllPassed()
        #expect(run.texts["r.json"]?.contains("\"summary\":\"/*") == false)
    }

    @Test func `sessions that race in a parallel group give the errors that are expected`() async throws {
        let project = try HTTPProject(try Self.target("database"))
        let run = try await project.run(
            #"""
              - sql:
                  statements:
                    - DROP TABLE IF EXISTS plumb_race
                    - CREATE TABLE plumb_race AS SELECT g AS id, 0 AS n FROM generate_series(1, 2) g
                cleanup: [{ sql: DROP TABLE plumb_race }]
              - { id: a1, sql: { query: BEGIN, session: a } }
              - { id: b1, sql: { query: BEGIN, session: b } }
              - sql: { query: UPDATE plumb_race SET n = 1 WHERE id = 1, session: a }
              - sql: { query: UPDATE plumb_race SET n = 1 WHERE id = 2, session: b }
              - id: race
                group:
                  parallel: true
                  steps:
                    - id: a2
                      sql: { query: UPDATE plumb_race SET n = 2 WHERE id = 2, session: a }
                      assert: ['.error == null or .error.sqlstate == "40P01"']
                    - id: b2
                      sql: { query: UPDATE plumb_race SET n = 2 WHERE id = 1, session: b }
                      assert: ['.error == null or .error.sqlstate == "40P01"']
              - assert: ['[$steps.a2.error, $steps.b2.error] | map(select(. != null)) | length == 1']
              - sql:
                  statements: [SET lock_timeout = '50ms', BEGIN, SELECT * FROM plumb_race FOR UPDATE]
                expect: { error: { sqlstate: 55P03 } }
              - sql: SELECT sum(n) AS n FROM plumb_race
                expect: { rows: [{ n: 0 }] }
            """#)
        run.expectAllPassed()
    }

    @Test func `a code that retry names sends the step again, and others do not`() async throws {
        let project = try HTTPProject(try Self.target("database"))
        let run = try await project.run(
            #"""
              - sql:
                  statements:
                    - DROP SEQUENCE IF EXISTS plumb_tries
                    - CREATE SEQUENCE plumb_tries
                    - |
                      CREATE OR REPLACE FUNCTION plumb_try(wanted int, state text) RETURNS int LANGUAGE plpgsql AS $$
                      BEGIN
                        IF nextval('plumb_tries') < wanted THEN RAISE EXCEPTION 'not yet' USING ERRCODE = state; END IF;
                        RETURN 1;
                      END $$
                cleanup: [{ sql: { statements: [DROP FUNCTION plumb_try, DROP SEQUENCE plumb_tries] } }]
              - id: again
                sql: SELECT plumb_try(3, '40001') AS x
                retry: { max: 5, on: ["40001"], backoff: 1ms }
                assert: [.tries == 3]
              - id: permanent
                sql: SELECT plumb_try(100, '23505') AS x
                retry: { max: 5, on: [connect, reset, timeout, "40001"], backoff: 1ms }
                expect: { error: { sqlstate: "23505" }, tries: 1 }
            """#)
        run.expectAllPassed()
    }

    @Test func `no more backends are seen than the pool may have, and nobody waits in vain`() async throws {
        let project = try HTTPProject(
            try Self.target("database", ", pool: { size: 4, max_overflow: 2 }"), try Self.target("other"))
        let run = try await project.run(
            #"""
              - id: many
                sql: >-
                  SELECT pg_sleep(0.02), (SELECT count(*) FROM pg_stat_activity
                  WHERE application_name LIKE 'scenario/many%') AS backends
                target: database
                repeat: { times: 64, parallel: 64, assert: [.failed == 0, '(.seen | max) <= 6'] }
                capture: { seen: '.rows[0].backends', waited: .pool.waited_ms }
            """#)
        run.expectAllPassed()
    }

    @Test func `a query is cancelled at the server when its time is over`() async throws {
        let project = try HTTPProject(try Self.target("database"))
        let run = try await project.run(
            #"""
              - id: slow
                sql: SELECT pg_sleep(60) AS plumb_slow
                timeout: 300ms
                expect: { error: { kind: timeout } }
              - id: after
                sql: SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%plumb_slow' AND state = 'active' AND pid <> pg_backend_pid()
                until: '.rows[0].n == 0'
                within: 5s
            """#)
        run.expectAllPassed()
    }

    @Test func `a pool that is exhausted names who holds it`() async throws {
        let project = try HTTPProject(
            try Self.target("database", ", pool: { size: 1, max_overflow: 0, timeout: 100ms }"))
        let run = try await project.run(
            #"""
              - { id: hold, sql: { query: SELECT 1 AS x, session: keeper } }
              - { id: wait, sql: SELECT 1 AS x }
            """#)
        try run.expect(
            "wait", tells: "error | sql.pool-exhausted", "pool exhausted after",
            "1 in use by session keeper of scenario")
    }

    @Test func `a wrong password is no secret, and the derived target has its own pool`() async throws {
        let server = try PrivatePostgres.shared
        let project = try HTTPProject(
            "database: { kind: postgres, host: 127.0.0.1, port: \(server.port), dbname: \(PrivatePostgres.database), "
                + "user: \(PrivatePostgres.guest), sslmode: disable, password: '${{ $secrets.PASSWORD }}' }",
            secrets: ["PASSWORD": PrivatePostgres.password])
        try project.folder.write(
            """
            keep_going: true
            targets:
              wrong: { from: database, password: nope-nope-nope }
            steps:
              - id: right
                sql: { query: SELECT $1 AS told, params: ["${{ $secrets.PASSWORD }}"] }
              - { id: wrong, target: wrong, sql: SELECT 1 AS x }
              - { id: again, sql: SELECT 1 AS x, assert: [.pool.opened == 1] }
            """, to: "scenario.yaml")
        let run = try await project.run(["scenario.yaml"])
        try run.expect("wrong", tells: "error | sql.auth", "password authentication failed", "28P01")
        #expect(!run.output.contains("nope-nope-nope"))
        #expect(try run.step("right")["verdict"] == "passed" && run.step("again")["verdict"] == "passed")
    }
}
