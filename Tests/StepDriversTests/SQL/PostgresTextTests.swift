import Expressions
import Testing

@testable import StepDrivers

struct PostgresTimeTests {
    @Test(arguments: [
        ("2024-02-03 04:05:06+00", "2024-02-03T04:05:06Z"),
        ("2024-02-03 04:05:06.789", "2024-02-03T04:05:06.789Z"),
        ("2024-02-03 04:05:06.5+05:30", "2024-02-02T22:35:06.5Z"),
        ("2024-02-28 23:30:00-01", "2024-02-29T00:30:00Z"),
        ("1890-01-01 00:00:00+00:19:32", "1889-12-31T23:40:28Z"),
        ("0044-03-15 12:00:00+00 BC", "-0043-03-15T12:00:00Z"),
        ("0001-12-31 23:30:00-01 BC", "0001-01-01T00:30:00Z"),
        ("12345-06-07 00:00:00+00", "+12345-06-07T00:00:00Z"),
        ("infinity", "infinity"), ("-infinity", "-infinity"),
    ])
    func `timestamps are instants of RFC 3339 in UTC`(_ text: String, _ expected: String) {
        #expect(PostgresTime.timestamp(text) == expected)
    }

    @Test func `dates and times of day keep their form`() {
        #expect(PostgresTime.date("2024-02-03") == "2024-02-03")
        #expect(PostgresTime.date("0044-03-15 BC") == "-0043-03-15")
        #expect(PostgresTime.date("infinity") == "infinity")
        #expect(PostgresTime.time("04:05:06.7") == "04:05:06.7")
        #expect(PostgresTime.time("04:05:06+00") == "04:05:06Z")
        #expect(PostgresTime.time("04:05:06-08") == "04:05:06-08:00")
        #expect(PostgresTime.time("04:05:06+05:30") == "04:05:06+05:30")
    }
}

struct PostgresArrayTests {
    private func elements(_ text: String) -> [PostgresArray.Part]? { PostgresArray.elements(of: Array(text.utf8)) }
    private func text(_ text: String) -> PostgresArray.Part { .text(Array(text.utf8)) }

    @Test func `arrays are read with quotes, nulls, dimensions and bounds`() {
        #expect(elements("{}") == [])
        #expect(
            elements(#"{1,NULL,"NULL","a \"b\" \\ ,{}",""}"#) == [
                text("1"), .null, text("NULL"), text(#"a "b" \ ,{}"#), text(""),
            ])
        #expect(elements("{{1,2},{3,4}}") == [.array([text("1"), text("2")]), .array([text("3"), text("4")])])
        #expect(elements("[0:1]={5,6}") == [text("5"), text("6")])
        for broken in ["", "{", "{1", "{1,}x", #"{"a}"#, "1,2", #"{"a\"#] { #expect(elements(broken) == nil) }
        #expect(elements(String(repeating: "{", count: 10_000)) == nil)
    }

    @Test func `rows are read with quotes and nulls`() {
        #expect(
            PostgresArray.fields(of: Array(#"(1,,"","a ""b"" \\ ,)")"#.utf8)) == [
                text("1"), .null, text(""), text(#"a "b" \ ,)"#),
            ])
        #expect(PostgresArray.fields(of: Array("()".utf8)) == [])
        #expect(PostgresArray.fields(of: Array("1,2".utf8)) == nil)
    }

    @Test func `multiranges are taken apart`() {
        #expect(PostgresArray.ranges(of: Array("{}".utf8)) == [])
        #expect(
            PostgresArray.ranges(of: Array(#"{[1,3),["a)","b]"]}"#.utf8)) == [
                Array("[1,3)".utf8), Array(#"["a)","b]"]"#.utf8),
            ])
    }
}

struct PostgresParametersTests {
    private let types = PostgresTypes()

    private func text(_ value: Value, _ type: UInt32? = nil) -> String? {
        PostgresParameters.texts(of: [value], type.map { [$0] } ?? [], types)[0]
    }

    @Test func `scalars are written as they are`() {
        #expect(text(nil) == nil)
        #expect(text(true) == "true")
        #expect(text(1e17) == "100000000000000000")
        #expect(text(-0.5) == "-0.5")
        #expect(text("9007199254740993") == "9007199254740993")
        #expect(!PostgresParameters.needTypes(["a", 1, nil, ["a": 1]]))
        #expect(PostgresParameters.needTypes(["a", [1]]))
    }

    @Test func `an array is an array literal for an array type, JSON for all others`() {
        let array: Value = [1, nil, "a \"b\" \\", true, [2]]
        #expect(text(array, 1009) == #"{1,NULL,"a \"b\" \\",true,{2}}"#)
        #expect(text(array, 3802) == array.json)
        #expect(text([1, 2]) == "[1,2]")
        #expect(text([["a": 1], [2]], 3807) == #"{"{\"a\":1}","[2]"}"#)
        #expect(text([], 1007) == "{}")
        #expect(text(["a": 1], 3802) == #"{"a":1}"#)
    }
}

struct SessionEffectsTests {
    @Test(arguments: [
        "SELECT model, tokens FROM completions WHERE id = $1",
        "select count(*) from t where a in (1, 2) and exists (select 1)",
        "INSERT INTO s.t (a, b) VALUES ($1, now()) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING a",
        #"INSERT INTO "T" (a) SELECT x FROM unnest($1::int[]) AS u (x)"#,
        "WITH a AS (SELECT 1) UPDATE t SET x = upper(y) FROM a", "BEGIN", "COMMIT", "ROLLBACK TO SAVEPOINT s",
        "(SELECT 1) UNION (SELECT 2)", "SELECT 'set_config(1)' -- SET ROLE x", "SELECT arr[1] FROM t",
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1", "SELECT pg_advisory_xact_lock(1)",
    ])
    func `queries and changes of rows leave nothing in the session`(_ text: String) {
        #expect(!SessionEffects.mayBeLeft(by: text))
    }

    @Test(arguments: [
        "SET ROLE x", "RESET ALL", "CREATE TEMP TABLE t (a int)", "CREATE TABLE t (a int)", "PREPARE p AS SELECT 1",
        "LISTEN x", "DECLARE c CURSOR FOR SELECT 1", "SELECT set_config('a.b', 'c', false)",
        "SELECT pg_advisory_lock(1)", "SELECT mine.own()", #"SELECT "own"()"#, "DO $$ BEGIN END $$", "CALL p()",
        "SELECT 1 INTO TEMP t", "SELECT * FROM own(1)", "SELECT 1; SET ROLE x", "SELECT 'unclosed",
    ])
    func `what may leave something is found`(_ text: String) {
        #expect(SessionEffects.mayBeLeft(by: text))
    }
}
