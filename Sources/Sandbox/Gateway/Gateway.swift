internal import Synchronization

/// The OpenAI-style gateway: it checks keys, limits and requests, and passes them to the replicas of the model named.
final class Gateway: Service {
    let routes: [String: ModelRoute]
    /// The models in the order in which they are listed.
    let modelNames: [String]
    let keys: KeyRing
    let client: UpstreamClient
    let conversations: Conversations
    let background: BackgroundWork
    let metrics: GatewayMetrics
    let keeper: CompletionKeeper
    let upstreamTimeout: Duration
    let breaks: Set<SandboxBreak>
    let mutation = Mutation()
    private let seed: UInt64
    private let serial = Atomic<UInt64>(0)

    init(
        routes: [ModelRoute], keys: KeyRing, client: UpstreamClient, background: BackgroundWork,
        keeper: CompletionKeeper, metrics: GatewayMetrics, options: SandboxOptions, breaks: Set<SandboxBreak>
    ) {
        self.routes = Dictionary(uniqueKeysWithValues: routes.map { ($0.model, $0) })
        modelNames = routes.map(\.model)
        self.keys = keys
        self.client = client
        self.background = background
        self.breaks = breaks
        conversations = Conversations(seed: options.seed)
        self.keeper = keeper
        self.metrics = metrics
        upstreamTimeout = options.upstreamTimeout
        seed = options.seed
    }

    func answer(to request: Incoming) async -> Outgoing {
        let id = requestID(of: request)
        var answer: Outgoing
        do {
            answer = try await route(request, id: id)
        } catch var error as APIError {
            if breaks.contains(.errorWithoutCode) { error.code = nil }
            answer = error.outgoing
            if error.status == 401, breaks.contains(.unauthorizedWithoutBody) { answer = Outgoing(status: 401) }
        } catch {
            answer = APIError(status: 500, message: "The request was given up.", type: "server_error").outgoing
        }
        answer.headers.append(("x-request-id", breaks.contains(.requestIDLost) ? newRequestID() : id))
        return answer
    }

    /// The caller's request id if it can stand in a header and a log line, else a new one.
    private func requestID(of request: Incoming) -> String {
        guard let id = request.header("x-request-id"), (1...128).contains(id.utf8.count),
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return newRequestID() }
        return id
    }

    private func newRequestID() -> String {
        var random = SeededRandom(seed: seed &+ serial.add(1, ordering: .relaxed).newValue)
        return "req_" + random.next().hex
    }

    private func route(_ request: Incoming, id: String) async throws -> Outgoing {
        switch request.path {
        case "/health":
            try request.demand("GET")
            return await health()
        case "/metrics":
            try request.demand("GET")
            metrics.tell(keeper.pool)
            return .text(metrics.page, contentType: MetricsRegistry.contentType)
        default: break
        }
        guard request.segments.first == "v1" else { throw APIError.unknownPath(request.method, request.path) }
        let caller = try authenticate(request)
        var limits: [(name: String, value: String)] = []
        if let limiter = caller.limiter { limits = try admit(limiter) }
        var answer = try await routeAuthenticated(request, caller: caller, id: id)
        answer.headers += limits
        return answer
    }

    private func routeAuthenticated(_ request: Incoming, caller: KeyRing.Entry, id: String) async throws -> Outgoing {
        let segments = request.segments.dropFirst()
        switch (segments.first, segments.count) {
        case ("chat", 2) where segments.last == "completions":
            try request.demand("POST")
            return try await chat(request, id: id)
        case ("embeddings", 1):
            try request.demand("POST")
            return try await embed(request, id: id)
        case ("models", 1):
            try request.demand("GET")
            return .json(["object": "list", "data": .array(modelNames.map(ModelList.entry))])
        case ("models", 2):
            try request.demand("GET")
            let name = String(segments.last ?? "")
            guard routes[name] != nil else { throw APIError.unknownModel(name) }
            return .json(ModelList.entry(breaks.contains(.modelsMixedUp) ? modelNames[0] : name))
        case ("sessions", 1):
            try request.demand("POST")
            return try openSession(request)
        case ("session", 1):
            try request.demand("GET")
            return .json(["object": "session", "id": .string(caller.id), "user": .string(caller.user)])
        case ("conversations", 1), ("conversations", 2):
            return try conversations(request, caller: caller)
        default: throw APIError.unknownPath(request.method, request.path)
        }
    }

    // MARK: Keys and limits

    private func authenticate(_ request: Incoming) throws(APIError) -> KeyRing.Entry {
        let header = request.header("authorization") ?? ""
        if header.lowercased().hasPrefix("bearer ") {
            if let entry = keys.entry(of: String(header.dropFirst(7).drop { $0 == " " })) { return entry }
        } else if let session = request.cookie("session"), !breaks.contains(.sessionForgotten) {
            if let entry = keys.entry(of: session) { return entry }
        }
        if breaks.contains(.missingKeyAccepted) { return KeyRing.Entry(id: "key_default", user: "default") }
        throw APIError(
            status: 401,
            message: header.isEmpty
                ? "You didn't provide an API key. Send it in an Authorization header: Authorization: Bearer YOUR_KEY."
                : "Incorrect API key provided\(breaks.contains(.keyRepeated) ? ": \(header.dropFirst(7))" : "").",
            code: header.isEmpty ? "missing_api_key" : "invalid_api_key", headers: [("WWW-Authenticate", "Bearer")])
    }

    private func admit(_ limiter: RateLimiter) throws(APIError) -> [(name: String, value: String)] {
        let verdict = limiter.admit()
        let headers = [
            (name: "x-ratelimit-limit-requests", value: String(verdict.limit)),
            (name: "x-ratelimit-remaining-requests", value: String(verdict.remaining)),
            (name: "x-ratelimit-reset-requests", value: "\(Int((verdict.reset.seconds * 1000).rounded(.up)))ms"),
        ]
        guard !verdict.isAdmitted, !breaks.contains(.rateLimitIgnored) else { return headers }
        let wait = max(1, Int(verdict.retryAfter.seconds.rounded(.up)))
        throw APIError(
            status: 429, message: "Rate limit reached. Please try again in \(wait)s.", type: "rate_limit_error",
            code: "rate_limit_exceeded",
            headers: headers.map { ($0.name, $0.value) }
                + (breaks.contains(.retryAfterMissing) ? [] : [("Retry-After", String(wait))]))
    }
}
