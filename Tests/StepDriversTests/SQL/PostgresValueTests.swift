import Expressions
import PlumbTesting
import ScenarioModel
import Testing

@testable import StepDrivers

@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"))
struct PostgresValueTests {
    @Test func `every type has its value`() throws {
        let expected: [(String, Value)] = [
            ("true", true), ("NULL::int", nil), ("(-32768)::int2", -32768), ("2147483647", 2_147_483_647),
            ("9007199254740992", 9_007_199_254_740_992), ("9007199254740993", "9007199254740993"),
            ("(-9223372036854775808)::int8", "-9223372036854775808"),
            ("0.1::float4", 0.1), ("1e300::float8", 1e300), ("'NaN'::float8", "NaN"),
            ("'-Infinity'::float8", "-Infinity"),
            ("12.50::numeric", 12.5), ("123456789012345::numeric", 123_456_789_012_345),
            ("0.12345678901234567890::numeric", "0.12345678901234567890"),
            ("avg(x)::numeric FROM (VALUES (2), (3)) t(x)", 2.5),
            ("'NaN'::numeric", "NaN"), ("'Infinity'::numeric", "Infinity"),
            ("'it''s é😀'::text", "it's é😀"), ("'ab'::char(4)", "ab  "), ("''::varchar", ""),
            (#"'\x00ff10'::bytea"#, "AP8Q"), (#"''::bytea"#, ""),
            (#"'{"a": [1, 9007199254740993, null]}'::jsonb"#, ["a": [1, "9007199254740993", nil]]),
            ("'1.50'::json", 1.5), ("'null'::jsonb", nil),
            ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            ("date '2024-02-03'", "2024-02-03"), ("time '04:05:06.7'", "04:05:06.7"),
            ("timestamp '2024-02-03 04:05:06'", "2024-02-03T04:05:06Z"),
            ("timestamptz '2024-02-03 04:05:06+02'", "2024-02-03T02:05:06Z"),
            ("timestamptz 'infinity'", "infinity"), ("date '0044-03-15 BC'", "-0043-03-15"),
            ("interval '1 year 2 days 3.5 seconds'", "P1Y2DT3.5S"),
            ("ARRAY[1, NULL, 3]", [1, nil, 3]), (#"ARRAY['a b', '', 'NULL', '"']"#, ["a b", "", "NULL", "\""]),
            ("ARRAY[[1, 2], [3, 4]]", [[1, 2], [3, 4]]), ("'{}'::text[]", []),
            ("ARRAY[timestamptz '2024-01-01Z']", ["2024-01-01T00:00:00Z"]),
            ("ROW(1, 'a b', NULL)", ["1", "a b", nil]),
            ("int4range(1, 10)", ["lower": 1, "upper": 10, "bounds": "[)"]),
            ("'empty'::int4range", ["lower": nil, "upper": nil, "bounds": "empty"]),
            ("tstzrange('2024-01-01Z', NULL)", ["lower": "2024-01-01T00:00:00Z", "upper": nil, "bounds": "[)"]),
            (
                "'{[1,3),[5,7)}'::int4multirange",
                [
                    ["lower": 1, "upper": 3, "bounds": "[)"], ["lower": 5, "upper": 7, "bounds": "[)"],
                ]
            ),
            ("inet '10.0.0.1/8'", "10.0.0.1/8"), ("B'101'", "101"), ("pg_sleep(0)", nil),
            ("'{\"(1,2)\"}'::point[]", ["(1,2)"]),
        ]
        try withPostgres { _, connection async throws in
            for (text, value) in expected {
                let found = try await connection.value(text)
                #expect(found == value, "\(text)")
            }
        }
    }

    @Test func `types of the database's own are asked for`() throws {
        try withPostgres { _, connection async throws in
            _ = try await connection.run("CREATE SCHEMA own")
            for statement in [
                "CREATE TYPE own.mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN own.positive AS int CHECK (VALUE > 0)",
                "CREATE TYPE own.pair AS (n own.positive, m own.mood, at timestamptz)",
                "CREATE TYPE own.moods AS RANGE (subtype = float8)",
            ] { _ = try await connection.run(statement) }
            #expect(try await connection.value("'ok'::own.mood") == "ok")
            #expect(try await connection.value("ARRAY['ok', 'sad']::own.mood[]") == ["ok", "sad"])
            #expect(
                try await connection.value("(7, 'sad', '2024-01-01Z')::own.pair")
                    == ["n": 7, "m": "sad", "at": "2024-01-01T00:00:00Z"])
            #expect(
                try await connection.value("ARRAY[(7, NULL, NULL)::own.pair]")
                    == [["n": 7, "m": nil, "at": nil]])
            #expect(
                try await connection.value("own.moods(0.5, 1.5)") == ["lower": 0.5, "upper": 1.5, "bounds": "[)"])
            #expect(try await connection.value("$1::own.mood[]", [["ok"]]) == ["ok"])
            let columns = try await connection.run("SELECT 1 AS a, 'ok'::own.mood AS b, ARRAY[1::int8] AS c").columns
            #expect(columns.map(\.type) == ["int4", "mood", "int8[]"])
            _ = try await connection.run("DROP SCHEMA own CASCADE")
        }
    }

    @Test func `parameters keep their values`() throws {
        try withPostgres { _, connection async throws in
            #expect(try await connection.value("$1::int8", [1e15]) == 1_000_000_000_000_000)
            #expect(try await connection.value("$1::int8", ["9007199254740993"]) == "9007199254740993")
            #expect(try await connection.value("$1::numeric", [0.1]) == 0.1)
            #expect(try await connection.value("$1::bool", [false]) == false)
            #expect(try await connection.value("$1::text", [nil]) == .null)
            #expect(try await connection.value("$1::jsonb", [["a": [1, nil]]]) == ["a": [1, nil]])
            #expect(try await connection.value("$1::jsonb", [[1, "x"]]) == [1, "x"])
            #expect(
                try await connection.value("$1::text[]", [["a,b", "\"", nil, "NULL"]]) == ["a,b", "\"", nil, "NULL"])
            #expect(try await connection.value("$1::int[]", [[[1, 2], [3, 4]]]) == [[1, 2], [3, 4]])
            #expect(try await connection.value("$1::jsonb[]", [[["a": 1], [2]]]) == [["a": 1], [2]])
            #expect(try await connection.value("$1 || 'x'", ["'; DROP TABLE t; --"]) == "'; DROP TABLE t; --x")
        }
    }

    @Test func `counts and commands are the server's`() throws {
        try withPostgres { _, connection async throws in
            #expect(try await connection.run("CREATE TEMP TABLE t (a int)").command == "CREATE TABLE")
            let inserted = try await connection.run("INSERT INTO t VALUES (1), (2)")
            #expect(inserted.command == "INSERT")
            #expect(inserted.rowCount == 2)
            let returned = try await connection.run("UPDATE t SET a = a + 1 RETURNING a")
            #expect(returned.command == "UPDATE")
            #expect(returned.rows == [["a": 2], ["a": 3]])
            #expect(try await connection.run("SELECT a FROM t WHERE a > 9").rowCount == 0)
            #expect(try await connection.run("DELETE FROM t").rowCount == 2)
            let exact = try await connection.run("SELECT 9007199254740993 AS a, 1 AS b")
            #expect(exact.notes == ["a number is carried as text, since a JSON number would round it"])
        }
    }

    @Test func `equal names, no columns, and very many are one rule each`() throws {
        try withPostgres { _, connection async throws in
            let twice = try await connection.run("SELECT 1 AS a, 2 AS a, 3 AS b")
            #expect(twice.columns.map(\.name) == ["a", "a", "b"])
            #expect(twice.rows == [["a": 2, "b": 3]])
            #expect(try await connection.run("SELECT").rows == [[:]])
            let many = (1...1600).map { "\($0) AS c\($0)" }.joined(separator: ", ")
            let wide = try await connection.run("SELECT \(many)")
            #expect(wide.rows[0]["c1600"] == 1600)
        }
    }

    @Test func `rows and bytes have their limits`() throws {
        try withPostgres { _, connection async throws in
            let first = try await connection.run(
                "SELECT generate_series(1, 1000) AS n", limits: RowLimits(rows: 3, leavesOutRows: true))
            #expect(first.rows == [["n": 1], ["n": 2], ["n": 3]])
            #expect(first.isTruncated)
            #expect(first.rowCount == 3)
            for limits in [RowLimits(rows: 10), RowLimits(bytes: 1000)] {
                do throws(StatementFailure) {
                    _ = try await connection.run("SELECT generate_series(1, 1000) AS n", limits: limits)
                    Issue.record("no limit was kept")
                } catch {
                    #expect(error.error.kind == .tooLarge)
                    #expect(error.error.hint?.contains("rows_limit") == true)
                }
            }
        }
    }
}
