import Diagnostics
import PlumbTesting
import ScenarioModel
import Testing

@testable import StepDrivers

struct SQLScannerTests {
    /// The statements of a text.
    private static func split(_ text: String, _ dialect: SQLDialect = .postgres) -> [SQLStatement] {
        let file = SourceFile(path: "s.sql", text: text)
        return SQLStatement.split(
            LocatedText(verbatim: text, at: SourceSpan(file, 0..<text.utf8.count)), dialect)
    }

    @Test func `semicolons split code, not strings, names, comments and dollar quotes`() {
        let text = """
            SELECT ';' AS "a;b"; -- no; end
            SELECT E'it\\'s; one' /* a /* nested; */ comment; */;
            SELECT $tag$ ; $$ ; $tag$;;
            SELECT 1
            """
        #expect(
            Self.split(text).map(\.text.text) == [
                #"SELECT ';' AS "a;b""#, #"SELECT E'it\'s; one'"#, "SELECT $tag$ ; $$ ; $tag$", "SELECT 1",
            ])
    }

    @Test func `a body of a trigger or function is one statement`() {
        let trigger =
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END"
        #expect(Self.split(trigger + "; SELECT 1", .sqlite).map(\.text.text) == [trigger, "SELECT 1"])
        let function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END"
        #expect(Self.split(function + "; SELECT 1").map(\.text.text) == [function, "SELECT 1"])
        #expect(Self.split("BEGIN; SELECT 1; END").count == 3)
    }

    @Test func `parameters and slots are found in code alone`() {
        let statement = Self.split(#"SELECT $1, '$2', "$3", x::"T", $12 /* $9 */ FROM :"my table" -- :"b""#)[0]
        #expect(statement.parameters.map(\.number) == [1, 12])
        #expect(statement.slots.map(\.name) == ["my table"])
        #expect(statement.highestParameter == 12)
    }

    @Test func `a dialect decides what a quote is`() {
        #expect(Self.split("SELECT [a;b], `c;d` FROM t", .sqlite).count == 1)
        #expect(Self.split("SELECT a[1;2]", .postgres).count == 2)
        #expect(Self.split(#"SELECT 'a\'; SELECT 'b'"#, .sqlite).count == 2)
        #expect(Self.split("SELECT $$ a; b $$", .sqlite).count == 2)
        #expect(Self.split("SELECT 1 /* never ends", .sqlite)[0].unclosed == nil)
    }

    @Test(arguments: [
        ("SELECT 'a", "string"), ("SELECT \"a", "name in quotes"), ("SELECT $q$ a $", "dollar quote"),
        ("SELECT 1 /* /* */", "comment"), ("SELECT E'\\'", "string"),
    ])
    func `what does not end is told`(text: String, what: String) {
        let statement = Self.split(text)[0]
        #expect(statement.unclosed?.what == what)
    }

    @Test(arguments: [
        "SELECT 1", "select count(*) from t", "VALUES (1)", "SHOW work_mem", "WITH a AS (SELECT 1) SELECT * FROM a",
        "EXPLAIN DELETE FROM t", "(SELECT 1) UNION (SELECT 2)", "TABLE t", "-- x\nSELECT 'for update'",
        "SELECT substring(a FROM 1 FOR 2) FROM t", "EXPLAIN ANALYZE SELECT 1",
    ])
    func `reads may be asked again`(text: String) { #expect(Self.split(text)[0].isRead) }

    @Test(arguments: [
        "INSERT INTO t VALUES (1)", "SELECT * FROM t FOR UPDATE", "SELECT * INTO b FROM a",
        "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", "EXPLAIN ANALYZE DELETE FROM t", "BEGIN", "CALL p()",
        "SELECT * FROM t FOR NO KEY UPDATE", "SELECT * FROM t FOR SHARE", "PRAGMA user_version = 3", "SET role x",
    ])
    func `writes may not`(text: String) { #expect(!Self.split(text)[0].isRead) }

    @Test func `a hostile text is taken apart in time that grows with it`() {
        func time(_ text: String) -> Duration {
            let begun = ContinuousClock.now
            _ = SQLScanner.tokens(of: text, .postgres)
            return ContinuousClock.now - begun
        }
        let nested = { (count: Int) in String(repeating: "/*", count: count) + String(repeating: "$a$'", count: count) }
        let small = max(time(nested(2_000)), .microseconds(200))
        #expect(time(nested(20_000)) < small * 60)
    }

    @Test func `a position in the sent text is found where it is written`() throws {
        let written = "SELECT é, :\"t\".x FROM :\"t\" WHERE nmae = 1"
        let statement = Self.split("  " + written)[0]
        let sent = SentText(statement, prefix: "EXPLAIN ", names: ["t": "a\"b"])
        #expect(sent.text == "EXPLAIN SELECT é, \"a\"\"b\".x FROM \"a\"\"b\" WHERE nmae = 1")
        func column(_ word: String) throws -> (Int, String) {
            let range = try #require(sent.text.firstRange(of: word))
            let offset = sent.text.unicodeScalars.distance(from: sent.text.startIndex, to: range.lowerBound)
            let place = Place(sent.place(ofCharacter: offset))
            let marked = place.text.unicodeScalars.dropFirst(place.column - 1).prefix(place.endColumn - place.column)
            return (place.column, String(String.UnicodeScalarView(marked)))
        }
        #expect(try column("nmae") == (36, "nmae"))
        #expect(try column("FROM") == (20, "FROM"))
        #expect(try column("é") == (10, "é"))
        #expect(try column("\"a\"\"b\".x").0 == 13)
        #expect(try column("EXPLAIN").0 == 3)
    }
}
