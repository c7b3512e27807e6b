import Glibc
import PlumbTesting
import Testing

/// What is no usable SQLite database, and statements that would take everything: class and path are told.
@Suite(.onOwnThreads) struct SQLiteBadInputTests {
    private static func project(_ settings: String, _ steps: String) throws -> TestProject {
        let configuration = """
            secrets: [TOKEN]
            profiles:
              test:
                targets:
                  database: { kind: sqlite, \(settings) }
            """
        return try TestProject(["plumb.yaml": configuration, "a.yaml": "steps:\n" + steps])
    }

    /// A step that makes a table of some pages.
    private static let fill = """
          - sql: CREATE TABLE t (x TEXT)
          - sql: |
              INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)
              SELECT hex(randomblob(50)) FROM n

        """
    private static let select = "  - sql: SELECT count(*), max(x) FROM t\n"

    private func expectFailure(
        _ project: TestProject, _ words: [String], at location: SourceLocation = #_sourceLocation
    ) throws {
        let run = try project.run("run", "a.yaml", "--report", "json=reports/run.json", limit: .seconds(30))
        #expect([1, 3].contains(run.exitStatus), sourceLocation: location)
        for word in words {
            #expect(run.standardOutput.contains(word), "\(word): \(run.standardOutput)", sourceLocation: location)
        }
    }

    @Test func `a missing file is not made, and is told with its path`() throws {
        let project = try Self.project("path: none.db", Self.select)
        try expectFailure(project, [project.path("none.db"), "sqlstate: 3D000", "create: true"])
        #expect(!TextFile.exists(project.path("none.db")))
    }

    @Test func `a directory, a pipe and a text are no databases`() throws {
        for (name, state) in [("reports", "58P01"), ("pipe", "58P01"), ("text.db", "XX001")] {
            let project = try Self.project("path: \(name)", Self.select)
            try project.write(String(repeating: "no database at all\n", count: 300), to: "text.db")
            mkfifo(project.path("pipe"), 0o600)
            try expectFailure(project, [project.path(name), "sqlstate: \(state)"])
        }
    }

    @Test func `a damaged database is told as such`() throws {
        let project = try Self.project("path: a.db, create: true", Self.fill)
        #expect(try project.run("run", "a.yaml").exitStatus == 0)
        let file = try #require(fopen(project.path("a.db"), "r+"))
        fseek(file, 4096, SEEK_SET)
        let garbage = [UInt8](repeating: 0xA5, count: 65_536)
        #expect(fwrite(garbage, 1, garbage.count, file) == garbage.count)
        fclose(file)
        try project.write("steps:\n" + Self.select, to: "a.yaml")
        try expectFailure(project, ["database disk image is malformed", "sqlstate: XX001", "integrity_check"])
    }

    @Test func `a locked and a read-only database are told as such`() throws {
        let locking = """
              - sql: { query: BEGIN EXCLUSIVE, session: holder }
              - sql: INSERT INTO t VALUES ('x')

            """
        let locked = try Self.project("path: a.db, create: true, busy_timeout: 200ms", Self.fill + locking)
        try expectFailure(locked, ["database is locked", "sqlstate: 55P03", "busy_timeout"])
        let made = try Self.project("path: a.db, create: true", Self.fill)
        #expect(try made.run("run", "a.yaml").exitStatus == 0)
        try made.write(made.read("plumb.yaml").replacing("create: true", with: "read_only: true"), to: "plumb.yaml")
        try made.write("steps:\n  - sql: INSERT INTO t VALUES ('x')\n", to: "a.yaml")
        try expectFailure(made, ["readonly database", "sqlstate: 25006"])
    }

    @Test func `an endless query ends at the step's time-out`() throws {
        let endless = """
              - timeout: 500ms
                sql: WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n

            """
        let begun = ContinuousClock.now
        try expectFailure(try Self.project("memory: true", endless), ["timeout"])
        #expect(ContinuousClock.now - begun < .seconds(20))
    }

    @Test func `a blob of a gigabyte and a million rows are refused within little memory`() throws {
        let statements = [
            ("SELECT randomblob(1000000000) AS x", "54000"),
            ("SELECT hex(zeroblob(400000000)) AS x", "54000"),
            (
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
                "more than 100000 rows"
            ),
        ]
        for (statement, word) in statements {
            let project = try Self.project("memory: true", "  - sql: \(statement)\n")
            let run = try project.run("run", "a.yaml", after: "ulimit -v 800000", limit: .seconds(30))
            #expect([1, 3].contains(run.exitStatus))
            #expect(run.standardOutput.contains(word), "\(run.standardOutput)")
        }
    }

    @Test func `nothing is written beside the declared files, and no second statement is dropped`() throws {
        let statements = [
            ("ATTACH 'stray.db' AS stray", "42501"), ("VACUUM INTO 'stray.db'", "42501"),
            ("SELECT load_extension('stray.db') AS x", "42501"),
            ("SELECT 1 AS x; SELECT 2 AS x", "a second one begins"),
        ]
        for (statement, word) in statements {
            let project = try Self.project("memory: true", "  - sql: \"\(statement)\"\n")
            let run = try project.run("run", "a.yaml", limit: .seconds(30))
            #expect(run.exitStatus != 0)
            let text = run.standardOutput + run.standardError
            #expect(text.contains(word), "\(text)")
            #expect(!TextFile.exists(project.path("stray.db")))
        }
    }
}
