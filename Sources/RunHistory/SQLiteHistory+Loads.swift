internal import GRDB
internal import Reporting
internal import ScenarioModel

extension SQLiteHistory {
    private static let table = "loads"

    static func insert(_ load: LoadResult, keeping most: Int, _ database: Database) throws {
        if try !database.tableExists(table) {
            try database.execute(
                sql: """
                    CREATE TABLE loads (number INTEGER PRIMARY KEY AUTOINCREMENT, \(LoadRow.sqliteColumns));
                    CREATE INDEX loads_by_identity ON loads (identity);
                    """)
        }
        let columns = LoadRow.allColumns
        // A column's type makes numbers of texts that are some.
        try database.execute(
            sql: """
                INSERT INTO loads (\(columns.joined(separator: ", ")))
                VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
                """, arguments: StatementArguments(LoadRow.cells(of: load)))
        try database.execute(
            sql: "DELETE FROM loads WHERE number NOT IN (SELECT number FROM loads ORDER BY number DESC LIMIT ?)",
            arguments: [most])
    }

    /// The last loads, oldest first.
    static func loads(_ count: Int, _ profile: String?, _ database: Database) throws -> [KeptLoad] {
        guard try database.tableExists(table) else { return [] }
        let columns = LoadRow.columns.map { "CAST(\($0) AS TEXT)" }.joined(separator: ", ")
        return try Row.fetchAll(
            database,
            sql: "SELECT \(columns) FROM loads WHERE ?1 IS NULL OR profile = ?1 ORDER BY number DESC LIMIT ?2",
            arguments: [profile, count]
        ).reversed().map { row in LoadRow.load(LoadRow.columns.indices.map { row[$0] }) }
    }

    static func load(_ wanted: WantedLoad, _ database: Database) throws -> LoadResult? {
        guard try database.tableExists(table) else { return nil }
        let (condition, parameter) = wanted.condition
        return try String.fetchOne(
            database, sql: "SELECT record FROM loads WHERE \(condition) ORDER BY number DESC LIMIT 1",
            arguments: ["1": parameter]
        ).flatMap { LoadResult(record: $0) }
    }
}
