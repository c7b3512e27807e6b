import EventLoop
import PlumbTesting
import Testing

@testable import PostgresTransport

@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"))
struct RunningTests {
    @Test func `parameters are bound, their types inferred`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let rows = try await connection.ask(
                "SELECT $1::int + 1, $2::text, $3::jsonb ->> 'a', $4::text", ["41", "it's; $1 --", #"{"a": 1}"#, nil])
            #expect(rows == [["42", "it's; $1 --", "1", nil]])
            connection.close()
        }
    }

    @Test func `a prepared statement is prepared once, and again when it went stale`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            try await connection.ask("CREATE TEMP TABLE t AS SELECT 1 AS a")
            for _ in 0..<3 { #expect(try await connection.ask("SELECT * FROM t", isPrepared: true) == [["1"]]) }
            #expect(try await connection.ask("SELECT count(*) FROM pg_prepared_statements") == [["1"]])
            try await connection.ask("ALTER TABLE t ADD b int DEFAULT 2")
            #expect(try await connection.ask("SELECT * FROM t", isPrepared: true) == [["1", "2"]])
            try await connection.ask("DEALLOCATE ALL")
            #expect(try await connection.ask("SELECT * FROM t", isPrepared: true) == [["1", "2"]])
            connection.close()
        }
    }

    @Test func `prepared statements are bounded`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            for index in 0..<80 {
                #expect(try await connection.ask("SELECT \(index)", isPrepared: true) == [["\(index)"]])
            }
            #expect(try await connection.ask("SELECT count(*) <= 64 FROM pg_prepared_statements") == [["t"]])
            connection.close()
        }
    }

    @Test func `a refusal says what, where and with which class, and the connection goes on`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let wrong = try #require(await connection.failure(of: "SELECT é FROM nothing"))
            #expect(wrong.kind == .rejected)
            #expect(wrong.complaint?.sqlstate == "42P01")
            #expect(wrong.complaint?.position == 15)
            #expect(!wrong.mayHaveHappened)
            try await connection.ask("CREATE TEMP TABLE t (a int CONSTRAINT positive CHECK (a > 0))")
            let checked = try #require(await connection.failure(of: "INSERT INTO t VALUES ($1)", ["-1"]))
            #expect(checked.complaint?.constraint == "positive")
            #expect(checked.complaint?.table == "t")
            #expect(connection.isReady)
            connection.close()
        }
    }

    @Test func `a script's statements are done in order, each with its end`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let rows = Rows()
            try await connection.run(
                .script("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1), (2); SELECT a FROM t ORDER BY a"),
                into: rows, until: .now + .seconds(20))
            #expect(rows.tags == ["CREATE TABLE", "INSERT 0 2", "SELECT 2"])
            #expect(rows.rows == [["1"], ["2"]])
            let several = try #require(await connection.failure(of: "SELECT 1; SELECT 2"))
            #expect(several.complaint?.sqlstate == "42601")
            connection.close()
        }
    }

    @Test func `a zero byte is refused before anything is sent`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let parameter = try #require(await connection.failure(of: "SELECT $1, $2", ["a", "b\u{0}c"]))
            #expect(parameter.kind == .invalidRequest)
            #expect(parameter.message.contains("parameter $2 holds a zero byte"))
            #expect(await connection.failure(of: "SELECT 1\u{0}")?.kind == .invalidRequest)
            #expect(connection.isReady)
            connection.close()
        }
    }

    @Test func `a value of fifty megabytes goes there and back`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let large = String(repeating: "0123456789", count: 5_000_000)
            let rows = try await connection.ask("SELECT $1::text, length($1)", [large], within: .seconds(60))
            #expect(rows[0][1] == "50000000")
            #expect(rows[0][0] == large)
            connection.close()
        }
    }

    @Test func `a row beyond the limit is an error`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            var request = PostgresRequest.statement("SELECT repeat('x', 100000000)")
            request.rowByteLimit = 1 << 20
            let fixed = request
            await #expect(throws: PostgresError(.tooLarge, "a row has more than 1048576 bytes")) {
                try await connection.run(fixed, into: Rows(), until: .now + .seconds(20))
            }
            connection.close()
        }
    }

    @Test func `of a row far beyond the limit no more is taken in than a part`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            var request = PostgresRequest.statement("SELECT repeat('x', 280000000)")
            request.rowByteLimit = 1 << 20
            let fixed = request
            let before = try residentMebibytes()
            await #expect(throws: PostgresError(.tooLarge, "a row has more than 1048576 bytes")) {
                try await connection.run(fixed, into: Rows(), until: .now + .seconds(60))
            }
            // Before the connection goes, and its memory with it.
            #expect(try residentMebibytes() - before < 200 || Sanitizer.isPresent)
            connection.close()
        }
    }

    @Test func `rows beyond a receiver's limit are thrown away, or end the statement`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let some = Rows(limit: 10)
            try await connection.run(
                .statement("SELECT generate_series(1, 200000)"), into: some, until: .now + .seconds(20))
            #expect(some.rows.count == 10)
            #expect(some.tags == ["SELECT 200000"])
            #expect(connection.isReady)
            connection.close()
            // A server that takes longer than the grace to stop leaves a connection in doubt, on a busy machine too.
            var isReady = false
            for _ in 0..<3 where !isReady {
                let other = try await PostgresConnection.toTestServer(loop)
                await #expect(throws: PostgresError(.tooLarge, "enough")) {
                    try await other.run(
                        .statement("SELECT generate_series(1, 100000000)"),
                        into: Rows(limit: 10, then: .stop("enough")), until: .now + .seconds(20))
                }
                isReady = other.isReady
                other.close()
            }
            #expect(isReady)
        }
    }

    @Test func `COPY is refused without hanging`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            try await connection.ask("CREATE TEMP TABLE t (a int)")
            let into = try #require(await connection.failure(of: "COPY t FROM STDIN"))
            #expect(into.kind == .rejected)
            #expect(into.message.contains("has none to send"))
            #expect(connection.isReady)
            let out = try #require(
                await connection.failure(of: "COPY (SELECT generate_series(1, 10000000)) TO STDOUT"))
            #expect(out.message.contains("no answer of rows"))
            connection.close()
        }
    }

    @Test func `notices are kept, up to a limit`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            try await connection.run(
                .script("DO $$ BEGIN FOR i IN 1..100 LOOP RAISE WARNING 'no. %', i; END LOOP; END $$"), into: Rows(),
                until: .now + .seconds(20))
            let notices = connection.takeNotices()
            #expect(notices.count == 20)
            #expect(notices.first == PostgresNotice(severity: "WARNING", sqlstate: "01000", message: "no. 1"))
            #expect(connection.takeNotices().isEmpty)
            connection.close()
        }
    }

    @Test func `the transaction's state follows the statements`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            #expect(connection.transaction == .none)
            try await connection.ask("BEGIN")
            #expect(connection.transaction == .open)
            _ = await connection.failure(of: "SELECT 1/0")
            #expect(connection.transaction == .failed)
            try await connection.ask("ROLLBACK")
            #expect(connection.transaction == .none)
            connection.close()
        }
    }

    @Test func `answers without columns, of many columns and of equal names come whole`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            #expect(try await connection.ask("SELECT") == [[]])
            let many = (1...1600).map { "\($0) AS c\($0)" }.joined(separator: ", ")
            #expect(try await connection.ask("SELECT \(many)")[0].count == 1600)
            #expect(try await connection.ask("SELECT 1 AS a, 2 AS a") == [["1", "2"]])
            let rows = Rows()
            try await connection.run(.statement(""), into: rows, until: .now + .seconds(20))
            #expect(rows.rows.isEmpty)
            connection.close()
        }
    }

    @Test func `types of parameters are asked once`() throws {
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(loop)
            let text = "SELECT $1::int[], $2::jsonb"
            #expect(try await connection.parameterTypes(of: text, until: .now + .seconds(20)) == [1007, 3802])
            #expect(try await connection.parameterTypes(of: text, until: .now + .seconds(20)) == [1007, 3802])
            #expect(try await connection.ask(text, ["{1,2}", "[1]"], isPrepared: true) == [["{1,2}", "[1]"]])
            connection.close()
        }
    }
}
