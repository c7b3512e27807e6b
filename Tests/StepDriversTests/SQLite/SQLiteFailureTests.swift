import EventLoop
import Expressions
import Glibc
import PlumbTesting
import ScenarioModel
import Testing

@testable import StepDrivers

struct SQLiteFailureTests {
    private static let tables = [
        "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n INTEGER CONSTRAINT positive CHECK (n > 0))",
        "CREATE TABLE c (p INTEGER REFERENCES p (id), s INTEGER) STRICT",
        "CREATE VIEW v AS SELECT id FROM p",
        "INSERT INTO p VALUES (1, 'a', 1)",
    ]

    @Test(arguments: [
        ("INSERT INTO p VALUES (2, 'a', 1)", "23505", ["table": "p", "column": "name"] as [String: String]),
        ("INSERT INTO p VALUES (1, 'b', 1)", "23505", ["table": "p", "column": "id"]),
        ("INSERT INTO p VALUES (2, NULL, 1)", "23502", ["table": "p", "column": "name"]),
        ("INSERT INTO p VALUES (2, 'b', 0)", "23514", ["constraint": "positive"]),
        ("INSERT INTO c (p) VALUES (9)", "23503", [:]),
        ("INSERT INTO c (s) VALUES ('x')", "42804", [:]),
        ("SELEC 1", "42601", [:]),
        ("SELECT 1 +", "42601", [:]),
        ("SELECT 'open", "42601", [:]),
        ("SELECT * FROM nowhere", "42P01", [:]),
        ("SELECT absent FROM p", "42703", [:]),
        ("INSERT INTO p (absent) VALUES (1)", "42703", [:]),
        ("SELECT absent(1)", "42883", [:]),
        ("SELECT id FROM p, v", "42702", [:]),
        ("CREATE TABLE p (x)", "42P07", [:]),
        ("SELECT * FROM nowhere.p", "42P01", [:]),
        ("INSERT INTO v VALUES (1)", "55000", [:]),
        ("INSERT INTO p VALUES (1)", "42601", [:]),
        ("COMMIT", "25P01", [:]),
        ("RELEASE absent", "3B001", [:]),
        ("SELECT abs(-9223372036854775807 - 1)", "22003", [:]),
        ("SELECT json('{')", "22032", [:]),
        ("SELECT randomblob(1000000000)", "54000", [:]),
        ("ATTACH '/tmp/plumb-no.db' AS x", "42501", [:]),
        ("SELECT 1; SELECT 2", "42601", [:]),
        ("SELECT $1", "08P01", [:]),
    ])
    func `an error has the SQLSTATE of its condition`(
        sql: String, state: String, named: [String: String]
    ) async throws {
        try await withSQLite { _, connection in
            for table in Self.tables { try await connection.run(table) }
            let failure = try #require(await connection.failure(sql))
            #expect(failure.error.kind == .rejected)
            #expect(failure.error.fields["sqlstate"] == .string(state), "\(failure.error.message)")
            for name in ["table", "column", "constraint"] {
                #expect(failure.error.fields[name]?.string == named[name], "\(failure.error.message)")
            }
            #expect(!failure.mayHaveHappened && !failure.connectionIsLost)
            #expect(try await connection.run("SELECT 1 AS x").rows == [["x": 1]])
        }
    }

    @Test func `the place of an error is counted in characters`() async throws {
        try await withSQLite { _, connection in
            let text = "SELECT '😀é', wrong"
            let failure = try #require(await connection.failure(text))
            let place = try #require(text.unicodeScalars.firstIndex(of: "w"))
            #expect(failure.position == text.unicodeScalars.distance(from: text.unicodeScalars.startIndex, to: place))
        }
    }

    @Test func `an endless query ends at its deadline as a time-out`() async throws {
        try await withSQLite { _, connection in
            let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
            let failure = try #require(await connection.failure(endless, within: .milliseconds(200)))
            #expect(failure.error.kind == .timeout)
            #expect(failure.error.fields["sqlstate"] == "57014")
            #expect(!failure.connectionIsLost && connection.isReusable)
        }
    }

    @Test func `an interrupted transaction is known to be over`() async throws {
        try await withSQLite { _, connection in
            try await connection.run("CREATE TABLE t (x)")
            try await connection.run("BEGIN")
            #expect(connection.transaction == .open && !connection.isReusable)
            let endless =
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) INSERT INTO t SELECT x FROM n"
            _ = await connection.failure(endless, within: .milliseconds(200))
            #expect(await connection.reset(until: .now + .seconds(5)))
            #expect(connection.transaction == .none && connection.isReusable)
            #expect(try await connection.run("SELECT * FROM t").rows.isEmpty)
        }
    }

    @Test func `a lock that is not freed is told as a lock`() async throws {
        try await withSQLite("{ memory: true, busy_timeout: 100ms }") { database, first in
            let second = try await database.open(label: "second", until: .now + .seconds(5))
            try await first.run("CREATE TABLE t (x)")
            try await second.run("SELECT * FROM t")
            try await first.run("BEGIN IMMEDIATE")
            let failure = try #require(await second.failure("INSERT INTO t VALUES (1)"))
            #expect(failure.error.fields["sqlstate"] == "55P03")
            #expect(failure.error.hint?.contains("busy_timeout") == true)
            await second.close()
        }
    }
}

struct SQLiteOpeningTests {
    @Test func `what is no database is told with its path`() async throws {
        let folder = try TemporaryFolder()
        let text = try folder.write(String(repeating: "no database at all\n", count: 100), to: "text.db")
        let cases = [
            ("{ path: \(folder.path("none.db")) }", "3D000", folder.path("none.db")),
            ("{ path: \(folder.path("none/a.db")), create: true }", "3D000", folder.path("none/a.db")),
            ("{ path: \(folder.path) }", "58P01", folder.path),
            ("{ path: \(text) }", "XX001", text),
            ("{ memory: true, attach: { other: \(text) } }", "XX001", text),
            ("{ memory: true, attach: { other: \(folder.path("none.db")) } }", "3D000", folder.path("none.db")),
        ]
        for (settings, state, path) in cases {
            let error = try #require(try await openingError(settings), "\(settings)")
            #expect(error.kind == .rejected)
            #expect(error.fields["sqlstate"] == .string(state), "\(settings): \(error.message)")
            #expect(error.message.contains(path))
            #expect(error.hint != nil)
        }
        #expect(access(folder.path("none.db"), F_OK) != 0)
    }

    @Test(arguments: [
        ("{}", "has no path"), ("{ path: a.db, memory: true }", "has a 'path' and 'memory: true'"),
        ("{ memory: true, attach: { main: b.db } }", "attaches a database as 'main'"),
        ("{ memory: true, journal_mode: fast }", "has no journal mode 'fast'"),
        ("{ memory: true, busy_timeout: 5 }", "wants a duration for 'busy_timeout', found '5'"),
    ])
    func `settings that cannot be are refused before anything opens`(settings: String, message: String) async throws {
        await #expect(throws: StepFailure.self) { _ = try await openingError(settings) }
    }

    @Test func `a file is made where the target says so, and read only keeps it as it is`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.db")
        try await withSQLite("{ path: \(path), create: true, journal_mode: wal }") { database, connection in
            #expect(database.place == path)
            #expect(connection.serverVersion.hasPrefix("SQLite 3."))
            try await connection.run("CREATE TABLE t (x)")
            #expect(try await connection.run("PRAGMA journal_mode").rows == [["journal_mode": "wal"]])
        }
        try await withSQLite("{ path: \(path), read_only: true }") { _, connection in
            let failure = try #require(await connection.failure("INSERT INTO t VALUES (1)"))
            #expect(failure.error.fields["sqlstate"] == "25006")
        }
    }

    @Test func `a database in memory outlives its connections, and ends with the target`() async throws {
        try await withSQLite { database, connection in
            try await connection.run("CREATE TABLE t (x)")
            await connection.close()
            let next = try await database.open(label: "next", until: .now + .seconds(5))
            #expect(try await next.run("SELECT * FROM t").rows.isEmpty)
            await next.close()
        }
    }

    @Test func `temporary views over attached databases may be part of the target`() async throws {
        let folder = try TemporaryFolder()
        let settings = """
            memory: true
            create: true
            attach: { a: \(folder.path("a.db")), b: \(folder.path("b.db")), c: ":memory:" }
            """
        try await withSQLite(settings) { _, connection in
            try await connection.run("CREATE TABLE a.t (x)")
            try await connection.run("CREATE TABLE b.t (x)")
            try await connection.run("CREATE TABLE c.t (x)")
            try await connection.run("INSERT INTO b.t VALUES (7)")
        }
        let viewing =
            settings + "\non_connect: CREATE TEMP VIEW every AS SELECT * FROM a.t UNION ALL SELECT * FROM b.t\n"
        try await withSQLite(viewing) { _, connection in
            #expect(try await connection.run("SELECT x FROM every").rows == [["x": 7]])
            #expect(connection.isReusable)
            try await connection.run("CREATE TEMP TABLE mine (x)")
            #expect(!connection.isReusable)
            #expect(!(await connection.reset(until: .now + .seconds(5))))
        }
    }

    @Test func `foreign keys are checked unless the target says otherwise`() async throws {
        for (settings, isChecked) in [("{ memory: true }", true), ("{ memory: true, foreign_keys: false }", false)] {
            try await withSQLite(settings) { _, connection in
                try await connection.run("CREATE TABLE c (p INTEGER REFERENCES p (id))")
                try await connection.run("CREATE TABLE p (id INTEGER PRIMARY KEY)")
                #expect((await connection.failure("INSERT INTO c VALUES (1)") != nil) == isChecked)
            }
        }
    }
}
