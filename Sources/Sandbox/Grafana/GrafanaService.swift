/// A stand-in for Grafana: health, search, dashboards and data sources, in the shape of Grafana's own HTTP API.
final class GrafanaService: Service {
    private let apiKey: String
    private let breaks: Set<SandboxBreak>

    /// What the dashboards show: a title, its uid, and the queries of its panels.
    private static let dashboards: [(uid: String, title: String, panels: [(title: String, query: String)])] = [
        (
            "gateway", "Gateway",
            [
                ("Requests", "sum by (model) (rate(gateway_requests_total[1m]))"),
                ("Latency", "histogram_quantile(0.95, rate(gateway_request_duration_seconds_bucket[1m]))"),
            ]
        ),
        ("models", "Models", [("Up", "up"), ("Tokens", "sum by (model) (rate(gateway_tokens_total[1m]))")]),
    ]

    init(apiKey: String, breaks: Set<SandboxBreak>) {
        self.apiKey = apiKey
        self.breaks = breaks
    }

    func answer(to request: Incoming) async -> Outgoing {
        guard request.method == "GET" else { return .json(["message": "Not found"], status: 404) }
        if request.path == "/api/health" {
            return .json([
                "commit": "0000000000", "database": breaks.contains(.grafanaDatabaseDown) ? "failing" : "ok",
                "version": "10.4.2",
            ])
        }
        if let refusal = refusal(request) { return refusal }
        let segments = request.segments.map(String.init)
        switch segments {
        case ["api", "org"]: return .json(["id": 1, "name": "Main Org."])
        case ["api", "search"]: return .json(.array(found(request)))
        case ["api", "datasources"]: return .json(.array(sources))
        case _ where segments.count == 4 && segments.starts(with: ["api", "dashboards", "uid"]):
            return dashboard(segments[3])
        case _ where segments.count >= 4 && segments.starts(with: ["api", "datasources", "uid"]):
            return source(segments[3], Array(segments.dropFirst(4)))
        default: return .json(["message": "Not found"], status: 404)
        }
    }

    /// Why a caller may not ask; nil where it shows the key.
    private func refusal(_ request: Incoming) -> Outgoing? {
        guard !breaks.contains(.grafanaOpen) else { return nil }
        let header = request.header("authorization") ?? ""
        if header == "Bearer \(apiKey)" { return nil }
        let id = header.isEmpty ? "auth.unauthorized" : "api-key.invalid"
        return .json(
            [
                "extra": .null, "message": header.isEmpty ? "Unauthorized" : "Invalid API key",
                "messageId": .string(id),
                "statusCode": 401, "traceID": "",
            ], status: 401)
    }

    // MARK: Dashboards

    private var present: [(number: Int, uid: String, title: String, panels: [(title: String, query: String)])] {
        let all = Self.dashboards.enumerated().map { ($0 + 1, $1.uid, $1.title, $1.panels) }
        return breaks.contains(.dashboardMissing) ? Array(all.dropLast()) : all
    }

    private func found(_ request: Incoming) -> [JSON] {
        let text = (request.parameter("query") ?? "").lowercased()
        let type = request.parameter("type") ?? "dash-db"
        guard type == "dash-db" else { return [] }
        return present.filter { text.isEmpty || $0.title.lowercased().contains(text) }.map { entry in
            [
                "id": .integer(entry.number), "uid": .string(entry.uid), "title": .string(entry.title),
                "uri": .string("db/\(entry.uid)"), "url": .string("/d/\(entry.uid)/\(entry.uid)"), "slug": "",
                "type": "dash-db", "tags": ["plumb"], "isStarred": false, "sortMeta": 0,
            ]
        }
    }

    private func dashboard(_ uid: String) -> Outgoing {
        guard let entry = present.first(where: { $0.uid == uid }) else {
            return .json(["message": "Dashboard not found", "traceID": ""], status: 404)
        }
        let panels = entry.panels.enumerated().map { number, panel -> JSON in
            [
                "id": .integer(number + 1), "type": "timeseries", "title": .string(panel.title),
                "datasource": ["type": "prometheus", "uid": "metrics"],
                "targets": [["refId": "A", "expr": .string(panel.query)]],
            ]
        }
        return .json([
            "meta": [
                "type": "db", "canSave": false, "canEdit": false, "slug": .string(uid),
                "url": .string("/d/\(uid)/\(uid)"), "version": 1, "provisioned": true, "folderTitle": "General",
            ],
            "dashboard": [
                "id": .integer(entry.number), "uid": .string(uid), "title": .string(entry.title), "tags": ["plumb"],
                "timezone": "browser", "schemaVersion": 39, "version": 1, "panels": .array(panels),
            ],
        ])
    }

    // MARK: Data sources

    private var sources: [JSON] {
        if breaks.contains(.dataSourceMissing) { return [] }
        return [
            [
                "id": 1, "uid": "metrics", "orgId": 1, "name": "Metrics", "type": "prometheus",
                "typeName": "Prometheus", "access": "proxy", "url": "http://metrics", "user": "", "database": "",
                "basicAuth": false, "isDefault": true, "jsonData": ["httpMethod": "POST"], "readOnly": true,
            ]
        ]
    }

    private func source(_ uid: String, _ rest: [String]) -> Outgoing {
        guard let source = sources.first(where: { $0["uid"]?.string == uid }) else {
            return .json(["message": "Data source not found", "traceID": ""], status: 404)
        }
        switch rest {
        case []: return .json(source)
        case ["health"]: return .json(["message": "Successfully queried the Prometheus API.", "status": "OK"])
        default: return .json(["message": "Not found"], status: 404)
        }
    }
}
