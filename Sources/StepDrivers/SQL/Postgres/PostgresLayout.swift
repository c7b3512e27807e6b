internal import Expressions
internal import PostgresTransport

/// How the rows of a statement become objects; kept with the statement, since it seldom changes.
final class PostgresLayout {
    let columns: [PostgresColumn]
    /// The type of each column; nil where the server has to be asked.
    let types: [PostgresType?]
    /// Where each column's value stands in a row.
    let slots: [Int]
    /// A row without values.
    let empty: Value.Object
    /// The columns as a step sees them.
    let shown: [StatementAnswer.Column]

    init(_ columns: [PostgresColumn], _ catalogue: PostgresTypes) {
        self.columns = columns
        types = columns.map { catalogue.unknown([$0.type]).isEmpty ? catalogue[$0.type] : nil }
        let empty = Value.Object(columns.lazy.map { ($0.name, Value.null) })
        self.empty = empty
        slots = columns.map { column in empty.keys.firstIndex { $0 == column.name } ?? 0 }
        shown = columns.map { .init(name: $0.name, type: catalogue[$0.type]?.name ?? "unknown") }
    }

    /// Whether every type is known.
    var isComplete: Bool { !types.contains { $0 == nil } }
}
