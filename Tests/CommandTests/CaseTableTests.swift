import Expressions
import PlumbTesting
import Testing

/// Tables whose rows are tests: CSV as RFC 4180 has it, and JSON Lines.
@Suite(.onOwnThreads) struct CaseTableTests {
    private func run(_ table: String, _ text: String, _ assertion: String = "$case | length > 0") throws -> (
        run: CommandRun, tests: [Value]
    ) {
        let project = try TestProject([
            table: text,
            "a.yaml": """
            cases: { \(table.hasSuffix("csv") ? "csv" : "jsonl"): \(table) }
            steps:
              - assert: ['\(assertion)']

            """,
        ])
        let run = try project.run("run", "a.yaml", "--report", "json=reports/run.json")
        return (run, (try? project.report()["tests"]?.array) ?? [])
    }

    @Test func `fields in quotes hold commas, quotes and lines`() throws {
        let (run, tests) = try run(
            "t.csv", "name,text\r\na,\"one, \"\"two\"\"\"\r\n\r\nb,\"first\nsecond\"\nc,\"\"\nd,plain",
            #"{a: "one, \"two\"", b: "first\nsecond", c: "", d: "plain"}[$case.name] == $case.text"#)
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        #expect(tests.compactMap { $0["name"]?.string } == ["a[a]", "a[b]", "a[c]", "a[d]"])
    }

    @Test func `a line of JSON Lines is a row, blank ones are none`() throws {
        let (run, tests) = try run(
            "t.jsonl", "{\"name\": \"x\", \"n\": 1}\n\n  \t\n{\"name\": \"y\", \"n\": 2.5}", "$case.n >= 1")
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        #expect(tests.compactMap { $0["name"]?.string } == ["a[x]", "a[y]"])
    }

    @Test(
        arguments: [
            ("t.csv", "a,b\n1,\"2\n", "this quote is never closed", "t.csv:2:3"),
            ("t.csv", "a,a\n1,2\n", "two columns have the same name", "t.csv:1:1"),
            ("t.csv", "a,b\n1,2\n3\n", "this row has 1 of the 2 fields that the header has", "t.csv:3:1"),
            ("t.jsonl", "1\n{\"a\":\n", "this line is not JSON: ", "t.jsonl:2:"),
        ] as [(String, String, String, String)])
    func `a table that is none is refused at its place`(
        table: String, text: String, words: String, place: String
    ) throws {
        let (run, tests) = try run(table, text)
        #expect(run.status == .exit(2))
        #expect(tests.isEmpty)
        #expect(run.standardError.contains(words) && run.standardError.contains(place), "\(run.standardError)")
    }

    @Test(arguments: ["csv", "jsonl"])
    func `bytes that are no UTF-8 are refused`(_ kind: String) throws {
        let project = try TestProject(["a.yaml": "cases: { \(kind): t.\(kind) }\nsteps:\n  - wait: 1ms\n"])
        try project.write(Array("name\n".utf8) + [0xFF, 0x0A], to: "t.\(kind)")
        let run = try project.run("run", "a.yaml")
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains("is not UTF-8"), "\(run.standardError)")
    }

    // MARK: Rows of a query

    private func query(_ cases: String, targets: String, vars: String = "{}") throws -> CommandRun {
        let project = try TestProject([
            "plumb.yaml": "secrets: [TOKEN]\nprofiles: { p: { targets: { \(targets) } } }\n",
            "a.yaml": "vars: \(vars)\ncases: { sql: \(cases) }\nsteps:\n  - assert: [$case.n > 0]\n",
        ])
        try project.write([], to: "a.db")
        return try project.run("run", "a.yaml", "--report", "json=reports/run.json")
    }

    private static let sqlite = "db: { kind: sqlite, path: a.db }"

    @Test func `the rows of a query are tests`() throws {
        let run = try query(
            #"{ target: db, query: "SELECT 1 AS n UNION SELECT $1", params: ["${{ $vars.last }}"] }"#,
            targets: Self.sqlite, vars: "{ last: 2 }")
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        #expect(run.standardOutput.contains("2 passed"))
    }

    @Test(
        arguments: [
            ("{ target: nowhere, query: SELECT 1 AS n }", sqlite, "the profile has no database 'nowhere'"),
            ("{ query: SELECT 1 AS n }", "", "no target"),
            (#"{ query: SELECT $1 AS n, params: ["${{ 1 / $vars.zero }}"] }"#, sqlite, "'cases' cannot be made"),
            ("{ query: SELECT nothing }", sqlite, "the rows of 'cases' could not be read"),
            ("{ file: q.sql }", sqlite, "a query for cases only reads"),
        ] as [(String, String, String)])
    func `a query that yields no rows is an error of that scenario`(
        cases: String, targets: String, words: String
    ) throws {
        let run = try query(cases, targets: targets, vars: "{ zero: 0 }")
        #expect([2, 3].contains(run.exitStatus), "\(run.standardOutput)\(run.standardError)")
        #expect((run.standardOutput + run.standardError).contains(words), "\(run.standardOutput)\(run.standardError)")
    }
}
