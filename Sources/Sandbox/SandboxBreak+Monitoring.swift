extension SandboxBreak {
    /// What is wrong with the metrics, alerts and Grafana, and who must notice; nil for breaks of other parts.
    var monitoringFacts: Facts? {
        let metrics = "external_apis/metrics_connectivity/"
        let monitored = "monitoring_tests/api_gateway_to_models"
        return switch self {
        case .replicaUnreported:
            ("the last replica is missing in 'up'", [Proof(metrics + "metrics_collection", "all_up")])
        case .metricsStale:
            (
                "the page of metrics stays as it was first read",
                [
                    Proof(metrics + "metrics_collection", "fresh"),
                    Proof("monitoring_tests/metrics_connectivity", "scraped"),
                    Proof("monitoring_tests/model_to_database", "counted"),
                    Proof("monitoring_tests/database_connectivity", "committed"),
                    Proof("monitoring_tests/model_to_vector_database", "embeddings_counted"),
                    Proof("error_tests/metrics_connectivity", "fresh"),
                ]
            )
        case .metricsSlow:
            (
                "the page of metrics takes 700 ms more",
                [
                    Proof("performance_tests/metrics_connectivity", "reads"),
                    Proof("load_tests/metrics_connectivity", "reads"),
                ]
            )
        case .scrapesDoubled:
            (
                "a look at the page of metrics is counted twice",
                [Proof("monitoring_tests/metrics_connectivity", "scraped")]
            )
        case .embeddingsUncounted:
            (
                "embeddings are counted for no model",
                [Proof("monitoring_tests/model_to_vector_database", "embeddings_counted")]
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
        default: nil
        }
    }

    /// What is wrong with what the gateway counts of its store, and who must notice; nil for other breaks.
    var storeCountFacts: Facts? {
        let monitored = "monitoring_tests/database_connectivity"
        return switch self {
        case .storeUncounted:
            ("a completion is stored and not counted", [Proof("monitoring_tests/model_to_database", "counted")])
        case .storeTransactionsDoubled:
            ("each transaction of the store is counted twice", [Proof(monitored, "committed")])
        case .storeRowsUncounted: ("the rows of messages are not counted", [Proof(monitored, "messages_counted")])
        case .storeRollbacksHidden:
            ("what is rolled back is counted as committed", [Proof(monitored, "rolled_back")])
        case .storeErrorsUncounted: ("what could not be stored is not counted", [Proof(monitored, "failed_counted")])
        case .storeUpLies: ("the store is told to be there whatever happens", [Proof(monitored, "seen_down")])
        default: nil
        }
    }
}
