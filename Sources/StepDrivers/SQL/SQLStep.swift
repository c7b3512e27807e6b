public import ScenarioModel
public import ScenarioSyntax

/// The `sql` step: statements on a database, with bound values, and their rows as a result.
///
/// ```yaml
/// sql: { query: SELECT model FROM completions WHERE id = $1, params: [7] }
/// ```
public struct SQLStep: StepKind {
    /// Creates the kind.
    public init() {}

    public var name: String { "sql" }
    public var keys: KeyTable { Self.table }
    public var shape: Shape { .oneOf([.text, .table { Self.table }]) }
    public var targetKinds: [TargetKind] { [PostgresTargetKind.kind, SQLiteTargetKind.kind] }
    public var resultFields: [ResultField] { Self.fields + [Self.planField] }

    /// The members of every result.
    static let fields: [ResultField] = [
        ResultField("rows", "The rows, an object each, its members in the order of the columns."),
        ResultField("row_count", "How many rows came back, or were changed where none come back."),
        ResultField("columns", "The columns: `[{name, type}]`, the type as the database calls it."),
        ResultField("command", "What was done, in capitals: `SELECT`, `INSERT`, `CREATE TABLE`.", isText: true),
        ResultField("truncated", "Whether there were more rows than `rows_limit`; they were left out."),
        ResultField(
            "statements", "Of each statement `{rows, row_count, columns, command}`; the result's are the last's."),
        ResultField("timing", "Milliseconds by phase: `{pool, connect, query}`."),
        ResultField(
            "pool",
            "The pool when the step had its connection: `{size, overflow, in_use, idle, waiting, opened, reused, waited_ms}`."
        ),
    ]

    /// What `explain: true` adds.
    static let planField = ResultField("plan", "The database's plan of the query, where `explain` asks for it.")
}
