import SQLiteTransport
import Testing

struct StatementTests {
    @Test func `a value of each storage class goes in and comes out`() async throws {
        let cells: [SQLiteCell] = [
            .null, .integer(.max), .integer(.min), .real(0.1), .text("é\u{0}😀"), .text(""), .blob([0, 255]), .blob([]),
        ]
        try await withDatabase { database in
            let text = "SELECT " + (1...cells.count).map { "$\($0) AS c\($0)" }.joined(separator: ", ")
            let answer = try await database.run(text, cells)
            #expect(answer.rows == [cells])
            #expect(answer.columns.map(\.name) == (1...cells.count).map { "c\($0)" })
            #expect(answer.command == "SELECT")
            #expect(answer.changes == nil)
        }
    }

    @Test func `a parameter may be read twice and out of order`() async throws {
        try await withDatabase { database in
            let rows = try await database.run("SELECT $2, $1, $2", [.integer(1), .integer(2)]).rows
            #expect(rows == [[.integer(2), .integer(1), .integer(2)]])
        }
    }

    @Test(arguments: [
        ("SELECT $1, $2", 1, "the statement reads $2, but there are 1 params"),
        ("SELECT $1", 2, "there are 2 params, but the statement reads only 1"),
        ("SELECT ?", 1, "a parameter is written '?'"),
        ("SELECT :name", 1, "a parameter is written ':name'"),
        ("SELECT $1::text", 1, "'$1::text' is no parameter: sqlite knows no casts by '::'"),
        ("SELECT 1; SELECT 2", 0, "there is a second statement behind the first"),
        ("SELECT 1; this is no SQL", 0, "there is a second statement behind the first"),
        ("SELECT 1; -- a\n; DROP TABLE x", 0, "there is a second statement behind the first"),
        ("", 0, "the statement is empty"),
        (" -- nothing\n ;", 0, "the statement is empty"),
        ("SELECT 1\u{0}", 0, "the statement holds a NUL character"),
    ])
    func `what is no statement with its params is refused before anything runs`(
        sql: String, parameters: Int, message: String
    ) async throws {
        try await withDatabase { database in
            let error = await database.error(sql, Array(repeating: .integer(1), count: parameters))
            #expect(error?.message == message)
            #expect(error?.cause == .statement)
        }
    }

    @Test func `semicolons and comments behind a statement are no second one`() async throws {
        try await withDatabase { database in
            let cell = try await database.cell("SELECT 1; ; -- end\n /* ; SELECT 2 */ ;")
            #expect(cell == .integer(1))
        }
    }

    @Test func `an error names the byte where it is`() async throws {
        try await withDatabase { database in
            let error = await database.error("SELECT 'é', wrong FROM sqlite_master")
            #expect(error?.message == "no such column: wrong")
            #expect(error?.offset == "SELECT 'é', ".utf8.count)
            #expect(error?.primaryCode == 1)
        }
    }

    @Test func `changes are counted, and the command is named`() async throws {
        try await withDatabase { database in
            #expect(try await database.run("CREATE TABLE t (x INTEGER)").command == "CREATE TABLE")
            let inserted = try await database.run("INSERT INTO t VALUES (1), (2), (3)")
            #expect(inserted.command == "INSERT" && inserted.changes == 3)
            let updated = try await database.run("WITH big AS (SELECT 1) UPDATE t SET x = x + 1 WHERE x > 1")
            #expect(updated.command == "UPDATE" && updated.changes == 2)
            let none = try await database.run("DELETE FROM t WHERE x = 99")
            #expect(none.command == "DELETE" && none.changes == 0)
            let returned = try await database.run("/* all */ DELETE FROM t RETURNING x")
            #expect(returned.rows.count == 3 && returned.changes == 3)
            #expect(try await database.run("WITH a AS (SELECT 1) SELECT * FROM a").command == "SELECT")
            #expect(try await database.run("CREATE UNIQUE INDEX i ON t (x)").command == "CREATE INDEX")
        }
    }

    @Test func `columns tell the type that the table declares`() async throws {
        try await withDatabase { database in
            try await database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20), data JSON, free)")
            let columns = try await database.run("SELECT id, name, data, free, 1 + 1 AS sum FROM t").columns
            #expect(columns.map(\.declaredType) == ["INTEGER", "VARCHAR(20)", "JSON", nil, nil])
        }
    }

    @Test func `foreign keys are kept and double quotes are names`() async throws {
        try await withDatabase { database in
            try await database.run("CREATE TABLE p (id INTEGER PRIMARY KEY)")
            try await database.run("CREATE TABLE c (p INTEGER REFERENCES p (id))")
            #expect(await database.error("INSERT INTO c VALUES (7)")?.cause == .engine(787))
            #expect(await database.error("SELECT \"no such name\"") != nil)
        }
    }
}
