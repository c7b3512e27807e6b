internal import Synchronization

/// The operator's side: keys with limits of their own, and model services that are stopped or slowed down.
final class AdminService: Service {
    /// A model's replicas and the pace they return to.
    struct ModelEntry: Sendable {
        var name: String
        var hosts: [ReplicaHost]
        var pace: ModelService.Pace
    }

    /// What an operator makes of a model.
    private enum State: String, Sendable {
        case up
        case slow
        case down
    }

    private let models: [ModelEntry]
    private let keys: KeyRing
    private let background: BackgroundWork
    private let keeper: CompletionKeeper
    private let slowLatency: Duration
    /// The last change of each replica, so that an older one does not end it.
    private let changes = Mutex<[String: (number: Int, state: State)]>([:])

    init(
        models: [ModelEntry], keys: KeyRing, background: BackgroundWork, keeper: CompletionKeeper,
        upstreamTimeout: Duration
    ) {
        self.models = models
        self.keys = keys
        self.background = background
        self.keeper = keeper
        slowLatency = min(upstreamTimeout * 3, .seconds(60))
    }

    func answer(to request: Incoming) async -> Outgoing {
        do {
            return try await route(request)
        } catch let error as APIError {
            return error.outgoing
        } catch {
            return APIError(status: 500, message: "\(error)", type: "server_error").outgoing
        }
    }

    private func route(_ request: Incoming) async throws -> Outgoing {
        let segments = request.segments
        if segments == ["health"] {
            try request.demand("GET")
            return .json(["status": "ok"])
        }
        guard segments.first == "admin" else { throw APIError.unknownPath(request.method, request.path) }
        switch (segments.dropFirst().first, segments.count) {
        case ("models", 2):
            try request.demand("GET")
            var entries: [JSON] = []
            for model in models { entries.append(await describe(model)) }
            return .json(["object": "list", "data": .array(entries)])
        case ("models", 3):
            try request.demand("GET", "POST")
            guard let model = models.first(where: { $0.name == segments[2] }) else {
                throw APIError.unknownModel(String(segments[2]))
            }
            if request.method == "POST" { try await change(model, try request.json()) }
            return .json(await describe(model))
        case ("keys", 2):
            try request.demand("POST")
            return try makeKey(try request.json())
        case ("keys", 3):
            try request.demand("DELETE")
            guard keys.revoke(id: String(segments[2])) else {
                throw APIError(status: 404, message: "There is no key '\(segments[2])'.", code: "key_not_found")
            }
            return Outgoing(status: 204)
        case ("store", 2):
            try request.demand("GET", "POST")
            if request.method == "POST" { try changeStore(try request.json()) }
            return .json(storeDescription)
        default: throw APIError.unknownPath(request.method, request.path)
        }
    }

    // MARK: The store

    private var storeDescription: JSON {
        let figures = keeper.pool.figures
        let size = keeper.pool.size
        let setting = keeper.control.setting
        return [
            "object": "store", "state": .string(setting.state.rawValue), "model": JSON(setting.model),
            "pool": [
                "size": .integer(size.kept), "overflow": .integer(size.overflow), "in_use": .integer(figures.inUse),
                "idle": .integer(figures.idle), "waiting": .integer(figures.waiting),
                "opened": .integer(figures.opened), "reused": .integer(figures.reused),
                "most_in_use": .integer(figures.mostInUse),
            ], "database": keeper.store.access?.json ?? .null,
        ]
    }

    private func changeStore(_ body: JSON) throws(APIError) {
        let fields = try FieldReader(body)
        guard let state = try fields.required("state").string.flatMap(StoreSwitch.State.init) else {
            throw APIError.invalid(
                "Invalid value for 'state': choose 'up', 'slow', 'failing' or 'down'.", param: "state",
                code: "invalid_value")
        }
        let latency = try fields.integer("latency_ms", in: 0...60_000) ?? 1000
        let limit = try fields.integer("for_ms", in: 1...600_000)
        let model = try fields.string("model")
        if let model, !models.contains(where: { $0.name == model }) { throw APIError.unknownModel(model) }
        let number = keeper.control.set(.init(state: state, latency: .milliseconds(latency), model: model))
        guard let limit, state != .up else { return }
        let control = keeper.control
        let isScheduled = background.submit {
            try? await Task.sleep(for: .milliseconds(limit))
            control.end(number)
        }
        guard !isScheduled else { return }
        control.end(number)
        throw APIError(status: 503, message: "Too much is going on.", type: "server_error", code: "queue_full")
    }

    // MARK: Models

    private func describe(_ model: ModelEntry) async -> JSON {
        var replicas: [JSON] = []
        var states: Set<State> = []
        for host in model.hosts {
            let state = changes.withLock { $0[host.service.name]?.state } ?? .up
            states.insert(state)
            replicas.append([
                "name": .string(host.service.name), "port": .integer(Int(host.port)),
                "state": .string(state.rawValue), "listening": .bool(await host.isListening),
            ])
        }
        let state = states.count == 1 ? states.first?.rawValue : "mixed"
        return ["name": .string(model.name), "state": JSON(state), "replicas": .array(replicas)]
    }

    private func change(_ model: ModelEntry, _ body: JSON) async throws {
        let fields = try FieldReader(body)
        let value = try fields.required("state")
        guard let state = value.string.flatMap(State.init) else {
            throw APIError.invalid(
                "Invalid value for 'state': choose 'up', 'slow' or 'down'.", param: "state", code: "invalid_value")
        }
        let latency = try fields.integer("latency_ms", in: 0...60_000).map { Duration.milliseconds($0) } ?? slowLatency
        let limit = try fields.integer("for_ms", in: 1...600_000)
        let replica = try fields.integer("replica", in: 0...(model.hosts.count - 1))
        let hosts = replica.map { [model.hosts[$0]] } ?? model.hosts
        var pace = model.pace
        if state == .slow { pace.base = latency }
        for host in hosts {
            let number = try await apply(state, pace: pace, to: host)
            if let limit, state != .up {
                try await schedule(after: limit, pace: model.pace, host, unlessChangedSince: number)
            }
        }
    }

    /// Has a replica come back by itself, unless an operator changes it before that.
    private func schedule(
        after milliseconds: Int, pace: ModelService.Pace, _ host: ReplicaHost, unlessChangedSince number: Int
    ) async throws {
        let isScheduled = background.submit {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            guard self.changes.withLock({ $0[host.service.name]?.number }) == number else { return }
            _ = try? await self.apply(.up, pace: pace, to: host)
        }
        guard !isScheduled else { return }
        _ = try await apply(.up, pace: pace, to: host)
        throw APIError(status: 503, message: "Too much is going on.", type: "server_error", code: "queue_full")
    }

    private func apply(_ state: State, pace: ModelService.Pace, to host: ReplicaHost) async throws -> Int {
        let number = changes.withLock { changes in
            let number = (changes[host.service.name]?.number ?? 0) + 1
            changes[host.service.name] = (number, state)
            return number
        }
        host.service.setPace(pace)
        if state == .down { await host.close() } else { try await host.open() }
        return number
    }

    // MARK: Keys

    private func makeKey(_ body: JSON) throws(APIError) -> Outgoing {
        let fields = try FieldReader(body)
        let perSecond = try fields.number("requests_per_second", in: 0.001...1_000_000)
        let burst = try fields.integer("burst", in: 1...1_000_000)
        let user = try fields.string("user") ?? "default"
        let limiter = perSecond.map { RateLimiter(perSecond: $0, burst: burst ?? max(1, Int($0))) }
        guard let issued = keys.issue(prefix: "sk-", user: user, limiter: limiter) else {
            throw APIError(status: 503, message: "Too many keys.", type: "server_error", code: "too_many_keys")
        }
        return .json(
            ["object": "key", "id": .string(issued.entry.id), "key": .string(issued.key), "user": .string(user)],
            status: 201)
    }
}
