import EventLoop
import Glibc
import PlumbTesting
import SQLiteTransport
import Testing

struct GuardTests {
    @Test func `a statement writes to no file that is not declared`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("stray.db")
        try await withDatabase { database in
            try await database.run("CREATE TABLE t (x)")
            for sql in [
                "ATTACH '\(path)' AS stray", "ATTACH '\(path)' || '' AS stray", "VACUUM INTO '\(path)'",
                "SELECT load_extension('\(path)')", "SELECT writefile('\(path)', 'x')", "DETACH main",
                "PRAGMA temp_store_directory = '\(folder.path)'", "PRAGMA writable_schema = 1",
                "SELECT fts3_tokenizer('simple', x'00')", "PRAGMA busy_timeout = 1",
            ] {
                let error = await database.error(sql)
                #expect(error != nil, "\(sql)")
                if !sql.contains("writefile") {
                    #expect(error?.cause == .forbidden, "\(sql): \(String(describing: error))")
                }
            }
            try await database.run("VACUUM")
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test(arguments: [
        "CREATE TEMP TABLE left (x)", "CREATE TEMP VIEW left AS SELECT 1", "PRAGMA foreign_keys = OFF",
        "PRAGMA cache_size = 1", "PRAGMA query_only = 1", "PRAGMA recursive_triggers(1)",
    ])
    func `what a statement leaves behind keeps the connection from being used again`(sql: String) async throws {
        try await withDatabase { database in
            #expect(await database.reset(until: .now + .seconds(5)))
            try await database.run(sql)
            #expect(database.isChanged)
            #expect(!(await database.reset(until: .now + .seconds(5))))
        }
    }

    @Test(arguments: ["PRAGMA table_info(t)", "PRAGMA foreign_keys", "PRAGMA integrity_check(10)"])
    func `a question changes nothing`(sql: String) async throws {
        try await withDatabase { database in
            try await database.run(sql)
            #expect(!database.isChanged)
        }
    }

    @Test func `an open transaction is rolled back by a reset`() async throws {
        try await withDatabase { database in
            try await database.run("CREATE TABLE t (x)")
            try await database.run("BEGIN")
            try await database.run("INSERT INTO t VALUES (1)")
            #expect(database.isInTransaction)
            #expect(await database.reset(until: .now + .seconds(5)))
            #expect(!database.isInTransaction)
            #expect(try await database.cell("SELECT count(*) FROM t") == .integer(0))
        }
    }

    @Test func `statements of the target run at each opening and are no change`() async throws {
        try await onLoop { connecting in
            var configuration = SQLiteConfiguration(.memory(Connecting.newName()))
            configuration.openingStatements = ["CREATE TEMP VIEW one AS SELECT 1 AS x"]
            let database = try await connecting.open(configuration)
            #expect(try await database.cell("SELECT x FROM one") == .integer(1))
            #expect(!database.isChanged)
            await database.close()
        }
    }

    @Test func `a closed connection answers no more`() async throws {
        try await onLoop { connecting in
            let database = try await connecting.openMemory()
            await database.close()
            #expect(await database.error("SELECT 1") != nil)
            #expect(database.isLost)
        }
    }
}
