internal import Expressions

/// A database's plan of a query as JSON.
enum QueryPlan {
    /// PostgreSQL's own object, `{"Plan": {…}, "Execution Time": …}`; of SQLite a tree of `{detail, plans}`.
    static func value(of answer: StatementAnswer, _ dialect: SQLDialect) -> Value {
        if dialect == .sqlite { return children(of: 0, answer.rows) }
        guard case .object(let row)? = answer.rows.first, let first = Array(row).first?.1 else { return .null }
        return first.array?.first ?? first
    }

    /// The steps below one, in their order.
    private static func children(of parent: Double, _ rows: [Value], depth: Int = 0) -> Value {
        guard depth < 100 else { return .array([]) }
        return .array(
            rows.filter { $0["parent"]?.number == parent }.map { row in
                var object = Value.Object()
                object["detail"] = row["detail"] ?? .null
                let id = row["id"]?.number ?? -1
                object["plans"] = id > 0 ? children(of: id, rows, depth: depth + 1) : .array([])
                return .object(object)
            })
    }
}
