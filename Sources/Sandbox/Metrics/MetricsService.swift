internal import Glibc
internal import Synchronization

/// What watches the stack: a page of metrics about all of it, and as much of Prometheus's API as alerting needs.
///
/// It evaluates no queries: its rules are fixed, and looked at when they are asked for.
final class MetricsService: Service {
    private let gateway: GatewayMetrics
    private let pool: StorePool
    private let models: [AdminService.ModelEntry]
    private let host: String
    private let rules: AlertRules
    private let breaks: Set<SandboxBreak>
    private let state = Mutex(State())

    private struct State {
        var scrapes = 0
        /// The page that a broken service goes on showing.
        var frozen: String?
    }

    /// A service of the stack, as `up` has it.
    struct Instance: Sendable {
        var job: String
        var address: String
        var isUp: Bool
    }

    init(
        gateway: GatewayMetrics, pool: StorePool, models: [AdminService.ModelEntry], host: String,
        breaks: Set<SandboxBreak>
    ) {
        self.gateway = gateway
        self.pool = pool
        self.models = models
        self.host = host
        self.breaks = breaks
        rules = AlertRules(breaks: breaks)
    }

    func answer(to request: Incoming) async -> Outgoing {
        do {
            try request.demand("GET", "POST")
            switch request.path {
            case "/metrics": return .text(await page(), contentType: MetricsRegistry.contentType)
            case "/api/v1/alerts": return success(["alerts": .array(rules.alerts(await instances()))])
            case "/api/v1/rules": return success(["groups": .array(rules.groups(await instances()))])
            case "/api/v1/targets":
                return success(["activeTargets": .array(await instances().map(\.target)), "droppedTargets": []])
            case "/api/v1/status/buildinfo": return success(["version": "sandbox"])
            case "/api/v1/query": return query(request)
            case "/health": return .json(["status": "ok"])
            default: throw APIError.unknownPath(request.method, request.path)
            }
        } catch let error as APIError {
            return error.outgoing
        } catch {
            return APIError(status: 500, message: "\(error)", type: "server_error").outgoing
        }
    }

    private func success(_ data: JSON) -> Outgoing { .json(["status": "success", "data": data]) }

    /// Answers what tells that something is there, and refuses the rest as Prometheus refuses what it cannot read.
    private func query(_ request: Incoming) -> Outgoing {
        guard request.parameter("query") == "vector(1)" else {
            return .json(
                [
                    "status": "error", "errorType": "bad_data",
                    "error": "invalid parameter \"query\": 1:1: parse error: this stand-in evaluates no queries",
                ], status: 400)
        }
        return success([
            "resultType": "vector", "result": [["metric": .object([]), "value": [.number(Self.now), "1"]]],
        ])
    }

    private static var now: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + (Double(now.tv_nsec) / 1e6).rounded(.down) / 1e3
    }

    private func instances() async -> [Instance] {
        var instances = [Instance(job: "gateway", address: "\(host):gateway", isUp: true)]
        for model in models {
            for replica in model.hosts {
                instances.append(
                    Instance(job: model.name, address: "\(host):\(replica.port)", isUp: await replica.isListening))
            }
        }
        if breaks.contains(.replicaUnreported) { instances.removeLast() }
        return instances
    }

    private func page() async -> String {
        if breaks.contains(.metricsSlow) { try? await Task.sleep(for: .milliseconds(700)) }
        let instances = await instances()
        gateway.tell(pool)
        return state.withLock { state in
            if let frozen = state.frozen { return frozen }
            state.scrapes += breaks.contains(.scrapesDoubled) ? 2 : 1
            var text = "# TYPE up gauge\n# HELP up Whether a service of the stack answers.\n"
            for instance in instances {
                text += "up{job=\"\(instance.job)\",instance=\"\(instance.address)\"} \(instance.isUp ? 1 : 0)\n"
            }
            text += "# TYPE sandbox_scrapes counter\n# HELP sandbox_scrapes How often this page was asked for.\n"
            text += "sandbox_scrapes_total \(state.scrapes)\n"
            text += "# TYPE sandbox_time_seconds gauge\n# UNIT sandbox_time_seconds seconds\n"
            text += "# HELP sandbox_time_seconds The time of the sandbox, in seconds since 1970.\n"
            text += "sandbox_time_seconds \(Self.now)\n"
            text += gateway.page
            if breaks.contains(.metricsStale) { state.frozen = text }
            return text
        }
    }
}

extension MetricsService.Instance {
    /// The service as `/api/v1/targets` lists it.
    fileprivate var target: JSON {
        [
            "labels": ["job": .string(job), "instance": .string(address)], "scrapePool": .string(job),
            "scrapeUrl": .string("http://\(address)/metrics"), "health": isUp ? "up" : "down",
            "lastError": isUp ? "" : "connection refused", "lastScrape": "2026-01-01T00:00:00Z",
        ]
    }
}
