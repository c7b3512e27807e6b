import Diagnostics
import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct SQLParsingTests {
    static let wrong: [Wrong] = [
        Wrong("sql.form", "1️⃣[SELECT 1]2️⃣", "write 'sql: { statements: [ … ] }'"),
        Wrong("sql.form", "{ 1️⃣session2️⃣: a }", "add 'query', 'statements' or 'file'"),
        Wrong(
            "sql.form", "{ query: SELECT 1, 1️⃣statements2️⃣: [SELECT 1] }",
            "keep one of them; several statements stand under 'statements'"),
        Wrong(
            "sql.form", "{ statements: [SELECT 1], 1️⃣params2️⃣: [1] }",
            "write it beside each query: '- { query: …, params: [ … ] }'"),
        Wrong("sql.form", "{ statements: [SELECT 1], 1️⃣explain2️⃣: true }", "make a step of each"),
        Wrong("sql.form", "{ query: SELECT 1, 1️⃣expect2️⃣: {} }", "indent 'expect' as far as 'sql'"),
        Wrong("syntax.unknown-key", "{ query: SELECT 1, 1️⃣args2️⃣: [1] }", "here it is called 'params'"),
        Wrong("syntax.unknown-key", "{ query: SELECT 1, 1️⃣sesion2️⃣: a }", "did you mean 'session'?"),
        Wrong("syntax.unknown-key", "{ query: { 1️⃣postgresql2️⃣: SELECT 1 } }", "here it is called 'postgres'"),
        Wrong(
            "sql.template", "{ query: 'SELECT 1️⃣${{ $vars.x }}2️⃣' }",
            "write $1 and put the template under 'params', or :\"name\" and 'identifiers' for a name"),
        Wrong("sql.empty", "{ query: '1️⃣ -- nothing2️⃣' }", "write a statement such as SELECT 1"),
        Wrong("sql.empty", "{ statements: 1️⃣[]2️⃣ }", "write at least one"),
        Wrong("sql.several", "{ query: 'SELECT 1; 1️⃣SELECT 22️⃣' }", "write them as a list under 'statements'"),
        Wrong(
            "sql.unclosed", "{ query: \"SELECT 1️⃣'2️⃣abc\" }",
            "close it, or double a quote that belongs to the text"),
        Wrong("sql.parameters", "SELECT 1️⃣$12️⃣", "add 'params: [VALUE]'"),
        Wrong(
            "sql.parameters", "{ query: 'SELECT $1, 1️⃣$22️⃣', params: [1] }",
            "add its value to 'params', or remove it from the query"),
        Wrong(
            "sql.parameters", "{ query: 'SELECT $1, $3', params: [1, 1️⃣22️⃣, 3] }",
            "remove the value, or count the parameters without a gap"),
        Wrong(
            "sql.parameters", "{ query: 'SELECT ?', params: [1️⃣12️⃣] }",
            "values are bound by number: write $1, $2 in the query, not ?, %s or :name"),
        Wrong("sql.parameters", "{ query: 'SELECT 1️⃣$02️⃣', params: [1] }", "write $1 for the first of 'params'"),
        Wrong(
            "sql.parameters", "{ query: 'SELECT 1', params: 1️⃣{ a: 1 }2️⃣ }",
            "values are bound by number: write 'params: [VALUE, VALUE]', and $1, $2 in the query"),
        Wrong("sql.parameters", "{ query: 'SELECT 1', params: 1️⃣x2️⃣ }", "write 'params: [VALUE]'"),
        Wrong(
            "sql.identifiers", "{ query: 'SELECT * FROM 1️⃣:\"tabel\"2️⃣', identifiers: { table: t } }",
            "did you mean :\"table\"?"),
        Wrong(
            "sql.identifiers", "{ query: SELECT 1, identifiers: { 1️⃣table2️⃣: t } }",
            "write :\"table\" where the name belongs, or remove it"),
        Wrong("sql.identifiers", "SELECT * FROM 1️⃣:\"t\"2️⃣", "add 'identifiers: { t: NAME }'"),
        Wrong(
            "sql.transaction", "1️⃣BEGIN2️⃣",
            "keep the connection with 'session: NAME', or write 'statements' with 'transaction: true'"),
        Wrong(
            "sql.transaction", "{ statements: [SELECT 1, 1️⃣COMMIT2️⃣], transaction: true }",
            "remove it: the step begins and ends the transaction"),
        Wrong("sql.transaction", "{ query: SELECT 1, transaction: 1️⃣serialisable2️⃣ }", "did you mean 'serializable'?"),
        Wrong(
            "sql.setting", "{ query: SELECT 1, rows_limit: 1️⃣-12️⃣ }", "page through the rows with LIMIT and OFFSET"),
        Wrong("syntax.bad-value", "{ query: SELECT 1, session: 1️⃣a b2️⃣ }", "a name cannot hold ' '"),
    ]

    @Test(arguments: wrong) func `a mistake is told at its place, with what to do`(wrong: Wrong) throws {
        let text = MarkedText(wrong.text)
        let parsed = Parsed(text.text, by: SQLStep())
        let problem = try #require(parsed.diagnostics.first, "nothing was told")
        #expect(problem.code.id == wrong.code)
        #expect(problem.hint?.text.contains(wrong.hint) ?? false, "\(problem.message) / \(problem.hint?.text ?? "")")
        let range = try #require(problem.primary?.span.range)
        #expect(range == text["1️⃣", "2️⃣"])
        #expect(parsed.diagnostics.count == 1, "\(parsed.diagnostics.map(\.message.text))")
    }

    @Test(arguments: [
        "SELECT 1", "{ query: SELECT 1; }", "{ query: { postgres: SELECT now(), sqlite: 'SELECT datetime()' } }",
        "{ query: 'SELECT $1, $2, $1', params: [1, '${{ $vars.x }}'] }",
        "{ query: 'SELECT $1', params: '${{ $vars.list }}' }",
        "{ query: 'SELECT * FROM :\"t\"', identifiers: { t: '${{ $vars.t }}' } }",
        "{ statements: [SELECT 1, { query: 'SELECT $1', params: [1] }, SAVEPOINT a, ROLLBACK TO a], transaction: repeatable read }",
        "{ statements: ['SELECT * FROM :\"t\"', SELECT 2], identifiers: { t: x }, rollback: true }",
        "{ query: BEGIN, session: a }", "{ file: seed.sql, session: '${{ $vars.s }}' }",
        "{ query: SELECT 1, rows_limit: 5, explain: true, max_bytes: 1KiB }",
        "{ statements: [BEGIN, SELECT 1, COMMIT] }", "{ query: \"SELECT E'it\\\\'s'\" }",
        "{ query: 'SELECT [a;b] FROM t' }",
    ])
    func `what is right is taken`(yaml: String) throws { _ = try Parsed.request(yaml, by: SQLStep()) }

    @Test(arguments: [
        ("SELECT 1", true), ("{ statements: [SELECT 1, SELECT 2], transaction: true }", true),
        ("{ statements: [SELECT 1, DELETE FROM t] }", false), ("{ query: SELECT 1, session: a }", false),
        ("{ file: a.sql }", false), ("{ query: { postgres: SELECT 1, sqlite: DELETE FROM t } }", false),
    ])
    func `only reads outside of sessions may be asked again`(yaml: String, isIdempotent: Bool) throws {
        #expect(try Parsed.request(yaml, by: SQLStep()).isIdempotent == isIdempotent)
    }

    @Test func `a target tells what the step lacks for it`() throws {
        let query = try Parsed.request("{ query: { postgres: SELECT 1 } }", by: SQLStep())
        let span = SourceSpan(SourceFile(path: "plumb.yaml", text: ""), 0..<0)
        func target(_ kind: String) -> Target {
            Target(name: "db", kind: kind, settings: .object([], span), origin: .file(span))
        }
        #expect(query.problems(with: target("postgres")).isEmpty)
        let missing = query.problems(with: target("sqlite"))
        #expect(missing.map(\.code.id) == ["sql.dialect"])
        #expect(missing.first?.message.text == "the query says nothing for SQLite, which the target 'db' is")
        let level = try Parsed.request("{ query: SELECT 1, transaction: repeatable read }", by: SQLStep())
        #expect(level.problems(with: target("postgres")).isEmpty)
        #expect(level.problems(with: target("sqlite")).map(\.code.id) == ["sql.transaction"])
    }

    @Test func `plan shows statements, values and names`() throws {
        let request = try Parsed.request(
            """
            statements:
              - query: |-
                  SELECT model
                  FROM :"table" WHERE id = $1
                params: ["${{ $steps.chat.id }}"]
              - { query: { postgres: SELECT now(), sqlite: "SELECT datetime()" } }
            identifiers: { table: completions }
            session: reader
            transaction: serializable
            rollback: true
            rows_limit: 10
            """, by: SQLStep())
        #expect(
            request.plan(target: nil).joined(separator: "\n") == """
                -- session reader, transaction serializable, rolled back, at most 10 rows
                SELECT model
                FROM :"table" WHERE id = $1
                $1 = ${{ $steps.chat.id }}
                :"table" = completions

                -- postgres
                SELECT now()
                -- sqlite
                SELECT datetime()
                """)
    }
}
