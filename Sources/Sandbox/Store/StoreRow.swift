/// A row on its way into a table.
struct StoreRow: Sendable {
    var schema: String
    var table: StoreTable
    var values: [String: StoreValue]

    /// The rows of a completion and its messages, the completion first; none for a model without a schema.
    static func rows(of record: CompletionRecord, in schema: StoreSchema) -> [StoreRow] {
        guard schema.schemas.contains(record.schema), let completions = schema.table("completions", in: record.schema)
        else { return [] }
        var rows = [StoreRow(schema: record.schema, table: completions, values: record.row)]
        guard let messages = schema.table("messages", in: record.schema) else { return rows }
        for position in record.messages.indices {
            rows.append(StoreRow(schema: record.schema, table: messages, values: record.row(ofMessage: position)))
        }
        return rows
    }
}
