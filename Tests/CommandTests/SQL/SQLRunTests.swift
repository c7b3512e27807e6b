import Expressions
import Glibc
import PlumbTesting
import Testing

/// Whole runs of sql steps against SQLite in memory.
struct SQLRunTests {
    private static let memory = "database: { kind: sqlite, memory: true }"

    @Test func `the result has every member, and the rows their types`() async throws {
        let project = try HTTPProject(Self.memory)
        let run = try await project.run(
            #"""
              - id: make
                sql:
                  statements:
                    - CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, ok BOOLEAN, big INTEGER, doc JSON)
                    - query: INSERT INTO t VALUES ($1, $2, $3, $4, $5)
                      params: [1, "it's; \"x\"", true, "9007199254740993", '{"a": [1, 2]}']
                  transaction: true
                expect: { row_count: 1, command: INSERT, statements: [{ command: CREATE TABLE }, { row_count: 1 }] }
              - id: read
                sql: SELECT * FROM t
                expect:
                  rows: [{ id: 1, name: "it's; \"x\"", ok: true, big: "9007199254740993", doc: { a: [1, 2] } }]
                  row_count: 1
                  command: SELECT
                  truncated: false
                  error: null
                  pool: { size: 5, overflow: 10, in_use: 1, waiting: 0, opened: 1, reused: 1 }
                assert:
                  - '.columns[0] == {name: "id", type: "integer"}'
                  - .timing.query > 0 and .timing.connect == 0 and .ms < 5000
              - id: limited
                sql: { query: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", rows_limit: 3 }
                expect: { truncated: true, row_count: 3, rows: [{ i: 1 }, { i: 2 }, { i: 3 }] }
              - id: endless
                sql: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
                expect: { error: { kind: too_large }, rows: null, row_count: null }
              - id: together
                sql:
                  statements:
                    - "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000) SELECT i FROM n"
                    - "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000) SELECT i FROM n"
                expect: { error: { kind: too_large } }
              - id: rolled
                sql: { query: DELETE FROM t, rollback: true }
                expect: { row_count: 1 }
              - id: kept
                sql: SELECT count(*) AS n FROM t
                expect: { rows: [{ n: 1 }] }
              - id: doubled
                sql: SELECT id, name, id FROM t
                expect: { error: { kind: protocol, message: "two columns are called 'id', so a row cannot hold both" } }
              - id: plan
                sql: { query: SELECT * FROM t WHERE id = 1, explain: true }
                assert: ['.plan[0].detail | test("SEARCH t")', .row_count == 0]
            """#)
        run.expectAllPassed()
        #expect(try run.step("read")["notes"]?.array?.first?.string?.contains("carried as text") ?? false)
    }

    @Test func `an error is shown at its place, however the query is written`() async throws {
        let project = try HTTPProject(Self.memory)
        try project.folder.write(
            "SELECT 1;\n\n-- a comment; really\nSELECT 'é', nmae\n  FROM :\"t\";\n", to: "seed.sql")
        let run = try await project.run(
            #"""
              - sql: CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)
              - id: plain
                sql: SELECT 'é', nmae FROM t
              - id: quoted
                sql: "SELECT\t'\u00e9', nmae FROM t"
              - id: single
                sql: { query: 'SELECT ''a'', nmae FROM t' }
              - id: literal
                sql:
                  query: |

                    SELECT name,
                           nmae
                    FROM t
              - id: folded
                sql: >-
                  SELECT name,
                  nmae FROM t
              - id: slots
                sql: { query: 'SELECT :"n", nmae FROM :"t"', identifiers: { t: t, n: name } }
              - id: file
                sql: { file: seed.sql, identifiers: { t: t } }
              - id: second
                sql:
                  statements:
                    - SELECT 1
                    - query: SELECT nmae FROM t
              - id: place
                sql: SELECT nmae FROM t
                expect: { error: { position: { line: 31, column: 17 }, statement: SELECT nmae FROM t, sqlstate: "42703" } }
            """#)
        func place(_ id: String) throws -> String {
            let place = try run.step(id)["failures"]?.array?.first?["place"]
            let line = Int(place?["line"]?.number ?? 0)
            let text = place?["text"]?.string ?? ""
            let marked = text.dropFirst(Int(place?["column"]?.number ?? 0) - 1)
            return "\(place?["file"]?.string ?? ""):\(line) \(marked.prefix(4))"
        }
        #expect(try place("plain") == "scenario.yaml:5 nmae")
        #expect(try place("quoted") == "scenario.yaml:7 nmae")
        #expect(try place("single") == "scenario.yaml:9 nmae")
        #expect(try place("literal") == "scenario.yaml:15 nmae")
        #expect(try place("folded") == "scenario.yaml:20 nmae")
        #expect(try place("slots") == "scenario.yaml:22 nmae")
        #expect(try place("file") == "seed.sql:4 nmae")
        #expect(try place("second") == "scenario.yaml:29 nmae")
        let failures = try run.failures(of: "place")
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a session is rolled back before cleanup, and each row has its own`() async throws {
        let project = try HTTPProject("database: { kind: sqlite, path: data.db, create: true, busy_timeout: 2s }")
        try project.folder.write(
            """
            steps:
              - sql: CREATE TABLE t (id INTEGER)
            outputs: { done: "true" }
            """, to: "_setup.yaml")
        try project.folder.write(
            """
            needs: { setup: { file: _setup.yaml } }
            cases: [{ name: a }, { name: b }]
            locks: [database]
            steps:
              - id: begin
                sql: { query: BEGIN IMMEDIATE, session: s }
                cleanup:
                  - id: after
                    sql: SELECT count(*) AS n FROM t
                    expect: { rows: [{ n: 0 }] }
                  - sql: { query: "INSERT INTO t VALUES (2)", rollback: true }
              - sql: { query: INSERT INTO t VALUES (1), session: s }
              - sql: { query: SELECT count(*) AS n FROM t, session: s }
                expect: { rows: [{ n: 1 }] }
              - sql: SELECT count(*) AS n FROM t
                expect: { rows: [{ n: 0 }] }
            """, to: "session.yaml")
        let run = try await project.run(["session.yaml"])
        run.expectAllPassed()
        #expect(run.output.contains("2 passed"))
    }

    @Test func `rows of a query are cases, and a query that fails is an error of its scenario alone`() async throws {
        let project = try HTTPProject(Self.memory)
        try project.folder.write(
            """
            vars: { least: 5 }
            cases:
              sql:
                query: SELECT 'a' AS name, 7 AS n UNION ALL SELECT 'b', 9 UNION ALL SELECT 'c', $1 ORDER BY 1
                params: ["${{ $vars.least }}"]
            steps:
              - sql: { query: SELECT $1 AS x, params: ["${{ $case.n }}"] }
                assert: [".rows[0].x >= 5"]
            """, to: "good.yaml")
        try project.folder.write(
            "cases: { sql: { target: database, query: SELECT nope } }\nsteps: [{ assert: ['$case != null'] }]\n",
            to: "bad.yaml")
        let run = try await project.run(["good.yaml", "bad.yaml"])
        #expect(run.ended.status == .exit(3))
        #expect(run.output.contains("good[a]") && run.output.contains("good[c]"))
        #expect(run.output.contains("3 passed, 1 error"))
        #expect(run.output.contains("the rows of 'cases' could not be read: no such column: nope"))
        #expect(run.output.contains("--> bad.yaml:1:"))
        try project.folder.write(
            "cases: { sql: SELECT 1 AS x WHERE 0 }\nsteps: [{ assert: ['$case != null'] }]\n", to: "none.yaml")
        let none = try await project.command("run", "none.yaml")
        #expect(none.exitStatus == 2 && none.standardError.contains("the query of 'cases' has no rows"))
        let plan = try await project.command("plan", "good.yaml")
        #expect(plan.exitStatus == 0 && plan.standardOutput.contains("each row of the query"))
    }

    @Test(arguments: [
        ("{ sql: { query: DELETE FROM t } }", "a query for cases only reads"),
        ("{ sql: { target: nope, query: SELECT 1 } }", "the profile has no database 'nope'"),
        ("{ sql: 'SELECT $1' }", "$1 has no value"),
    ])
    func `a query that cannot give cases is told by lint`(cases: String, message: String) async throws {
        let project = try HTTPProject(Self.memory)
        try project.folder.write("cases: \(cases)\nsteps: [{ assert: ['$case != null'] }]\n", to: "s.yaml")
        let lint = try await project.command("lint", "s.yaml")
        #expect(lint.exitStatus == 2, "\(lint.standardOutput)")
        #expect((lint.standardOutput + lint.standardError).contains(message), "\(lint.standardOutput)")
    }

    @Test func `lint looks into a file of statements`() async throws {
        let project = try HTTPProject(Self.memory)
        let files = [
            "template": "SELECT 1;\nSELECT '${{ $vars.x }}';\n", "parameter": "SELECT\n  $1;\n",
            "name": "SELECT * FROM :\"tabel\";\n", "open": "SELECT 'abc;\n", "commit": "SELECT 1;\nCOMMIT;\n",
            "good": "SELECT 1 FROM :\"table\";\n",
        ]
        for (name, text) in files { try project.folder.write(text, to: "\(name).sql") }
        let steps = files.keys.sorted().map {
            "  - sql: { file: \($0).sql, identifiers: { table: t }, transaction: true }\n"
        }
        try project.folder.write("steps:\n" + steps.joined() + "  - sql: { file: absent.sql }\n", to: "s.yaml")
        let lint = try await project.command("lint", "s.yaml")
        #expect(lint.exitStatus == 2)
        for expected in [
            "error[sql.template]: a template cannot stand in SQL", "--> template.sql:2:9",
            "error[sql.parameters]: a file has no parameters", "--> parameter.sql:2:3",
            "error[sql.identifiers]: no identifier is called 'tabel'", "--> name.sql:1:15",
            "did you mean :\"table\"?", "error[sql.unclosed]: the string that begins here does not end",
            "--> open.sql:1:8", "error[sql.transaction]: COMMIT stands inside the transaction", "--> commit.sql:2:1",
            "warning[file.unreadable]: there is no file 'absent.sql'", "5 errors, 1 warning in 1 file",
        ] {
            #expect(lint.standardOutput.contains(expected), "\(expected) in \(lint.standardOutput)")
        }
    }

    @Test func `steps on a target that the scenario makes of nothing are checked like others`() async throws {
        let project = try HTTPProject("api: { kind: http, url: 'http://127.0.0.1:1' }")
        try project.folder.write(
            """
            targets:
              own: { kind: sqlite, memory: true }
              second: { from: own, pth: x.db }
              web: { url: "http://127.0.0.1:1", urll: x }
            steps:
              - { sql: { query: { postgres: SELECT 1 } }, target: own }
              - { http: { get: / }, target: second }
              - { sql: SELECT 1, target: web }
            """, to: "s.yaml")
        let lint = try await project.command("lint", "s.yaml")
        #expect(lint.exitStatus == 2)
        for expected in [
            "the query says nothing for SQLite, which the target 'own' is",
            "'http' steps cannot go through 'second', which is of kind 'sqlite'",
            "'sql' steps cannot go through 'web', which is of kind 'http'",
            "unknown key 'pth' in sqlite target", "unknown key 'urll' in http target",
        ] {
            #expect(lint.standardOutput.contains(expected), "\(expected) in \(lint.standardOutput)")
        }
    }

    @Test func `a path is relative to the file that writes it`() async throws {
        let project = try HTTPProject("database: { kind: sqlite, path: data/base.db, create: true }")
        try project.folder.write("", to: "data/here")
        try project.folder.write("", to: "scenarios/deep/data/here")
        try project.folder.write(
            """
            targets:
              same: { from: database, foreign_keys: false }
              other: { from: database, path: data/other.db }
            steps:
              - sql: { statements: [DROP TABLE IF EXISTS t, CREATE TABLE t (n int)] }
                target: database
              - { sql: INSERT INTO t VALUES (1), target: same }
              - { sql: CREATE TABLE u (n int), target: other }
            """, to: "scenarios/deep/s.yaml")
        let run = try await project.run(["scenarios/deep/s.yaml"])
        run.expectAllPassed()
        #expect(access(project.folder.path("data/base.db"), F_OK) == 0)
        #expect(access(project.folder.path("scenarios/deep/data/other.db"), F_OK) == 0)
        #expect(access(project.folder.path("scenarios/deep/data/base.db"), F_OK) != 0)
    }

    @Test func `a permanent code is none to retry on`() async throws {
        let project = try HTTPProject(Self.memory)
        try project.folder.write(
            "steps:\n  - sql: SELECT 1 AS x\n    retry: { max: 2, on: [connect, 40001, 23505] }\n", to: "s.yaml")
        let lint = try await project.command("lint", "s.yaml")
        #expect(lint.exitStatus == 2)
        #expect(lint.standardOutput.contains("'23505' is permanent: the same statement would meet it again"))
        #expect(lint.standardOutput.contains("--> s.yaml:3:"))
    }

    @Test func `plan tells the pool with the places that set it, and a suite's own`() async throws {
        let project = try HTTPProject("database: { kind: sqlite, memory: true, pool: { size: 3, timeout: 2s } }")
        try project.folder.write("steps: [{ sql: SELECT 1 }]\n", to: "scenarios/suite/a.yaml")
        try project.folder.write("steps: [{ sql: SELECT 1 }]\n", to: "scenarios/b.yaml")
        let text = try project.folder.read("plumb.yaml")
        try project.folder.write(
            text + "\nintegration_tests:\n  suite: { pool_size: 7, max_overflow: 1, max_connections: 7 }\n",
            to: "plumb.yaml")
        let plan = try await project.command("plan", "scenarios").standardOutput
        #expect(
            plan.contains("pool of 3 (plumb.yaml:5) and 10 beyond (default), waited for 2s (plumb.yaml:5)"), "\(plan)")
        #expect(plan.contains("pool of 7 (plumb.yaml:8) and 0 beyond (plumb.yaml:8)"), "\(plan)")
    }

    @Test func `doctor opens the database and tells version, latency and pool`() async throws {
        let project = try HTTPProject(Self.memory, "gone: { kind: sqlite, path: nowhere.db }")
        let doctor = try await project.command("doctor")
        #expect(doctor.exitStatus == 3)
        #expect(doctor.standardOutput.contains("ok    database  sqlite  SQLite 3"))
        #expect(doctor.standardOutput.contains("pool of 5 and 10 beyond"))
        #expect(doctor.standardOutput.contains("FAIL  gone"))
    }
}
