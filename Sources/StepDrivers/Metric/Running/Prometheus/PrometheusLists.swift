internal import Expressions
internal import ScenarioModel

/// What Prometheus lists beside samples: alerts, rules, targets, metadata, exemplars.
enum PrometheusLists {
    /// Alerts that are pending or firing.
    static func alerts(_ data: Value, named name: String) -> MetricAnswer {
        let alerts = (data["alerts"]?.array ?? []).filter { isWanted(name, $0["labels"]?["alertname"]) }
        return MetricAnswer(fields: [.init("alerts", .array(alerts.map(alert)))])
    }

    private static func alert(_ alert: Value) -> Value {
        [
            "name": alert["labels"]?["alertname"] ?? .null, "state": alert["state"] ?? .null,
            "labels": alert["labels"] ?? [:], "annotations": alert["annotations"] ?? [:],
            "value": alert["value"]?.string.map { MetricValue.of($0) } ?? .null,
            "active_at": alert["activeAt"] ?? .null,
        ]
    }

    /// The rules of a group.
    static func rules(_ data: Value, of group: String) -> MetricAnswer {
        let groups = (data["groups"]?.array ?? []).filter { isWanted(group, $0["name"]) }
        let rules = groups.flatMap { group in
            (group["rules"]?.array ?? []).map { rule -> Value in
                [
                    "name": rule["name"] ?? .null, "group": group["name"] ?? .null, "type": rule["type"] ?? .null,
                    "health": rule["health"] ?? .null, "query": rule["query"] ?? .null,
                    "last_error": text(rule["lastError"]), "state": rule["state"] ?? .null,
                    "labels": rule["labels"] ?? [:], "annotations": rule["annotations"] ?? [:],
                ]
            }
        }
        return MetricAnswer(fields: [.init("rules", .array(rules))])
    }

    /// The targets that are scraped for a job.
    static func targets(_ data: Value, of job: String) -> MetricAnswer {
        let targets = (data["activeTargets"]?.array ?? []).filter { isWanted(job, $0["labels"]?["job"]) }
        return MetricAnswer(fields: [
            .init(
                "targets",
                .array(
                    targets.map { target in
                        [
                            "job": target["labels"]?["job"] ?? .null,
                            "instance": target["labels"]?["instance"] ?? .null, "health": target["health"] ?? .null,
                            "last_scrape": target["lastScrape"] ?? .null, "last_error": text(target["lastError"]),
                            "url": target["scrapeUrl"] ?? .null, "labels": target["labels"] ?? [:],
                        ]
                    }))
        ])
    }

    /// What metrics say of themselves, one entry for each way in which targets say it.
    static func metadata(_ data: Value) -> MetricAnswer {
        let entries = (data.object ?? .init()).sorted { $0.0 < $1.0 }.flatMap { name, entries in
            (entries.array ?? []).map { entry -> Value in
                [
                    "metric": .string(name), "type": entry["type"] ?? .null, "help": entry["help"] ?? "",
                    "unit": entry["unit"] ?? "",
                ]
            }
        }
        return MetricAnswer(fields: [.init("metadata", .array(entries))])
    }

    /// The exemplars of the last hour.
    static func exemplars(_ data: Value) -> MetricAnswer {
        let exemplars = (data.array ?? []).flatMap { series in
            (series["exemplars"]?.array ?? []).map { exemplar -> Value in
                [
                    "series": series["seriesLabels"] ?? [:], "labels": exemplar["labels"] ?? [:],
                    "value": exemplar["value"]?.string.map { MetricValue.of($0) } ?? .null,
                    "time": exemplar["timestamp"] ?? .null,
                ]
            }
        }
        return MetricAnswer(fields: [.init("exemplars", .array(exemplars))])
    }

    private static func isWanted(_ name: String, _ value: Value?) -> Bool { name == "*" || value?.string == name }

    /// A text that is null where it says nothing.
    private static func text(_ value: Value?) -> Value {
        value?.string.map { $0.isEmpty ? .null : .string($0) } ?? .null
    }
}
