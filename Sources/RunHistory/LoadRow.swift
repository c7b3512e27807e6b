internal import Reporting
internal import ScenarioModel

/// A load as a row of a table, which every history has alike: figures in columns, all else in a document.
///
/// The table is made with the first load that is kept, so that a history of runs alone stays as older versions know it.
enum LoadRow {
    /// The columns, each with its type in PostgreSQL and the one in SQLite.
    private static let table: [(name: String, postgres: String, sqlite: String)] = [
        ("id", "text NOT NULL", "TEXT NOT NULL"), ("started", "text NOT NULL", "TEXT NOT NULL"),
        ("version", "text NOT NULL", "TEXT NOT NULL"), ("profile", "text", "TEXT"),
        ("seed", "text NOT NULL", "TEXT NOT NULL"), ("name", "text NOT NULL", "TEXT NOT NULL"),
        ("identity", "text NOT NULL", "TEXT NOT NULL"), ("rate", "double precision", "REAL"),
        ("users", "integer", "INTEGER"), ("ms", "double precision NOT NULL", "REAL NOT NULL"),
        ("status", "integer NOT NULL", "INTEGER NOT NULL"), ("passed", "bigint NOT NULL", "INTEGER NOT NULL"),
        ("failed", "bigint NOT NULL", "INTEGER NOT NULL"), ("errors", "bigint NOT NULL", "INTEGER NOT NULL"),
        ("per_second", "double precision NOT NULL", "REAL NOT NULL"), ("p95", "double precision", "REAL"),
        ("comparison", "text", "TEXT"),
    ]
    private static let record = (name: "record", postgres: "text NOT NULL", sqlite: "TEXT NOT NULL")

    /// The columns of the figures.
    static let columns = table.map(\.name)
    /// All columns.
    static let allColumns = columns + [record.name]
    /// What declares them in PostgreSQL.
    static let postgresColumns = (table + [record]).map { "\($0.name) \($0.postgres)" }.joined(separator: ", ")
    /// What declares them in SQLite.
    static let sqliteColumns = (table + [record]).map { "\($0.name) \($0.sqlite)" }.joined(separator: ", ")
    /// What holds of a load that can be a baseline.
    static let heldCondition = "status = 0 AND (comparison IS NULL OR comparison <> 'worse')"

    /// The cells of all columns.
    static func cells(of result: LoadResult) -> [String?] {
        let load = KeptLoad(result)
        return [
            load.id, load.started, load.version, load.profile, load.seed, load.name.replacing("\0", with: "\u{2400}"),
            load.identity, load.rate.map { String($0) }, load.users.map { String($0) }, String(load.ms),
            String(load.status), String(load.passed), String(load.failed), String(load.errors),
            String(load.perSecond), load.p95.map { String($0) }, load.comparison?.rawValue,
            result.record,
        ]
    }

    /// Reads the cells of the figures.
    static func load(_ cells: [String?]) -> KeptLoad {
        func text(_ column: Int) -> String { cells[column] ?? "" }
        func count(_ column: Int) -> Int { Int(text(column)) ?? 0 }
        var load = KeptLoad(
            id: text(0), started: text(1), version: text(2), seed: text(4), name: text(5), identity: text(6))
        (load.profile, load.rate, load.users) = (
            cells[3], cells[7].flatMap { Double($0) }, cells[8].flatMap { Int($0) }
        )
        (load.ms, load.status) = (Double(text(9)) ?? 0, count(10))
        (load.passed, load.failed, load.errors) = (count(11), count(12), count(13))
        (load.perSecond, load.p95) = (Double(text(14)) ?? 0, cells[15].flatMap { Double($0) })
        load.comparison = cells[16].flatMap { LoadComparison.Verdict(rawValue: $0) }
        return load
    }
}
