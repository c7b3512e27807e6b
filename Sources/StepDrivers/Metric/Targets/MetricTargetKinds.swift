internal import ScenarioModel
internal import ScenarioSyntax

/// What a configuration can say of services that know metrics: all that it can say of one that speaks HTTP.
enum MetricTargetKinds {
    static let all = [
        TargetKind(name: "prometheus", keys: prometheus, hasURL: true),
        TargetKind(name: "openmetrics", keys: openMetrics, hasURL: true),
    ]

    private static let prometheus = KeyTable(
        name: "prometheus target",
        summary: "A server with Prometheus's HTTP API: Prometheus, Thanos, Mimir, VictoriaMetrics.",
        keys: keys(url: "Where it is, such as http://host:9090; a prefix such as /prometheus belongs to it."),
        foreign: HTTPTargetKind.table.foreign)

    private static let openMetrics = KeyTable(
        name: "openmetrics target", summary: "A page of metrics in OpenMetrics or Prometheus text.",
        keys: keys(url: "Where the service is, or its page.") + [
            Key("path", .text, default: "/metrics", "Where the page is, if 'url' has no path of its own.")
        ], foreign: HTTPTargetKind.table.foreign)

    private static func keys(url: String) -> [Key] {
        HTTPTargetKind.table.keys.map { $0.name == "url" ? Key("url", .text, required: true, url) : $0 }
    }
}
