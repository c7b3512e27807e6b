internal import Synchronization

/// The rules of the stack: an alert for each replica that is down.
///
/// As in Prometheus an alert is pending first, and fires once its condition has held for a while; it is gone when a look
/// finds the condition no longer true.
final class AlertRules: Sendable {
    private let breaks: Set<SandboxBreak>
    /// Since when each alert's condition holds, by instance.
    private let since = Mutex<[String: ContinuousClock.Instant]>([:])

    /// How long the condition holds before the alert fires.
    private static let pending: Duration = .milliseconds(300)
    private static let name = "ReplicaDown"

    init(breaks: Set<SandboxBreak>) {
        self.breaks = breaks
    }

    /// The alerts that are pending or firing now.
    func alerts(_ instances: [MetricsService.Instance]) -> [JSON] {
        if breaks.contains(.alertNeverFires) { return [] }
        let now = ContinuousClock.now
        let active = since.withLock { since in
            for instance in instances {
                if !instance.isUp {
                    since[instance.address] = since[instance.address] ?? now
                } else if !breaks.contains(.alertNeverResolves) {
                    since[instance.address] = nil
                }
            }
            return since
        }
        return instances.compactMap { instance in
            active[instance.address].map { begun in
                [
                    "labels": [
                        "alertname": .string(Self.name), "job": .string(instance.job),
                        "instance": .string(instance.address), "severity": "page",
                    ],
                    "annotations": ["summary": .string("a replica of \(instance.job) is down")],
                    "state": now - begun >= Self.pending ? "firing" : "pending",
                    "activeAt": "2026-01-01T00:00:00Z", "value": "0e+00",
                ]
            }
        }
    }

    /// The rules in their groups.
    func groups(_ instances: [MetricsService.Instance]) -> [JSON] {
        if breaks.contains(.alertRulesMissing) { return [] }
        let alerts = alerts(instances)
        let isFiring = alerts.contains { $0["state"]?.string == "firing" }
        return [
            [
                "name": "availability", "file": "rules.yml", "interval": .number(0.3),
                "rules": [
                    [
                        "name": .string(Self.name), "type": "alerting", "health": "ok", "query": "up == 0",
                        "duration": .number(0.3),
                        "state": isFiring ? "firing" : alerts.isEmpty ? "inactive" : "pending",
                        "labels": ["severity": "page"],
                        "annotations": ["summary": "a replica of {{ $labels.job }} is down"], "alerts": .array(alerts),
                    ],
                    [
                        "name": "job:up:sum", "type": "recording", "health": "ok", "query": "sum by (job) (up)",
                        "labels": .object([]),
                    ],
                ],
            ]
        ]
    }
}
