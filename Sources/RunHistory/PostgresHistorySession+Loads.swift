internal import Reporting
internal import ScenarioModel

extension PostgresHistorySession {
    /// Whether a load has been kept already.
    private func hasLoads() async throws(RunHistoryError) -> Bool {
        try await rows("SELECT to_regclass('plumb_loads')").first?.first ?? nil != nil
    }

    func insert(_ load: LoadResult, keeping most: Int) async throws(RunHistoryError) {
        if try await !hasLoads() {
            try await rows(
                "CREATE TABLE plumb_loads (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                    + "\(LoadRow.postgresColumns))")
            try await rows("CREATE INDEX plumb_loads_by_identity ON plumb_loads (identity)")
        }
        let columns = LoadRow.allColumns
        let places = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        try await rows(
            "INSERT INTO plumb_loads (\(columns.joined(separator: ", "))) VALUES (\(places))", LoadRow.cells(of: load))
        try await rows(
            """
            DELETE FROM plumb_loads
            WHERE number NOT IN (SELECT number FROM plumb_loads ORDER BY number DESC LIMIT $1)
            """, [String(most)])
    }

    /// The last loads, oldest first.
    func loads(_ count: Int, _ profile: String?) async throws(RunHistoryError) -> [KeptLoad] {
        guard try await hasLoads() else { return [] }
        return try await rows(
            """
            SELECT \(LoadRow.columns.joined(separator: ", ")) FROM plumb_loads
            WHERE $1::text IS NULL OR profile = $1 ORDER BY number DESC LIMIT $2
            """, [profile, String(count)]
        ).reversed().map(LoadRow.load)
    }

    func load(_ wanted: WantedLoad) async throws(RunHistoryError) -> LoadResult? {
        guard try await hasLoads() else { return nil }
        let (condition, parameter) = wanted.condition
        let record =
            try await rows(
                "SELECT record FROM plumb_loads WHERE \(condition) ORDER BY number DESC LIMIT 1", [parameter]
            ).first?.first ?? nil
        return record.flatMap { LoadResult(record: $0) }
    }
}
