import Glibc
import PlumbTesting
import SQLiteTransport
import Testing

struct OpeningTests {
    /// The error of opening what must not open.
    private func error(
        _ configuration: SQLiteConfiguration, within limit: Duration = .seconds(10)
    ) async throws -> SQLiteError {
        try await onLoop { connecting in
            do {
                _ = try await connecting.open(configuration, within: limit)
                throw SystemError("it opened", 0)
            } catch let error as SQLiteError {
                return error
            }
        }
    }

    @Test func `a missing file is an error unless it is to be made`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.db")
        let missing = try await error(SQLiteConfiguration(.file(path)))
        #expect(missing.cause == .missing && missing.path == path)
        #expect(missing.message.contains(path))
        #expect(access(path, F_OK) != 0, "opening must not make the file")
        try await onLoop { connecting in
            let made = try await connecting.open(path)
            try await made.run("CREATE TABLE t (x)")
            await made.close()
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test func `a file in a missing folder is not made`() async throws {
        let folder = try TemporaryFolder()
        var configuration = SQLiteConfiguration(.file(folder.path("none/a.db")))
        configuration.createsFiles = true
        let refused = try await error(configuration)
        #expect(refused.cause == .missing)
        #expect(refused.message.contains("folder"))
    }

    @Test func `a directory, a pipe and a device are no databases`() async throws {
        let folder = try TemporaryFolder()
        #expect(try await error(SQLiteConfiguration(.file(folder.path))).cause == .notAFile)
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(try await error(SQLiteConfiguration(.file(folder.path("pipe")))).cause == .notAFile)
        #expect(try await error(SQLiteConfiguration(.file("/dev/zero"))).cause == .notAFile)
    }

    @Test func `a file of another kind is not a database`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(String(repeating: "This is a text.\n", count: 300), to: "text.db")
        let refused = try await error(SQLiteConfiguration(.file(path)))
        #expect(refused.primaryCode == 26)
        #expect(refused.message.contains(path))
        var attaching = SQLiteConfiguration(.memory(Connecting.newName()))
        attaching.attached = [("other", .file(path))]
        let attached = try await error(attaching)
        #expect(attached.primaryCode == 26)
        #expect(attached.path == path)
    }

    @Test func `a corrupt database says so when it is read`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.db")
        try await onLoop { connecting in
            let database = try await connecting.open(path)
            try await database.run("CREATE TABLE t (x)")
            let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) "
            try await database.run("INSERT INTO t " + rows + "SELECT hex(randomblob(50)) FROM n")
            await database.close()
        }
        // Every page but the first is overwritten.
        let file = try #require(fopen(path, "r+"))
        fseek(file, 4096, SEEK_SET)
        let garbage = [UInt8](repeating: 0xA5, count: 65_536)
        #expect(fwrite(garbage, 1, garbage.count, file) == garbage.count)
        fclose(file)
        try await onLoop { connecting in
            let database = try await connecting.open(path)
            #expect(await database.error("SELECT count(*), max(x) FROM t")?.primaryCode == 11)
            await database.close()
        }
    }

    @Test func `a database that another process locks is waited for, not for ever`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.db")
        try await onLoop { connecting in
            let holder = try await connecting.open(path)
            try await holder.run("CREATE TABLE t (x)")
            try await holder.run("BEGIN EXCLUSIVE")
            var configuration = SQLiteConfiguration(.file(path))
            configuration.busyTimeout = .milliseconds(100)
            do {
                let other = try await connecting.open(configuration)
                #expect(await other.error("SELECT * FROM t")?.primaryCode == 5)
                await other.close()
            } catch let error as SQLiteError {
                #expect(error.primaryCode == 5)
                #expect(error.path == path)
            }
            await holder.close()
        }
    }

    @Test func `a target that is read only takes no write`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.db")
        try await onLoop { connecting in
            let writer = try await connecting.open(path)
            try await writer.run("CREATE TABLE t (x)")
            await writer.close()
            var configuration = SQLiteConfiguration(.file(path))
            configuration.isReadOnly = true
            let reader = try await connecting.open(configuration)
            #expect(await reader.error("INSERT INTO t VALUES (1)")?.primaryCode == 8)
            #expect(try await reader.run("SELECT * FROM t").rows.isEmpty)
            await reader.close()
        }
    }

    @Test func `attached databases are schemas, and one transaction holds them all`() async throws {
        let folder = try TemporaryFolder()
        try await onLoop { connecting in
            var configuration = SQLiteConfiguration(.file(folder.path("main.db")))
            configuration.createsFiles = true
            configuration.attached = [
                ("mixtral", .file(folder.path("mixtral.db"))), ("odd \"name", .memory(Connecting.newName())),
            ]
            let database = try await connecting.open(configuration)
            try await database.run("CREATE TABLE mixtral.t (x)")
            try await database.run("CREATE TABLE \"odd \"\"name\".u (x)")
            try await database.run("BEGIN")
            try await database.run("INSERT INTO mixtral.t VALUES (1)")
            try await database.run("INSERT INTO u VALUES (2)")
            try await database.run("ROLLBACK")
            #expect(try await database.cell("SELECT count(*) FROM mixtral.t, u") == .integer(0))
            await database.close()
        }
    }

    @Test func `a path is taken as it is written, beside a database in memory too`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("100% a?b#c é.db")
        try await onLoop { connecting in
            let main = try await connecting.open(path)
            try await main.run("CREATE TABLE t (x)")
            await main.close()
            var configuration = SQLiteConfiguration(.memory(Connecting.newName()))
            configuration.attached = [("other", .file(path))]
            let database = try await connecting.open(configuration)
            #expect(try await database.run("SELECT * FROM other.t").rows.isEmpty)
            await database.close()
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test func `a database in memory is one for all connections of its name`() async throws {
        try await onLoop { connecting in
            let configuration = SQLiteConfiguration(.memory(Connecting.newName()))
            let (first, second) = (try await connecting.open(configuration), try await connecting.open(configuration))
            let other = try await connecting.openMemory()
            try await first.run("CREATE TABLE t (x)")
            #expect(try await second.run("SELECT * FROM t").rows.isEmpty)
            #expect(await other.error("SELECT * FROM t") != nil)
            for database in [first, second, other] { await database.close() }
            let again = try await connecting.open(configuration)
            #expect(await again.error("SELECT * FROM t") != nil)
            await again.close()
        }
    }

    @Test func `a database opens within its deadline or not at all`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.db")
        try await onLoop { connecting in
            let holder = try await connecting.open(path)
            try await holder.run("CREATE TABLE t (x)")
            try await holder.run("BEGIN EXCLUSIVE")
            let begun = ContinuousClock.now
            do {
                let other = try await connecting.open(SQLiteConfiguration(.file(path)), within: .milliseconds(200))
                await other.close()
            } catch let error as SQLiteError {
                #expect([.deadline, .engine(5)].contains(error.cause))
            }
            #expect(ContinuousClock.now - begun < .seconds(3))
            await holder.close()
        }
    }
}
