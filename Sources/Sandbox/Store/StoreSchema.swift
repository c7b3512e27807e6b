/// The tables of the gateway's store: the same two in the schema of each model.
struct StoreSchema: Sendable {
    /// The models that have a schema; the sandbox serves four of them.
    static let models = [
        "deepcoder", "deepseek", "hermes", "imp", "mimo", "mixtral", "openchat", "phi3", "yi34",
    ]

    /// What was served: a row for each completion.
    static let completions = StoreTable(
        name: "completions",
        columns: [
            .init("id", .text), .init("request_id", .text), .init("model", .text),
            .init("replica", .text, isNullable: true),
            .init("finish_reason", .text), .init("prompt_tokens", .integer), .init("completion_tokens", .integer),
            .init("tokens", .integer), .init("message_count", .integer), .init("temperature", .real, fallback: "1"),
            .init("streamed", .boolean, fallback: "FALSE"), .init("latency_ms", .real),
            .init("created_at", .timestamp, fallback: "CURRENT_TIMESTAMP"),
        ], key: "id",
        constraints: [
            .check("completions_model_named", "model <> ''"),
            .check("completions_finish_reason_known", "finish_reason IN ('stop', 'length')"),
            .check("completions_tokens_counted", "prompt_tokens >= 0 AND completion_tokens >= 0"),
            .check("completions_tokens_summed", "tokens = prompt_tokens + completion_tokens"),
            .check("completions_messages_counted", "message_count > 0"),
            .check("completions_temperature_ranged", "temperature >= 0 AND temperature <= 2"),
            .check("completions_latency_positive", "latency_ms >= 0"),
        ],
        indexes: [
            ("completions_created_at", ["created_at"]), ("completions_request_id", ["request_id"]),
        ])

    /// What was said: the messages of the request in their order, and the answers.
    static let messages = StoreTable(
        name: "messages",
        columns: [
            .init("id", .serial), .init("completion_id", .text), .init("position", .integer), .init("role", .text),
            .init("content", .text), .init("tokens", .integer),
        ], key: "id",
        constraints: [
            .reference(
                "messages_completion_known", column: "completion_id", table: "completions", key: "id", cascades: true),
            .unique("messages_position_once", ["completion_id", "position"]),
            .check("messages_position_counted", "position >= 0"),
            .check("messages_role_known", "role IN ('system', 'developer', 'user', 'assistant', 'tool')"),
            .check("messages_tokens_counted", "tokens >= 0"),
        ])

    /// The schemas that there are.
    var schemas = Self.models
    private var tables: [String: [StoreTable]] = [:]

    /// The tables of a schema, completions first.
    func tables(in schema: String) -> [StoreTable] { tables[schema] ?? [Self.completions, Self.messages] }

    /// A table of a schema; nil where it is missing.
    func table(_ name: String, in schema: String) -> StoreTable? {
        tables(in: schema).first { $0.name == name }
    }

    /// The schema as it is with the breaks that concern it.
    init(breaks: Set<SandboxBreak> = []) {
        if breaks.contains(.storeSchemaMissing) { schemas.removeAll { $0 == "yi34" } }
        for schema in schemas {
            var completions = Self.completions
            var messages: StoreTable? = Self.messages
            for fault in breaks { Self.apply(fault, schema, &completions, &messages) }
            tables[schema] = [completions] + (messages.map { [$0] } ?? [])
        }
    }

    private static func apply(
        _ fault: SandboxBreak, _ schema: String, _ completions: inout StoreTable, _ messages: inout StoreTable?
    ) {
        switch (fault, schema) {
        case (.storeTableMissing, "deepseek"): messages = nil
        case (.storeColumnMissing, "hermes"): completions.columns.removeAll { $0.name == "request_id" }
        case (.storeColumnType, "phi3"):
            messages?.change("tokens") { $0.type = .text }
            // PostgreSQL compares no text with a number.
            messages?.drop("messages_tokens_counted")
        case (.storeIndexMissing, _): completions.indexes.removeAll { $0.name == "completions_created_at" }
        case (.storeUniqueMissing, "mixtral"): messages?.drop("messages_position_once")
        case (.storeCheckMissing, "mixtral"): completions.drop("completions_tokens_summed")
        case (.storeNotNullMissing, "mixtral"): messages?.change("content") { $0.isNullable = true }
        case (.storeForeignKeyMissing, "mixtral"): messages?.drop("messages_completion_known")
        case (.storeCascadeMissing, "mixtral"):
            messages?.drop("messages_completion_known")
            messages?.constraints.append(
                .reference(
                    "messages_completion_known", column: "completion_id", table: "completions", key: "id",
                    cascades: false))
        default: break
        }
        if fault == .storeColumnMissing, schema == "hermes" {
            completions.indexes.removeAll { $0.columns == ["request_id"] }
        }
    }
}

extension StoreTable {
    fileprivate mutating func drop(_ constraint: String) { constraints.removeAll { $0.name == constraint } }

    fileprivate mutating func change(_ column: String, _ change: (inout Column) -> Void) {
        guard let index = columns.firstIndex(where: { $0.name == column }) else { return }
        change(&columns[index])
    }
}
