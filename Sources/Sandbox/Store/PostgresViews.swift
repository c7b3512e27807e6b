/// The views that show the tables of all schemas as one in PostgreSQL, and through which a completion can be deleted;
/// the same as ``StoreViews`` of SQLite.
enum PostgresViews {
    /// What stands in `public`.
    static let names = ["models", "completions", "messages"]

    /// Takes away what a sandbox made there.
    static let removal = """
        DROP VIEW IF EXISTS public.completions; DROP VIEW IF EXISTS public.messages;
        DROP TABLE IF EXISTS public.models; DROP FUNCTION IF EXISTS public.plumb_completions_deleted();

        """

    /// The statements that make them.
    static func definitions(_ schema: StoreSchema, isSlow: Bool) -> [String] {
        let models = schema.schemas.map { "('\($0)', '\($0)')" }.joined(separator: ", ")
        var statements = [
            "CREATE TABLE public.models (name TEXT PRIMARY KEY, schema_name TEXT NOT NULL UNIQUE)",
            "INSERT INTO public.models VALUES \(models)", "COMMENT ON TABLE public.models IS '\(PostgresStore.mark)'",
        ]
        for table in [StoreSchema.completions, StoreSchema.messages] {
            let union = schema.schemas.compactMap { part(of: table, in: $0, schema) }.joined(separator: " UNION ALL ")
            let query =
                isSlow && table == StoreSchema.completions
                ? "WITH delay AS MATERIALIZED (SELECT pg_sleep(1)) SELECT served.* FROM delay CROSS JOIN (\(union)) AS served"
                : union
            statements.append("CREATE VIEW public.\(table.name) AS \(query)")
            statements.append("COMMENT ON VIEW public.\(table.name) IS '\(PostgresStore.mark)'")
        }
        let deletions = schema.schemas.map { "DELETE FROM \($0).completions WHERE id = OLD.id;" }
        statements.append(
            "CREATE FUNCTION public.plumb_completions_deleted() RETURNS trigger LANGUAGE plpgsql AS "
                + "$$ BEGIN \(deletions.joined(separator: " ")) RETURN OLD; END $$")
        statements.append(
            "CREATE TRIGGER completions_deleted INSTEAD OF DELETE ON public.completions FOR EACH ROW "
                + "EXECUTE FUNCTION public.plumb_completions_deleted()")
        return statements
    }

    /// A schema's table with the columns as they should be, whatever a break made of them; nil where it is missing.
    private static func part(of table: StoreTable, in name: String, _ schema: StoreSchema) -> String? {
        guard let found = schema.table(table.name, in: name) else { return nil }
        let columns = table.columns.map { column in
            let type = column.type == .serial ? "BIGINT" : StoreDialect.postgres.name(of: column.type)
            let isThere = found.columns.contains { $0.name == column.name }
            return "CAST(\(isThere ? column.name : "NULL") AS \(type)) AS \(column.name)"
        }
        return "SELECT '\(name)'::text AS schema_name, \(columns.joined(separator: ", ")) FROM \(name).\(table.name)"
    }
}
