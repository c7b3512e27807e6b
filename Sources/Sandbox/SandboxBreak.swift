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
    case vectorKeyIgnored = "vector-key-ignored"
    case createdTwice = "created-twice"
    case dropMissingAccepted = "drop-missing-accepted"
    case collectionKept = "collection-kept"
    case aliasIgnored = "alias-ignored"
    case countStale = "count-stale"
    case pointsKept = "points-kept"
    case filterIgnored = "filter-ignored"
    case payloadLost = "payload-lost"
    case vectorRounded = "vector-rounded"
    case neighboursMissed = "neighbours-missed"
    case hitsUnordered = "hits-unordered"
    case indexForgotten = "index-forgotten"
    case indexNeverReady = "index-never-ready"
    case indexKept = "index-kept"
    case vectorsSlow = "vectors-slow"
    case vectorRequestsDoubled = "vector-requests-doubled"
    case vectorErrorsHidden = "vector-errors-hidden"
    case vectorBatchesMerged = "vector-batches-merged"
    case vectorTotalsStale = "vector-totals-stale"
    case vectorVersionWrong = "vector-version-wrong"
    case replicaUnreported = "replica-unreported"
    case metricsStale = "metrics-stale"
    case metricsSlow = "metrics-slow"
    case scrapesDoubled = "scrapes-doubled"
    case requestsCountedTwice = "requests-counted-twice"
    case tokensMiscounted = "tokens-miscounted"
    case embeddingsUncounted = "embeddings-uncounted"
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
    case storeUncounted = "store-uncounted"
    case storeErrorsUncounted = "store-errors-uncounted"
    case storeTransactionsDoubled = "store-transactions-doubled"
    case storeRollbacksHidden = "store-rollbacks-hidden"
    case storeRowsUncounted = "store-rows-uncounted"
    case storeUpLies = "store-up-lies"
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

        init(_ scenario: String, _ step: String) {
            self.scenario = scenario
            self.step = step
        }
    }

    /// What is wrong, in one line, and the scenarios that must notice.
    typealias Facts = (summary: String, proofs: [Proof])

    private var facts: Facts {
        // Each break is of one part; a test sees that none is forgotten.
        gatewayFacts ?? monitoringFacts ?? storeFacts ?? storeCountFacts ?? vectorsFacts ?? ("", [])
    }
}
