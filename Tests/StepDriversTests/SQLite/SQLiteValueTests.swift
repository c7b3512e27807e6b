import Expressions
import PlumbTesting
import Testing

@testable import StepDrivers

struct SQLiteValueTests {
    @Test func `values have JSON types by what their column declares`() async throws {
        try await withSQLite { _, connection in
            try await connection.run(
                """
                CREATE TABLE t (id INTEGER PRIMARY KEY, ok BOOLEAN, data JSON, at TIMESTAMP, raw BLOB, price REAL, free)
                """)
            try await connection.run(
                "INSERT INTO t VALUES (1, 1, '{\"a\": [1, null]}', '2024-05-06 07:08:09.5', x'00ff10', 1.5, 'x')")
            let answer = try await connection.run("SELECT *, 1 + 1 AS sum, NULL AS empty FROM t")
            #expect(
                answer.rows == [
                    [
                        "id": 1, "ok": true, "data": ["a": [1, nil]], "at": "2024-05-06T07:08:09.5Z", "raw": "AP8Q",
                        "price": 1.5, "free": "x", "sum": 2, "empty": nil,
                    ]
                ])
            #expect(answer.rowCount == 1 && answer.command == "SELECT" && !answer.isTruncated)
            #expect(
                answer.columns.map(\.type) == [
                    "integer", "boolean", "json", "timestamp", "blob", "real", "text", "integer", "null",
                ])
        }
    }

    @Test(arguments: [
        (Int64.max, "9223372036854775807"), (.min, "-9223372036854775808"), (9_007_199_254_740_993, "9007199254740993"),
    ])
    func `an integer beyond 2^53 keeps every digit`(number: Int64, text: String) async throws {
        try await withSQLite { _, connection in
            try await connection.run("CREATE TABLE t (x INTEGER)")
            try await connection.run("INSERT INTO t VALUES ($1)", [.string(text)])
            let answer = try await connection.run("SELECT x, typeof(x) AS type FROM t WHERE x = $1", [.string(text)])
            #expect(answer.rows == [["x": .string(text), "type": "integer"]])
            #expect(answer.notes == ["1 number is carried as text, since a double would round it"])
        }
    }

    @Test func `2^53 itself is a number`() async throws {
        try await withSQLite { _, connection in
            let answer = try await connection.run("SELECT 9007199254740992 AS a, -9007199254740992 AS b")
            #expect(answer.rows == [["a": 9_007_199_254_740_992, "b": -9_007_199_254_740_992]])
            #expect(answer.notes.isEmpty)
        }
    }

    @Test func `infinities are texts, and NaN is what it is as a parameter`() async throws {
        try await withSQLite { _, connection in
            let answer = try await connection.run("SELECT 9e999 AS a, -9e999 AS b, $1 AS c", [.number(.nan)])
            #expect(answer.rows == [["a": "Infinity", "b": "-Infinity", "c": "NaN"]])
        }
    }

    @Test func `parameters keep their JSON types`() async throws {
        try await withSQLite { _, connection in
            let answer = try await connection.run(
                "SELECT typeof($1) AS a, typeof($2) AS b, typeof($3) AS c, typeof($4) AS d, typeof($5) AS e, $6 AS f",
                [1, 1.5, "1", true, nil, ["k": [1]]])
            #expect(
                answer.rows == [
                    ["a": "integer", "b": "real", "c": "text", "d": "integer", "e": "null", "f": "{\"k\":[1]}"]
                ])
        }
    }

    @Test func `a json column that holds none is told`() async throws {
        try await withSQLite { _, connection in
            try await connection.run("CREATE TABLE t (x JSON)")
            try await connection.run("INSERT INTO t VALUES ('{broken'), ('[12345678901234567890]')")
            let answer = try await connection.run("SELECT x FROM t")
            #expect(answer.rows == [["x": "{broken"], ["x": ["12345678901234567890"]]])
            #expect(answer.notes.count == 2)
        }
    }

    @Test func `changed rows are counted`() async throws {
        try await withSQLite { _, connection in
            try await connection.run("CREATE TABLE t (x)")
            let inserted = try await connection.run("INSERT INTO t VALUES (1), (2)")
            #expect(inserted.rowCount == 2 && inserted.command == "INSERT" && inserted.columns.isEmpty)
            let returned = try await connection.run("DELETE FROM t WHERE x = 1 RETURNING x AS gone")
            #expect(returned.rows == [["gone": 1]] && returned.rowCount == 1 && returned.command == "DELETE")
        }
    }

    @Test func `what SQLite does not count, and what is no text, is told`() async throws {
        try await withSQLite { _, connection in
            try await connection.run("CREATE TABLE t (x)")
            try await connection.run("INSERT INTO t VALUES (1), (CAST(x'41ff' AS TEXT))")
            try await connection.run("CREATE VIEW v AS SELECT x FROM t")
            try await connection.run(
                "CREATE TRIGGER gone INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE x = OLD.x; END")
            let deleted = try await connection.run("DELETE FROM v WHERE x = 1")
            #expect(deleted.rowCount == 0)
            #expect(deleted.notes == ["sqlite counts no rows for a change through a view; RETURNING tells them"])
            let read = try await connection.run("SELECT x FROM t")
            #expect(read.rows == [["x": "A\u{FFFD}"]])
            #expect(read.notes.count == 1)
        }
    }

    @Test func `rows beyond the limit are left out, or an error`() async throws {
        let many = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000) SELECT x FROM n"
        try await withSQLite { _, connection in
            var limits = RowLimits()
            limits.rows = 10
            await #expect(throws: StatementFailure.self) { try await connection.run(many, limits: limits) }
            limits.leavesOutRows = true
            let answer = try await connection.run(many, limits: limits)
            #expect(answer.rows.count == 10 && answer.rowCount == 10 && answer.isTruncated)
        }
    }

    @Test func `a plan tells whether an index is used`() async throws {
        try await withSQLite { _, connection in
            try await connection.run("CREATE TABLE t (x INTEGER, y)")
            let query = "EXPLAIN QUERY PLAN SELECT y FROM t WHERE x = $1"
            let scan = try await connection.run(query, [1])
            #expect(scan.rows.first?["detail"]?.string == "SCAN t")
            try await connection.run("CREATE INDEX t_x ON t (x)")
            let search = try await connection.run(query, [1])
            #expect(search.rows.first?["detail"]?.string == "SEARCH t USING INDEX t_x (x=?)")
            #expect(search.command == "EXPLAIN")
        }
    }
}
