/// A way in which the sandbox can be broken on purpose, so that a scenario can prove that it notices.
public enum SandboxBreak: String, Sendable, Hashable, CaseIterable {
    case routingCrossed = "routing-crossed"
    case wrongModelName = "wrong-model-name"
    case requestIDLost = "request-id-lost"
    case usageWrong = "usage-wrong"
    case oneReplica = "one-replica"
    case skewedReplicas = "skewed-replicas"
    case unknownModelAnswered = "unknown-model-answered"
    case unknownModelCrashes = "unknown-model-crashes"
    case malformedAccepted = "malformed-accepted"
    case missingFieldAccepted = "missing-field-accepted"
    case missingKeyAccepted = "missing-key-accepted"
    case unauthorizedWithoutBody = "unauthorized-without-body"
    case errorWithoutCode = "error-without-code"
    case upstreamDownAnswered = "upstream-down-answered"
    case upstreamDownHangs = "upstream-down-hangs"
    case upstreamSlowAwaited = "upstream-slow-awaited"
    case stuckAfterError = "stuck-after-error"
    case noFailover = "no-failover"
    case healthLies = "health-lies"
    case slowTail = "slow-tail"
    case slowFirstToken = "slow-first-token"
    case lowThroughput = "low-throughput"
    case streamBuffered = "stream-buffered"
    case streamWithoutDone = "stream-without-done"
    case rateLimitIgnored = "rate-limit-ignored"
    case retryAfterMissing = "retry-after-missing"
    case embeddingsRandom = "embeddings-random"
    case temperatureIgnored = "temperature-ignored"
    case maximumTokensIgnored = "max-tokens-ignored"
    case metricsFrozen = "metrics-frozen"
    case statusNeverDone = "status-never-done"
    case deleteIgnored = "delete-ignored"
    case staleWriteAccepted = "stale-write-accepted"
    case pageRepeats = "page-repeats"
    case sessionForgotten = "session-forgotten"
    case answerOffTopic = "answer-off-topic"
    case modelsMixedUp = "models-mixed-up"
    case keyRepeated = "key-repeated"
    case slowModelHurries = "slow-model-hurries"
    case latestOutdated = "latest-outdated"
    case conversationsShared = "conversations-shared"
    case replicaUnreported = "replica-unreported"
    case metricsStale = "metrics-stale"
    case requestsCountedTwice = "requests-counted-twice"
    case tokensMiscounted = "tokens-miscounted"
    case latencyMisreported = "latency-misreported"
    case alertRulesMissing = "alert-rules-missing"
    case alertNeverFires = "alert-never-fires"
    case alertNeverResolves = "alert-never-resolves"
    case grafanaDatabaseDown = "grafana-database-down"
    case grafanaOpen = "grafana-open"
    case dashboardMissing = "dashboard-missing"
    case dataSourceMissing = "data-source-missing"
    case storeSkipped = "store-skipped"
    case storeTokensWrong = "store-tokens-wrong"
    case storeTwice = "store-twice"
    case storeWithoutMessages = "store-without-messages"
    case storeHalf = "store-half"
    case storeErrorHidden = "store-error-hidden"
    case storeLate = "store-late"
    case storeLosesConcurrent = "store-loses-concurrent"
    case storeSlow = "store-slow"
    case storeSlowQuery = "store-slow-query"
    case storeStuckAfterDown = "store-stuck-after-down"
    case storeConnectionLeaked = "store-connection-leaked"
    case storePoolUnbounded = "store-pool-unbounded"
    case storeConnectionsNotReused = "store-connections-not-reused"
    case storeSchemaMissing = "store-schema-missing"
    case storeTableMissing = "store-table-missing"
    case storeColumnMissing = "store-column-missing"
    case storeColumnType = "store-column-type"
    case storeIndexMissing = "store-index-missing"
    case storeUniqueMissing = "store-unique-missing"
    case storeCheckMissing = "store-check-missing"
    case storeNotNullMissing = "store-not-null-missing"
    case storeForeignKeyMissing = "store-foreign-key-missing"
    case storeCascadeMissing = "store-cascade-missing"
    case storeOrphans = "store-orphans"
    case storeCountsDisagree = "store-counts-disagree"
    case databaseGone = "database-gone"
    case databaseReadOnly = "database-read-only"

    /// What is wrong, in one line.
    public var summary: String {
        facts.summary
    }

    /// The scenarios that must notice; the first is the one that is about it.
    public var proofs: [Proof] {
        facts.proofs
    }

    /// A step that must be the first to fail in a scenario that is run on a sandbox broken in this way.
    public struct Proof: Sendable, Hashable {
        /// A path below `scenarios/` without its extension.
        public var scenario: String
        /// The step's id.
        public var step: String

        fileprivate init(_ scenario: String, _ step: String) {
            self.scenario = scenario
            self.step = step
        }
    }

    private var facts: (summary: String, proofs: [Proof]) {
        let suite = "cross_service/api_gateway_to_models/"
        let store = "cross_service/model_to_database/"
        let integrity = "database_tests/data_integrity/"
        let pooling = "database_tests/connection_pooling/"
        let connectivity = "external_apis/database_connectivity/"
        let errors = suite + "error_handling"
        let performance = suite + "performance_validation"
        let answer = Proof(suite + "basic_routing", "answer")
        let spread = Proof(suite + "load_balancing", "spread")
        let typed = Proof("examples/templates_keep_types", "typed")
        let stream = Proof("examples/streaming", "stream")
        let metrics = "external_apis/metrics_connectivity/"
        let monitored = "monitoring_tests/api_gateway_to_models"
        return switch self {
        case .routingCrossed: ("requests for hermes go to mixtral's service", [answer])
        case .wrongModelName:
            (
                "answers name another model than the one that made them",
                [answer, Proof("examples/scenario_needs", "chat")]
            )
        case .requestIDLost: ("the caller's x-request-id is not echoed", [answer, typed])
        case .usageWrong: ("usage.total_tokens is not the sum of its parts", [answer])
        case .oneReplica:
            ("every request of a model goes to its first replica", [spread, Proof("examples/repeat", "many")])
        case .skewedReplicas: ("the first replica gets nine requests of ten", [spread])
        case .unknownModelAnswered: ("an unknown model is answered by mixtral", [Proof(errors, "unknown_model")])
        case .unknownModelCrashes: ("an unknown model gives 500 instead of 404", [Proof(errors, "unknown_model")])
        case .malformedAccepted: ("a body that is not JSON is answered", [Proof(errors, "malformed_body")])
        case .missingFieldAccepted: ("a request without messages is answered", [Proof(errors, "missing_messages")])
        case .missingKeyAccepted:
            (
                "a request without an API key is answered",
                [Proof(errors, "missing_key"), Proof("examples/login_and_cookies", "without_cookie")]
            )
        case .unauthorizedWithoutBody: ("401 comes without an error body", [Proof(errors, "missing_key")])
        case .errorWithoutCode: ("error bodies carry no code", [Proof(errors, "unknown_model")])
        case .upstreamDownAnswered:
            (
                "a model whose service is down is answered with 200",
                [Proof(errors, "upstream_down"), Proof("examples/outage", "refused")]
            )
        case .upstreamDownHangs:
            ("a request to a service that is down is never answered", [Proof(errors, "upstream_down")])
        case .upstreamSlowAwaited: ("a slow service is waited for without limit", [Proof(errors, "upstream_slow")])
        case .stuckAfterError:
            (
                "after an upstream's failure nothing is served any more",
                [Proof(errors, "serves_after_down"), Proof("examples/outage", "others_serve")]
            )
        case .noFailover: ("a replica that is down is not passed over", [Proof("examples/failover", "served")])
        case .healthLies: ("health calls every model available", [Proof(errors, "health")])
        case .slowTail: ("one completion of eight takes three seconds more", [Proof(performance, "latency")])
        case .slowFirstToken:
            ("the first token of a stream comes three seconds late", [Proof(performance, "streaming"), stream])
        case .lowThroughput: ("completions are made one at a time, 300 ms each", [Proof(performance, "latency")])
        case .streamBuffered:
            ("a stream is held back until it is complete", [Proof(performance, "streaming"), stream])
        case .streamWithoutDone: ("a stream ends without [DONE]", [Proof(performance, "streaming"), stream])
        case .rateLimitIgnored: ("the rate limit of a key is not kept", [Proof("examples/retry_after", "limited")])
        case .retryAfterMissing: ("429 comes without Retry-After", [Proof("examples/retry_after", "limited")])
        case .embeddingsRandom:
            ("the same text has another embedding each time", [Proof("examples/embeddings", "nearest")])
        case .temperatureIgnored: ("temperature 0 gives another text each time", [Proof("examples/captures", "again")])
        case .maximumTokensIgnored: ("max_tokens is not kept", [Proof("examples/cases_from_csv", "chat"), typed])
        case .metricsFrozen:
            (
                "the request counter does not move",
                [Proof("examples/metrics_page", "after"), Proof(monitored, "counted")]
            )
        case .statusNeverDone: ("a conversation stays queued for ever", [Proof("examples/polling", "done")])
        case .deleteIgnored: ("a deleted conversation is still there", [Proof("examples/cleanup", "gone")])
        case .staleWriteAccepted: ("If-Match is not looked at", [Proof("examples/conditional_requests", "stale_write")])
        case .pageRepeats: ("the second page repeats the first", [Proof("examples/pagination", "second_page")])
        case .sessionForgotten:
            ("a session's cookie is not accepted", [Proof("examples/login_and_cookies", "by_cookie")])
        case .answerOffTopic:
            (
                "answers are to another question than the one that was asked",
                [
                    answer, Proof("examples/first_request", "ask"), Proof("examples/if_and_skip", "greet"),
                    Proof("examples/cases_from_jsonl", "chat"), Proof("examples/parallel_group", "judge"),
                ]
            )
        case .modelsMixedUp:
            (
                "each model is described by the entry of the first",
                [
                    Proof(suite + "basic_routing", "listed"), Proof("examples/each", "lookup"),
                    Proof("examples/expect_tree", "model"),
                ]
            )
        case .keyRepeated: ("the answer to a wrong key repeats the key", [Proof(errors, "wrong_key")])
        case .slowModelHurries:
            (
                "the service that is too slow answers at once",
                [Proof(errors, "upstream_slow"), Proof("examples/errors_are_results", "silent")]
            )
        case .latestOutdated:
            ("the latest conversation is the oldest one", [Proof("examples/redirects", "told")])
        case .conversationsShared:
            ("a conversation can be read by every user", [Proof("examples/use_with_parameters", "as_bob")])
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
        }
    }
}
