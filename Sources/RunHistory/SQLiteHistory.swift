internal import GRDB
internal import Glibc
public import Reporting
public import ScenarioModel

/// The runs and loads of a project in a SQLite file.
///
/// Two runs that end at once each wait for the other's write (WAL and a busy time-out), so neither is lost.
public final class SQLiteHistory: RunHistory {
    private let path: String
    private let queue: DatabaseQueue

    /// Opens a history; makes the file where it is to be written and does not exist.
    ///
    /// - Throws: That it is damaged, written by a newer version, or out of reach.
    public init(path: String, isWritable: Bool) throws(RunHistoryError) {
        self.path = path
        var settings = Configuration()
        settings.readonly = !isWritable
        settings.busyMode = .timeout(10)
        settings.label = "history"
        do {
            let queue = try DatabaseQueue(path: path, configuration: settings)
            self.queue = queue
            if isWritable {
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
                try queue.inDatabase { database in
                    try database.inTransaction(.immediate) {
                        try Self.define(database)
                        return .commit
                    }
                }
            } else {
                try queue.read { _ = try Self.check($0, wasMade: true) }
            }
        } catch {
            throw Self.error(path, error)
        }
    }

    public func add(_ result: RunResult, keeping most: Int) throws(RunHistoryError) {
        try change { database in
            try Self.insert(result, database)
            try Self.forget(keeping: max(1, most), database)
        }
    }

    public func add(_ load: LoadResult, keeping most: Int) throws(RunHistoryError) {
        try change { try Self.insert(load, keeping: max(1, most), $0) }
    }

    public func last(_ count: Int, profile: String? = nil) throws(RunHistoryError) -> KeptHistory {
        try look { database in
            var history = try Self.read(count, profile, database)
            history.loads = try Self.loads(count, profile, database)
            return history
        }
    }

    public func suites(of id: String?, profile: String? = nil) throws(RunHistoryError) -> String? {
        try look { database in
            guard try Self.check(database, wasMade: true) > 1 else { return nil }
            return try String.fetchOne(
                database,
                sql: """
                    SELECT suites FROM runs WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR profile = ?2)
                    ORDER BY number DESC LIMIT 1
                    """, arguments: [id, profile])
        }
    }

    public func load(_ wanted: WantedLoad) throws(RunHistoryError) -> LoadResult? {
        try look { try Self.load(wanted, $0) }
    }

    private func look<Found>(_ body: (Database) throws -> Found) throws(RunHistoryError) -> Found {
        do {
            return try queue.read(body)
        } catch {
            throw Self.error(path, error)
        }
    }

    /// Does all of it or nothing, while no other run writes.
    private func change(_ body: (Database) throws -> Void) throws(RunHistoryError) {
        do {
            try queue.inDatabase { database in
                try database.inTransaction(.immediate) {
                    try body(database)
                    return .commit
                }
            }
        } catch {
            throw Self.error(path, error)
        }
    }
}

extension SQLiteHistory {
    private struct NewerSchema: Error {
        var version: Int
    }

    private static func define(_ database: Database) throws {
        let version = try check(database, wasMade: false)
        guard version < HistoryBounds.schema else { return }
        if version == 1 {
            try database.execute(
                sql: "ALTER TABLE runs ADD COLUMN suites TEXT; PRAGMA user_version = \(HistoryBounds.schema)")
            return
        }
        try database.execute(
            sql: """
                CREATE TABLE runs (
                    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, started TEXT NOT NULL,
                    version TEXT NOT NULL, profile TEXT, seed TEXT NOT NULL, ms REAL NOT NULL, status INTEGER NOT NULL,
                    passed INTEGER NOT NULL, failed INTEGER NOT NULL, errors INTEGER NOT NULL,
                    skipped INTEGER NOT NULL, flaky INTEGER NOT NULL, suites TEXT);
                CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                CREATE TABLE results (
                    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, name INTEGER NOT NULL REFERENCES names,
                    verdict TEXT NOT NULL, flaky INTEGER NOT NULL, ms REAL NOT NULL, PRIMARY KEY (run, name)
                ) WITHOUT ROWID;
                CREATE INDEX results_by_name ON results (name);
                PRAGMA user_version = \(HistoryBounds.schema);
                """)
    }

    /// The version of the tables, 0 in a new file.
    @discardableResult
    private static func check(_ database: Database, wasMade: Bool) throws -> Int {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= HistoryBounds.schema, !(wasMade && version == 0) else { throw NewerSchema(version: version) }
        return version
    }

    private static func insert(_ result: RunResult, _ database: Database) throws {
        let run = KeptRun(result)
        try database.execute(
            sql: """
                INSERT INTO runs
                (id, started, version, profile, seed, ms, status, passed, failed, errors, skipped, flaky, suites)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run.id, run.started, run.version, run.profile, run.seed, run.ms, run.status, run.passed, run.failed,
                run.errors, run.skipped, run.flaky, SuiteReport(result).record,
            ])
        let number = database.lastInsertedRowID
        let name = try database.makeStatement(sql: "INSERT OR IGNORE INTO names (name) VALUES (?)")
        let row = try database.makeStatement(
            sql: "INSERT OR REPLACE INTO results SELECT ?, number, ?, ?, ? FROM names WHERE name = ?")
        for test in result.tests {
            try name.execute(arguments: [test.test.name])
            try row.execute(arguments: [number, test.verdict.rawValue, test.isFlaky, test.ms, test.test.name])
        }
    }

    private static func forget(keeping most: Int, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM runs WHERE number NOT IN (SELECT number FROM runs ORDER BY number DESC LIMIT ?)",
            arguments: [most])
        while try Int.fetchOne(database, sql: "SELECT count(*) FROM results") ?? 0 > HistoryBounds.mostResults,
            try Int.fetchOne(database, sql: "SELECT count(*) FROM runs") ?? 0 > 1
        {
            try database.execute(sql: "DELETE FROM runs WHERE number = (SELECT min(number) FROM runs)")
        }
        try database.execute(sql: "DELETE FROM names WHERE number NOT IN (SELECT name FROM results)")
    }

    private static func read(_ count: Int, _ profile: String?, _ database: Database) throws -> KeptHistory {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT * FROM runs WHERE ?1 IS NULL OR profile = ?1 ORDER BY number DESC LIMIT ?2",
            arguments: [profile, count]
        ).reversed()
        var history = KeptHistory(runs: [], tests: [:])
        var places: [Int: Int] = [:]
        for row in rows {
            places[row["number"]] = history.runs.count
            history.runs.append(
                KeptRun(
                    id: row["id"], started: row["started"], version: row["version"], profile: row["profile"],
                    seed: row["seed"], ms: row["ms"], status: row["status"], passed: row["passed"],
                    failed: row["failed"], errors: row["errors"], skipped: row["skipped"], flaky: row["flaky"]))
        }
        guard let oldest = places.keys.min() else { return history }
        let results = try Row.fetchCursor(
            database,
            sql: """
                SELECT run, names.name AS test, verdict, flaky, ms FROM results JOIN names ON names.number = results.name
                WHERE run >= ?
                """, arguments: [oldest])
        while let row = try results.next() {
            let (run, name, verdict): (Int, String, String) = (row["run"], row["test"], row["verdict"])
            guard let place = places[run], let verdict = Verdict(rawValue: verdict) else { continue }
            let empty: [KeptTest?] = Array(repeating: nil, count: history.runs.count)
            history.tests[name, default: empty][place] = KeptTest(
                verdict: verdict, isFlaky: row["flaky"], ms: row["ms"])
        }
        return history
    }

    private static func error(_ path: String, _ error: any Error) -> RunHistoryError {
        if let newer = error as? NewerSchema {
            guard newer.version > 0 else {
                return RunHistoryError(path: path, message: "it is no history of plumb", hint: "name another file")
            }
            return RunHistoryError(
                path: path,
                message:
                    "it has version \(newer.version) of the tables, and this plumb knows version "
                    + "\(HistoryBounds.schema)",
                hint: "use a newer plumb, or move the file away")
        }
        guard let error = error as? DatabaseError else { return RunHistoryError(path: path, message: "\(error)") }
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return RunHistoryError(
                path: path, message: "it is damaged, or no SQLite file",
                hint: "move it away; the next run with --history makes a new one")
        case .SQLITE_CANTOPEN:
            return RunHistoryError(
                path: path, message: "there is no such file, or no permission",
                hint: "'plumb run --history' makes one beside the configuration", isEmpty: access(path, F_OK) != 0)
        case .SQLITE_BUSY:
            return RunHistoryError(path: path, message: "another program has held it locked for 10 s")
        case .SQLITE_FULL:
            return RunHistoryError(path: path, message: "no space is left; it is as it was before")
        default:
            return RunHistoryError(path: path, message: (error.message ?? "\(error.resultCode)").lowercased())
        }
    }
}
