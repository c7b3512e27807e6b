/// The views that show the tables of all schemas as one, and through which a completion can be deleted.
///
/// ```sql
/// SELECT model, tokens FROM completions WHERE id = $1
/// DELETE FROM completions WHERE id = $1
/// ```
enum StoreViews {
    /// What each schema's own database holds for the views: a name that no other schema has.
    ///
    /// The body of a trigger names tables without their schema.
    static func definitions(in schema: String) -> [String] {
        [
            "CREATE VIEW \(schema).\(schema)_completions AS SELECT * FROM completions",
            """
            CREATE TRIGGER \(schema).\(schema)_completions_deleted INSTEAD OF DELETE ON \(schema)_completions BEGIN
                DELETE FROM completions WHERE id = OLD.id;
            END
            """,
        ]
    }

    /// A row that takes some millions of steps to find.
    private static let delay = """
        (WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT 4000000)
        SELECT count(*) AS steps FROM number) AS delay
        """

    /// What each connection makes for itself: a view reaches other databases only if it is temporary.
    static func temporary(_ schema: StoreSchema, isSlow: Bool) -> [String] {
        var statements: [String] = []
        for table in [StoreSchema.completions, StoreSchema.messages] {
            let parts = schema.schemas.compactMap { name -> String? in
                guard let found = schema.table(table.name, in: name) else { return nil }
                let columns = table.columns.map { column in
                    found.columns.contains { $0.name == column.name } ? column.name : "NULL AS \(column.name)"
                }
                return "SELECT '\(name)' AS schema_name, \(columns.joined(separator: ", ")) FROM \(name).\(table.name)"
            }
            let union = parts.joined(separator: " UNION ALL ")
            statements.append(
                "CREATE TEMP VIEW \(table.name) AS "
                    + (isSlow && table == StoreSchema.completions
                        ? "SELECT served.* FROM \(delay) CROSS JOIN (\(union)) AS served" : union))
        }
        let deletions = schema.schemas.map { "DELETE FROM \($0)_completions WHERE id = OLD.id;" }
        statements.append(
            "CREATE TEMP TRIGGER completions_deleted INSTEAD OF DELETE ON completions BEGIN "
                + "\(deletions.joined(separator: " ")) END")
        return statements
    }
}
