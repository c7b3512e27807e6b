internal import FlyingSocks
internal import Glibc

/// Starts the embedded stack and returns when all of it accepts connections.
///
/// A gateway routes by model name, over HTTP, to model services with replicas of their own; an admin API is the
/// operator's side of it. Everything listens on `options.host` only.
public func start(_ options: SandboxOptions = SandboxOptions()) async throws(SandboxError) -> SandboxEndpoints {
    let breaks = try options.validated()
    var stack: Stack?
    do {
        let created = try Stack(options: options, breaks: breaks)
        stack = created
        return try await created.start()
    } catch let error as StoreError {
        await stack?.stop()
        throw SandboxError(
            message: "the sandbox's store cannot be made: \(error.message)",
            hint: options.database == nil
                ? "look at the space and the rights of the temporary folder, which TMPDIR names"
                : "look at the target 'database' of the profile: 'plumb doctor' opens it")
    } catch let error as SandboxError {
        await stack?.stop()
        throw error
    } catch {
        await stack?.stop()
        throw SandboxError(
            message: "the sandbox cannot listen on \(options.host): \(describe(error))",
            hint: "choose other ports, or 0 for free ones")
    }
}

private func describe(_ error: any Error) -> String {
    if case SocketError.failed(_, _, let message) = error { return message }
    return "\(error)"
}

/// The servers of a sandbox and what they share.
actor Stack {
    private let options: SandboxOptions
    private let breaks: Set<SandboxBreak>
    private let events: SocketEvents
    private let background = BackgroundWork()
    private let keys: KeyRing
    private let client: UpstreamClient
    private let metrics: GatewayMetrics
    private var keeper: CompletionKeeper?
    private var vectors: VectorService?
    private var hosts: [ReplicaHost] = []
    private var listeners: [Listener] = []
    private var housekeeping: Task<Void, Never>?
    private var announcement: ScrapeAnnouncement?

    init(options: SandboxOptions, breaks: Set<SandboxBreak>) throws {
        self.options = options
        self.breaks = breaks
        metrics = GatewayMetrics(breaks: breaks)
        keys = KeyRing(apiKey: options.apiKey, rateLimit: options.rateLimit, seed: options.seed)
        events = try SocketEvents(watchdog: Watchdog())
        client = UpstreamClient(host: options.host, events: events)
    }

    func start() async throws -> SandboxEndpoints {
        Self.raiseDescriptorLimit()
        housekeeping = Task { [background] in await background.run() }
        var endpoints = SandboxEndpoints(apiKey: options.apiKey, stack: self)
        let models = try await startModels()
        let routes = models.map { model in
            ModelRoute(
                model: model.name,
                replicas: model.hosts.map {
                    ModelRoute.Replica(name: $0.service.name, port: options.detours[$0.service.name] ?? $0.port)
                }, breaks: breaks)
        }
        let keeper = try await startStore()
        let gateway = Gateway(
            routes: routes, keys: keys, client: client, background: background, keeper: keeper, metrics: metrics,
            options: options, breaks: breaks)
        let gatewayPort = try listen(gateway, port: options.gatewayPort)
        endpoints.add("gateway", host: options.host, port: gatewayPort)
        let working = models.filter { BrokenModel(rawValue: $0.name) == nil }
        let admin = AdminService(
            models: working, keys: keys, background: background, keeper: keeper,
            upstreamTimeout: options.upstreamTimeout)
        endpoints.add("admin", host: options.host, port: try listen(admin, port: options.adminPort))
        let vectors = VectorService(apiKey: options.apiKey, breaks: breaks)
        self.vectors = vectors
        let vectorPort = try listen(vectors, port: options.vectorPort)
        endpoints.add("vectors", host: options.host, port: vectorPort)
        endpoints.add("vector_metrics", host: options.host, port: vectorPort)
        try startMonitoring(gateway, working, &endpoints)
        for model in working {
            if let first = model.hosts.first { endpoints.add(model.name, host: options.host, port: first.port) }
            for replica in model.hosts { endpoints.add(replica.service.name, host: options.host, port: replica.port) }
        }
        endpoints.database = keeper.store.access
        if let path = options.announcement {
            var jobs: [(name: String, ports: [UInt16])] = [("gateway", [gatewayPort])]
            jobs += working.map { ($0.name, $0.hosts.map(\.port)) }
            if breaks.contains(.replicaUnreported) { jobs[jobs.count - 1].ports.removeLast() }
            var announcement = ScrapeAnnouncement(path: path, host: options.host, jobs: jobs)
            try announcement.write()
            self.announcement = announcement
        }
        return endpoints
    }

    func stop() async {
        announcement?.withdraw()
        for listener in listeners { await listener.stop() }
        await keeper?.pool.close()
        await keeper?.store.close()
        vectors?.close()
        for host in hosts { await host.close() }
        listeners = []
        hosts = []
        client.closeIdle()
        housekeeping?.cancel()
        await housekeeping?.value
        events.stop()
    }

    /// What watches the stack, and what shows it.
    private func startMonitoring(
        _ gateway: Gateway, _ models: [AdminService.ModelEntry], _ endpoints: inout SandboxEndpoints
    ) throws {
        let metrics = MetricsService(
            gateway: gateway.metrics, pool: gateway.keeper.pool, models: models, host: options.host, breaks: breaks)
        let port = try listen(metrics, port: 0)
        endpoints.add("metrics", host: options.host, port: port)
        endpoints.add("page", host: options.host, port: port)
        endpoints.add("alerts", host: options.host, port: port)
        let grafana = GrafanaService(apiKey: options.apiKey, breaks: breaks)
        endpoints.add("grafana", host: options.host, port: try listen(grafana, port: 0))
    }

    private func startStore() async throws -> CompletionKeeper {
        let store: any CompletionStore
        if let database = options.database {
            store = try PostgresStore(
                database, detour: options.detours["database"], historyCount: options.history, seed: options.seed,
                breaks: breaks)
        } else {
            store = try SQLiteStore(historyCount: options.history, seed: options.seed, breaks: breaks)
        }
        let pool = StorePool(store, size: StorePool.Size(), breaks: breaks)
        let keeper = CompletionKeeper(store, pool: pool, metrics: metrics, breaks: breaks)
        self.keeper = keeper
        try await store.prepare()
        return keeper
    }

    private func listen(_ service: any Service, port: UInt16) throws -> UInt16 {
        let reservation: PortReservation
        do {
            reservation = try PortReservation(host: options.host, port: port)
        } catch {
            throw SandboxError(
                message: "the sandbox cannot listen on \(options.host):\(port): \(describe(error))",
                hint: "choose another port, or 0 for a free one")
        }
        listeners.append(
            try Listener(host: options.host, reservation: reservation, service: service, events: events))
        return reservation.port
    }

    /// Takes as many descriptors as the process may have: a request on its way holds four.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 65_536))
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    // MARK: Models

    private var pace: ModelService.Pace {
        ModelService.Pace(base: options.latency, perToken: options.tokenLatency, jitter: options.jitter)
    }

    private func startModels() async throws -> [AdminService.ModelEntry] {
        var models: [AdminService.ModelEntry] = []
        var port = options.modelPort
        for name in options.models {
            var replicas: [ReplicaHost] = []
            for index in 0..<options.replicas {
                let host = try makeHost(name, replica: index, port: port, pace: pace)
                if port > 0 { port += 1 }
                try await host.open()
                replicas.append(host)
            }
            models.append(AdminService.ModelEntry(name: name, hosts: replicas, pace: pace))
        }
        for broken in BrokenModel.allCases {
            var pace = pace
            if broken == .slow, !breaks.contains(.slowModelHurries) {
                pace.base = min(options.upstreamTimeout * 3, .seconds(60))
            }
            let host = try makeHost(broken.rawValue, replica: 0, port: 0, pace: pace)
            if broken == .slow { try await host.open() }
            models.append(AdminService.ModelEntry(name: broken.rawValue, hosts: [host], pace: pace))
        }
        return models
    }

    private func makeHost(
        _ model: String, replica: Int, port: UInt16, pace: ModelService.Pace
    ) throws -> ReplicaHost {
        let service = ModelService(model: model, replica: replica, options: options, pace: pace, breaks: breaks)
        let host = try ReplicaHost(service: service, host: options.host, port: port, events: events)
        hosts.append(host)
        return host
    }
}
