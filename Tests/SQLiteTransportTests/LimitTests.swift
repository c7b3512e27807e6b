import EventLoop
import SQLiteTransport
import Testing

private let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT "

struct LimitTests {
    @Test func `an endless statement ends at its deadline, and the connection goes on`() async throws {
        try await withDatabase { database in
            let begun = Instant.now
            let error = await database.error(endless + "count(*) FROM n", within: .milliseconds(300))
            #expect(error?.cause == .deadline)
            #expect(Instant.now - begun < .seconds(3))
            #expect(!database.isLost)
            let next = try await database.cell("SELECT 7")
            #expect(next == .integer(7))
        }
    }

    @Test func `cancelling the task interrupts its statement`() async throws {
        try await onLoop { connecting in
            let loop = connecting.loop
            let task = Task(executorPreference: loop) {
                let database = try await connecting.openMemory()
                let error = await database.error(endless + "count(*) FROM n", within: .seconds(60))
                await database.close()
                return error?.cause
            }
            try await loop.sleep(for: .milliseconds(200))
            let cancelled = Instant.now
            task.cancel()
            #expect(try await task.value == .cancelled)
            #expect(Instant.now - cancelled < .seconds(5))
        }
    }

    @Test func `the loop runs on while a statement takes its time`() async throws {
        try await onLoop { connecting in
            let database = try await connecting.openMemory()
            async let answer = database.error(endless + "count(*) FROM n", within: .milliseconds(500))
            var turns = 0
            let end = Instant.now + .milliseconds(300)
            while Instant.now < end {
                try await connecting.loop.sleep(for: .milliseconds(10))
                turns += 1
            }
            #expect(turns > 3)
            #expect(await answer?.cause == .deadline)
            await database.close()
        }
    }

    @Test func `no more rows are read than the limit says`() async throws {
        try await withDatabase { database in
            let answer = try await database.run(endless + "x FROM n", limits: SQLiteLimits(rows: 3))
            #expect(answer.rows == [[.integer(1)], [.integer(2)], [.integer(3)]])
            #expect(answer.hasMore)
            let all = try await database.run(endless + "x FROM n LIMIT 3", limits: SQLiteLimits(rows: 3))
            #expect(all.rows.count == 3 && !all.hasMore)
        }
    }

    @Test func `a result beyond its bytes is an error, not memory`() async throws {
        try await withDatabase { database in
            let limits = SQLiteLimits(bytes: 1 << 20)
            await #expect(throws: SQLiteError.self) {
                try await database.run(endless + "zeroblob(1000) FROM n", limits: limits)
            }
            await #expect(throws: SQLiteError.self) { try await database.run(endless + "x FROM n", limits: limits) }
            let next = try await database.cell("SELECT 7")
            #expect(next == .integer(7))
        }
    }

    @Test func `a blob of a gigabyte is refused by the bound`() async throws {
        try await withDatabase { database in
            #expect(await database.error("SELECT length(randomblob(1000000000))")?.primaryCode == 18)
            #expect(await database.error("SELECT zeroblob(1000000000)")?.primaryCode == 18)
            let long = "SELECT '" + String(repeating: "x", count: 65 << 20) + "'"
            #expect(await database.error(long)?.primaryCode == 18)
        }
    }

    @Test func `a lock is waited for as long as the target says`() async throws {
        try await onLoop { connecting in
            var configuration = SQLiteConfiguration(.memory(Connecting.newName()))
            configuration.busyTimeout = .milliseconds(150)
            let (first, second) = (try await connecting.open(configuration), try await connecting.open(configuration))
            try await first.run("CREATE TABLE t (x)")
            try await first.run("BEGIN IMMEDIATE")
            #expect(first.isInTransaction)
            try await first.run("INSERT INTO t VALUES (1)")
            let begun = Instant.now
            let busy = await second.error("INSERT INTO t VALUES (2)")
            #expect(busy?.primaryCode == 5)
            #expect(Instant.now - begun >= .milliseconds(150))
            try await first.run("COMMIT")
            try await second.run("INSERT INTO t VALUES (2)")
            #expect(try await first.cell("SELECT count(*) FROM t") == .integer(2))
            await first.close()
            await second.close()
        }
    }

    @Test func `waiting for a lock ends at the deadline`() async throws {
        try await onLoop { connecting in
            let configuration = SQLiteConfiguration(.memory(Connecting.newName()))
            let (first, second) = (try await connecting.open(configuration), try await connecting.open(configuration))
            try await first.run("CREATE TABLE t (x)")
            try await first.run("BEGIN EXCLUSIVE")
            let begun = Instant.now
            let late = await second.error("SELECT * FROM t", within: .milliseconds(200))
            #expect(late?.cause == .deadline)
            #expect(Instant.now - begun < .seconds(3))
            await first.close()
            #expect(try await second.run("SELECT * FROM t").rows.isEmpty)
            await second.close()
        }
    }
}
