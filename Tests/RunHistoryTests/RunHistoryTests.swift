import Dispatch
import GRDB
import Glibc
import PlumbTesting
import Reporting
import RunHistory
import ScenarioModel
import Testing

@Suite struct RunHistoryTests {
    @Test func `what is kept comes back, the oldest run first`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path("history.sqlite")
        let history = try SQLiteHistory(path: path, isWritable: true)
        try history.add(SampleRun.of("one", [("a", .passed), ("b", .failed)]), keeping: 10)
        try history.add(SampleRun.of("two", [("b", .passed), ("c", .skipped)], profile: nil), keeping: 10)
        let kept = try SQLiteHistory(path: path, isWritable: false).last(5)
        #expect(kept.runs.map(\.id) == ["one", "two"])
        #expect(kept.runs[0].failed == 1)
        #expect(kept.runs[1].profile == nil)
        #expect(kept.tests["a"] == [KeptTest(verdict: .passed, isFlaky: false, ms: 1.5), nil])
        #expect(kept.tests["b"]?.map { $0?.verdict } == [.failed, .passed])
        #expect(try history.last(1).runs.map(\.id) == ["two"])
        #expect(try history.last(5, profile: "embedded").runs.map(\.id) == ["one"])
        #expect(try history.last(5, profile: "embedded").tests["b"]?.count == 1)
    }

    @Test func `the oldest runs beyond the bound are forgotten, with what only they knew`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let history = try SQLiteHistory(path: folder.path("history.sqlite"), isWritable: true)
        for number in 0..<5 { try history.add(SampleRun.of("r\(number)", [("t\(number)", .passed)]), keeping: 2) }
        let kept = try history.last(100)
        #expect(kept.runs.map(\.id) == ["r3", "r4"])
        #expect(kept.tests.keys.sorted() == ["t3", "t4"])
    }

    @Test func `two that write at once lose nothing`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path("history.sqlite")
        DispatchQueue.concurrentPerform(iterations: 4) { writer in
            guard let history = try? SQLiteHistory(path: path, isWritable: true) else { return }
            for number in 0..<10 {
                try? history.add(SampleRun.of("\(writer)-\(number)", [("a", .passed), ("b", .passed)]), keeping: 1000)
            }
        }
        #expect(try SQLiteHistory(path: path, isWritable: false).last(100).runs.count == 40)
    }

    @Test func `the verdicts of a run's suites are kept, by id and as the last`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let history = try SQLiteHistory(path: folder.path("history.sqlite"), isWritable: true)
        try expectSuites(of: history)
    }

    @Test func `a file of the first version is read, and becomes one of this version when it is written`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path("old.sqlite")
        let old = try DatabaseQueue(path: path)
        try old.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE runs (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, started TEXT NOT NULL,
                        version TEXT NOT NULL, profile TEXT, seed TEXT NOT NULL, ms REAL NOT NULL,
                        status INTEGER NOT NULL, passed INTEGER NOT NULL, failed INTEGER NOT NULL,
                        errors INTEGER NOT NULL, skipped INTEGER NOT NULL, flaky INTEGER NOT NULL);
                    CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                    CREATE TABLE results (
                        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
                        name INTEGER NOT NULL REFERENCES names, verdict TEXT NOT NULL, flaky INTEGER NOT NULL,
                        ms REAL NOT NULL, PRIMARY KEY (run, name)) WITHOUT ROWID;
                    INSERT INTO runs VALUES (1, 'old', 't', '1', NULL, 's', 5, 0, 1, 0, 0, 0, 0);
                    INSERT INTO names VALUES (1, 'a');
                    INSERT INTO results VALUES (1, 1, 'passed', 0, 5);
                    PRAGMA user_version = 1;
                    """)
        }
        try old.close()
        let reading = try SQLiteHistory(path: path, isWritable: false)
        #expect(try reading.last(5).runs.map(\.id) == ["old"])
        #expect(try reading.suites(of: "old") == nil)
        let history = try SQLiteHistory(path: path, isWritable: true)
        try history.add(SampleRun.of("new", [("a", .failed)]), keeping: 5)
        #expect(try history.last(5).tests["a"]?.map { $0?.verdict } == [.passed, .failed])
        #expect(try history.suites(of: "old") == nil)
        #expect(try history.suites(of: nil) != nil)
        try history.add(SampleLoad.of("load"), keeping: 5)
        #expect(try history.last(5).loads.map(\.id) == ["load"])
    }

    @Test func `loads are kept beside runs, found again and bounded by themselves`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path("history.sqlite")
        try LoadExpectations.check(try SQLiteHistory(path: path, isWritable: true))
        #expect(try SQLiteHistory(path: path, isWritable: false).load(.named("good")) != nil)
    }

    @Test func `a history of runs alone stays what versions know that keep no loads`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path("history.sqlite")
        func tables() throws -> [String] {
            try DatabaseQueue(path: path).read { database in
                try String.fetchAll(
                    database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
            }.sorted()
        }
        try SQLiteHistory(path: path, isWritable: true).add(SampleRun.of("one", [("a", .passed)]), keeping: 5)
        #expect(try tables() == ["names", "results", "runs"])
        #expect(try SQLiteHistory(path: path, isWritable: false).last(5).loads == [])
        try SQLiteHistory(path: path, isWritable: true).add(SampleLoad.of("load"), keeping: 5)
        #expect(try tables() == ["loads", "names", "results", "runs"])
        let version = try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == 2)
    }

    private func expectSuites(of history: any RunHistory) throws {
        try history.add(SampleRun.of("one", [("a", .passed), ("b", .failed)]), keeping: 10)
        try history.add(SampleRun.of("two", [("a", .passed)], profile: "local"), keeping: 10)
        let record = try #require(try history.suites(of: "one", profile: nil))
        let one = try #require(SuiteReport(record: record))
        #expect(!one.isValid)
        #expect(one.render(.text) == SuiteReport(SampleRun.of("one", [("a", .passed), ("b", .failed)])).render(.text))
        let last = try #require(try history.suites(of: nil, profile: nil))
        #expect(SuiteReport(record: last)?.isValid == true)
        let embedded = try #require(try history.suites(of: nil, profile: "embedded"))
        #expect(SuiteReport(record: embedded)?.isValid == false)
        #expect(try history.suites(of: "three", profile: nil) == nil)
    }

    @Test func `what did not pass is what --failed runs`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let history = try SQLiteHistory(path: folder.path("history.sqlite"), isWritable: true)
        try history.add(SampleRun.of("one", [("a", .failed), ("b", .error), ("c", .passed)]), keeping: 10)
        try history.add(SampleRun.of("two", [("b", .passed), ("c", .skipped), ("a", .skipped)]), keeping: 10)
        #expect(try history.last(10).unpassed == ["a"])
    }

    @Test func `a damaged file, a newer one and another program's are told apart, and left as they are`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let damaged = try folder.write(String(repeating: "no database ", count: 500), to: "damaged.sqlite")
        for isWritable in [true, false] {
            let error = try #require(throws: RunHistoryError.self) {
                try SQLiteHistory(path: damaged, isWritable: isWritable).last(1)
            }
            #expect(error.message == "it is damaged, or no SQLite file")
        }
        #expect(try folder.read("damaged.sqlite").hasPrefix("no database "))
        let absent = try #require(throws: RunHistoryError.self) {
            try SQLiteHistory(path: folder.path("absent.sqlite"), isWritable: false).last(1)
        }
        #expect(absent.message == "there is no such file, or no permission")
        #expect(absent.isEmpty)
        let path = folder.path("newer.sqlite")
        try SQLiteHistory(path: path, isWritable: true).add(SampleRun.of("one", [("a", .passed)]), keeping: 5)
        // The version of the tables is a number of four bytes at a place of the file that SQLite documents.
        let descriptor = open(path, O_WRONLY)
        var version: [UInt8] = [0, 0, 0, 99]
        #expect(pwrite(descriptor, &version, 4, 60) == 4)
        close(descriptor)
        for isWritable in [true, false] {
            let newer = try #require(throws: RunHistoryError.self) {
                try SQLiteHistory(path: path, isWritable: isWritable).last(1)
            }
            #expect(newer.message.hasPrefix("it has version 99 of the tables"))
        }
    }
}
