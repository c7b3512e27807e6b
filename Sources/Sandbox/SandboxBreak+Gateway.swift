extension SandboxBreak {
    /// What is wrong with the gateway and its models, and who must notice; nil for breaks of other parts.
    var gatewayFacts: Facts? {
        let suite = "cross_service/api_gateway_to_models/"
        let errors = suite + "error_handling"
        let faults = "error_tests/api_gateway_to_models"
        let performance = suite + "performance_validation"
        let answer = Proof(suite + "basic_routing", "answer")
        let spread = Proof(suite + "load_balancing", "spread")
        let typed = Proof("examples/templates_keep_types", "typed")
        let stream = Proof("examples/streaming", "stream")
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
                [Proof(errors, "upstream_down"), Proof("examples/outage", "refused"), Proof(faults, "refused")]
            )
        case .upstreamDownHangs:
            (
                "a request to a service that is down is never answered",
                [Proof(errors, "upstream_down"), Proof(faults, "refused")]
            )
        case .upstreamSlowAwaited:
            (
                "a slow service is waited for without limit",
                [Proof(errors, "upstream_slow"), Proof(faults, "silent")]
            )
        case .stuckAfterError:
            (
                "after an upstream's failure nothing is served any more",
                [
                    Proof(errors, "serves_after_down"), Proof("examples/outage", "others_serve"),
                    Proof(faults, "others"),
                ]
            )
        case .noFailover: ("a replica that is down is not passed over", [Proof("examples/failover", "served")])
        case .healthLies: ("health calls every model available", [Proof(errors, "health")])
        case .slowTail:
            (
                "one completion of eight takes three seconds more",
                [
                    Proof(performance, "latency"), Proof("performance_tests/api_gateway_to_models", "completions"),
                    Proof("load_tests/api_gateway_to_models", "completions"),
                ]
            )
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
        default: nil
        }
    }
}
