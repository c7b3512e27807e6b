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
}
