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

    /// What is wrong, in one line.
    public var summary: String {
        facts.summary
    }

    /// The scenario that must fail, by its path below `scenarios/` without its extension.
    public var scenario: String {
        facts.scenario
    }

    /// The step of that scenario that must notice.
    public var step: String {
        facts.step
    }

    private static let suite = "cross_service/api_gateway_to_models/"

    private var facts: (summary: String, scenario: String, step: String) {
        let routing = Self.suite + "basic_routing"
        let balancing = Self.suite + "load_balancing"
        let errors = Self.suite + "error_handling"
        let performance = Self.suite + "performance_validation"
        return switch self {
        case .routingCrossed: ("requests for hermes go to mixtral's service", routing, "answer")
        case .wrongModelName: ("answers name another model than the one that made them", routing, "answer")
        case .requestIDLost: ("the caller's x-request-id is not echoed", routing, "answer")
        case .usageWrong: ("usage.total_tokens is not the sum of its parts", routing, "answer")
        case .oneReplica: ("every request of a model goes to its first replica", balancing, "spread")
        case .skewedReplicas: ("the first replica gets nine requests of ten", balancing, "spread")
        case .unknownModelAnswered: ("an unknown model is answered by mixtral", errors, "unknown_model")
        case .unknownModelCrashes: ("an unknown model gives 500 instead of 404", errors, "unknown_model")
        case .malformedAccepted: ("a body that is not JSON is answered", errors, "malformed_body")
        case .missingFieldAccepted: ("a request without messages is answered", errors, "missing_messages")
        case .missingKeyAccepted: ("a request without an API key is answered", errors, "missing_key")
        case .unauthorizedWithoutBody: ("401 comes without an error body", errors, "missing_key")
        case .errorWithoutCode: ("error bodies carry no code", errors, "unknown_model")
        case .upstreamDownAnswered: ("a model whose service is down is answered with 200", errors, "upstream_down")
        case .upstreamDownHangs: ("a request to a service that is down is never answered", errors, "upstream_down")
        case .upstreamSlowAwaited: ("a slow service is waited for without limit", errors, "upstream_slow")
        case .stuckAfterError: ("after an upstream's failure nothing is served any more", errors, "serves_after_down")
        case .noFailover: ("a replica that is down is not passed over", "examples/failover", "served")
        case .healthLies: ("health calls every model available", errors, "health")
        case .slowTail: ("one completion of eight takes three seconds more", performance, "latency")
        case .slowFirstToken: ("the first token of a stream comes three seconds late", performance, "streaming")
        case .lowThroughput: ("completions are made one at a time, 300 ms each", performance, "latency")
        case .streamBuffered: ("a stream is held back until it is complete", performance, "streaming")
        case .streamWithoutDone: ("a stream ends without [DONE]", performance, "streaming")
        case .rateLimitIgnored: ("the rate limit of a key is not kept", "examples/retry_after", "limited")
        case .retryAfterMissing: ("429 comes without Retry-After", "examples/retry_after", "limited")
        case .embeddingsRandom: ("the same text has another embedding each time", "examples/embeddings", "nearest")
        case .temperatureIgnored: ("temperature 0 gives another text each time", "examples/captures", "again")
        case .maximumTokensIgnored: ("max_tokens is not kept", "examples/cases_from_csv", "chat")
        case .metricsFrozen: ("the request counter does not move", "examples/metrics_page", "after")
        case .statusNeverDone: ("a conversation stays queued for ever", "examples/polling", "done")
        case .deleteIgnored: ("a deleted conversation is still there", "examples/cleanup", "gone")
        case .staleWriteAccepted: ("If-Match is not looked at", "examples/conditional_requests", "stale_write")
        case .pageRepeats: ("the second page repeats the first", "examples/pagination", "second_page")
        case .sessionForgotten: ("a session's cookie is not accepted", "examples/login_and_cookies", "by_cookie")
        }
    }
}
