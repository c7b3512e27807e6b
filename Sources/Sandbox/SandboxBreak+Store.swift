extension SandboxBreak {
    /// What is wrong with the store of completions and the database, and who must notice; nil for breaks of other parts.
    var storeFacts: Facts? {
        let store = "cross_service/model_to_database/"
        let integrity = "database_tests/data_integrity/"
        let pooling = "database_tests/connection_pooling/"
        let connectivity = "external_apis/database_connectivity/"
        return switch self {
        case .storeSkipped: ("a completion is not stored", [Proof(store + "data_persistence", "stored")])
        case .storeTokensWrong:
            ("a completion is stored with one token too many", [Proof(store + "data_persistence", "stored")])
        case .storeTwice:
            (
                "a completion is stored twice, the second time under another id",
                [Proof(store + "data_persistence", "stored")]
            )
        case .storeWithoutMessages:
            ("a completion is stored without its messages", [Proof(store + "data_persistence", "stored")])
        case .storeHalf:
            (
                "what was inserted before a failure stays",
                [Proof(store + "transaction_handling", "nothing"), Proof("error_tests/model_to_database", "nothing")]
            )
        case .storeErrorHidden:
            (
                "a completion that could not be stored is answered all the same",
                [
                    Proof(store + "transaction_handling", "refused"),
                    Proof("error_tests/gateway_to_database", "refused"),
                ]
            )
        case .storeLate:
            ("a completion is stored a second after its answer", [Proof(store + "data_persistence", "stored")])
        case .storeLosesConcurrent:
            (
                "a completion is not stored while another one is being stored",
                [Proof(store + "transaction_handling", "kept")]
            )
        case .storeSlow:
            (
                "storing takes two seconds",
                [
                    Proof(store + "data_persistence", "chat"),
                    Proof("performance_tests/model_to_database", "stored"),
                    Proof("load_tests/model_to_database", "stored"),
                ]
            )
        case .storeSlowQuery:
            (
                "a query over the completions of all schemas takes over half a second",
                [
                    Proof(store + "query_performance", "anywhere"),
                    Proof("performance_tests/database_connectivity", "queries"),
                    Proof("load_tests/database_connectivity", "queries"),
                ]
            )
        case .storeStuckAfterDown:
            ("a store that was down is never reached again", [Proof(store + "transaction_handling", "serves_again")])
        case .storeConnectionLeaked:
            (
                "a connection whose transaction failed is not given back",
                [Proof(store + "connection_pooling", "given_back")]
            )
        case .storePoolUnbounded:
            (
                "the gateway opens as many connections to the store as it has requests",
                [Proof(store + "connection_pooling", "after")]
            )
        case .storeConnectionsNotReused:
            (
                "each completion opens a connection to the store of its own",
                [Proof(store + "connection_pooling", "reused")]
            )
        case .storeSchemaMissing:
            ("there is no schema yi34", [Proof("database_tests/schema_validation/expected_schemas", "columns")])
        case .storeTableMissing:
            ("deepseek has no table messages", [Proof("database_tests/schema_validation/expected_schemas", "columns")])
        case .storeColumnMissing:
            (
                "hermes.completions has no column request_id",
                [Proof("database_tests/schema_validation/expected_schemas", "columns")]
            )
        case .storeColumnType:
            ("phi3.messages.tokens is text", [Proof("database_tests/schema_validation/expected_schemas", "columns")])
        case .storeIndexMissing:
            (
                "no schema has an index on completions.created_at",
                [Proof(integrity + "performance_optimization", "by_time"), Proof(store + "query_performance", "plan")]
            )
        case .storeUniqueMissing:
            ("mixtral.messages takes a position twice", [Proof(integrity + "constraint_validation", "refused")])
        case .storeCheckMissing:
            (
                "mixtral.completions takes tokens that are not the sum of their parts",
                [Proof(integrity + "constraint_validation", "refused")]
            )
        case .storeNotNullMissing:
            (
                "mixtral.messages takes a message without content",
                [Proof(integrity + "constraint_validation", "refused")]
            )
        case .storeForeignKeyMissing:
            (
                "mixtral.messages takes messages of a completion that is not there",
                [Proof(integrity + "referential_integrity", "orphan_refused")]
            )
        case .storeCascadeMissing:
            (
                "a completion of mixtral cannot be deleted while it has messages",
                [Proof(integrity + "referential_integrity", "cascade")]
            )
        case .storeOrphans:
            (
                "openchat.messages holds a message of a completion that is not there",
                [Proof(integrity + "referential_integrity", "orphans")]
            )
        case .storeCountsDisagree:
            (
                "a completion of imp counts more messages than it has",
                [Proof(integrity + "data_consistency", "message_counts"), Proof("examples/cases_from_sql", "counted")]
            )
        case .databaseGone:
            (
                "the database that callers are pointed at is not there",
                [
                    Proof(connectivity + "query_execution", "table"),
                    Proof(connectivity + "connection_pooling", "bounded"),
                    Proof(pooling + "pool_initialization", "first"), Proof(pooling + "load_distribution", "work"),
                    Proof("examples/sql_explain", "plan"),
                ]
            )
        case .databaseReadOnly:
            (
                "callers cannot write to the database",
                [
                    Proof(connectivity + "transaction_handling", "table"), Proof(pooling + "error_recovery", "table"),
                    Proof(pooling + "connection_management", "transaction_left"),
                    Proof("examples/sql_basics", "table"), Proof("examples/sql_transaction", "table"),
                    Proof("examples/sql_session", "table"),
                ]
            )
        default: nil
        }
    }
}
