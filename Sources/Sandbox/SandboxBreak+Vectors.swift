extension SandboxBreak {
    /// What is wrong with the store of vectors, and who must notice; nil for breaks of other parts.
    var vectorsFacts: Facts? {
        let store = "cross_service/model_to_database/"
        let integrity = "database_tests/data_integrity/"
        let pooling = "database_tests/connection_pooling/"
        let connectivity = "external_apis/database_connectivity/"
        let vectors = "cross_service/model_to_vector_database/"
        let connectivity = "external_apis/vector_database_connectivity/"
        let metrics = "external_apis/metrics_connectivity/"
        let monitored = "monitoring_tests/api_gateway_to_models"
        return switch self {
        case .vectorKeyIgnored:
            ("the vector store takes any key", [Proof(connectivity + "connection_establishment", "wrong_key")])
        case .createdTwice:
            (
                "a collection that is there can be created again",
                [
                    Proof(connectivity + "collection_management", "created_twice")
                ]
            )
        case .dropMissingAccepted:
            (
                "dropping a collection that is not there succeeds",
                [
                    Proof(connectivity + "collection_management", "dropped_twice")
                ]
            )
        case .collectionKept:
            ("a dropped collection is still there", [Proof(connectivity + "collection_management", "gone")])
        case .aliasIgnored:
            ("an alias is taken and not kept", [Proof(connectivity + "collection_management", "alias")])
        case .countStale:
            (
                "a count leaves out the point that came last",
                [Proof(connectivity + "vector_operations", "counted")]
            )
        case .pointsKept:
            ("deleted points are still there", [Proof(connectivity + "vector_operations", "counted_again")])
        case .filterIgnored:
            ("filters let every point pass", [Proof(connectivity + "vector_operations", "filtered")])
        case .payloadLost: ("points come back without their payload", [Proof(vectors + "vector_storage", "fetched")])
        case .vectorRounded:
            ("vectors are stored with three bits of a fraction", [Proof(vectors + "vector_storage", "fetched")])
        case .neighboursMissed:
            (
                "a search that is not exact misses one neighbour of three",
                [
                    Proof(vectors + "similarity_search", "recall")
                ]
            )
        case .hitsUnordered:
            ("the first and the last hit change places", [Proof(vectors + "similarity_search", "nearest")])
        case .indexForgotten:
            ("a payload index is taken and not built", [Proof(vectors + "index_management", "field_index")])
        case .indexNeverReady:
            ("the index of the vectors is never ready", [Proof(vectors + "index_management", "vector_index")])
        case .indexKept:
            ("a payload index cannot be removed", [Proof(vectors + "index_management", "field_index_removed")])
        case .vectorsSlow:
            (
                "the vector store takes 700 ms more",
                [
                    Proof(vectors + "performance_validation", "searches"),
                    Proof(connectivity + "performance_validation", "upserts"),
                ]
            )
        case .replicaUnreported:
            ("the last replica is missing in 'up'", [Proof(metrics + "metrics_collection", "all_up")])
        case .metricsStale:
            (
                "the page of metrics stays as it was first read",
                [
                    Proof(metrics + "metrics_collection", "fresh"),
                    Proof("monitoring_tests/metrics_connectivity", "scraped"),
                ]
            )
        case .requestsCountedTwice: ("each request is counted twice", [Proof(monitored, "counted")])
        case .tokensMiscounted: ("one token too many is counted for a completion", [Proof(monitored, "tokens")])
        case .latencyMisreported:
            (
                "latencies are reported fifty times too long",
                [Proof(metrics + "performance_monitoring", "latency_agrees")]
            )
        case .alertRulesMissing: ("no alert rules are loaded", [Proof(metrics + "alert_management", "loaded")])
        case .alertNeverFires: ("no alert ever fires", [Proof(metrics + "alert_management", "fires")])
        case .alertNeverResolves:
            ("an alert stays when its condition is gone", [Proof(metrics + "alert_management", "resolves")])
        case .grafanaDatabaseDown:
            ("Grafana's database does not answer", [Proof(metrics + "dashboard_access", "healthy")])
        case .grafanaOpen: ("Grafana asks nobody for a key", [Proof(metrics + "dashboard_access", "without_key")])
        case .dashboardMissing:
            ("a dashboard is missing in Grafana", [Proof(metrics + "dashboard_access", "dashboards")])
        case .dataSourceMissing:
            ("Grafana has no data source", [Proof(metrics + "dashboard_access", "data_source")])
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
            ("what was inserted before a failure stays", [Proof(store + "transaction_handling", "nothing")])
        case .storeErrorHidden:
            (
                "a completion that could not be stored is answered all the same",
                [Proof(store + "transaction_handling", "refused")]
            )
        case .storeLate:
            ("a completion is stored a second after its answer", [Proof(store + "data_persistence", "stored")])
        case .storeLosesConcurrent:
            (
                "a completion is not stored while another one is being stored",
                [Proof(store + "transaction_handling", "kept")]
            )
        case .storeSlow: ("storing takes two seconds", [Proof(store + "data_persistence", "chat")])
        case .storeSlowQuery:
            (
                "a query over the completions of all schemas takes over half a second",
                [Proof(store + "query_performance", "anywhere")]
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
