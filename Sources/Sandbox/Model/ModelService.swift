internal import Glibc
internal import Synchronization

/// One replica of a model: it generates text and embeddings at a pace, and counts what it did.
final class ModelService: Service {
    /// How long things take.
    struct Pace: Sendable, Hashable {
        /// Before the first token.
        var base: Duration
        /// For each token after that.
        var perToken: Duration
        /// The share, 0 to 1, by which each wait may be shorter or longer.
        var jitter: Double
    }

    let model: String
    /// `mixtral-0`, the name in `x-served-by`.
    let name: String
    private let textModel: TextModel
    private let seed: UInt64
    private let failureRate: Double
    let breaks: Set<SandboxBreak>
    private let pace: Mutex<Pace>
    private let requestCount = Atomic<UInt64>(0)
    private let metrics = MetricsRegistry(Metric.all)

    /// What a replica counts.
    private enum Metric {
        static let requests = MetricsRegistry.Family(
            name: "model_requests", kind: .counter, help: "Requests answered, by status.")
        static let tokens = MetricsRegistry.Family(
            name: "model_tokens", kind: .counter, help: "Tokens read and generated, by kind.")
        static let inFlight = MetricsRegistry.Family(
            name: "model_in_flight", kind: .gauge, help: "Requests being answered.")
        static let duration = MetricsRegistry.Family(
            name: "model_request_duration_seconds", kind: .histogram, help: "Time to answer a request.")
        static let all = [requests, tokens, inFlight, duration]
    }

    init(model: String, replica: Int, options: SandboxOptions, pace: Pace, breaks: Set<SandboxBreak>) {
        self.model = model
        name = "\(model)-\(replica)"
        seed = options.seed
        textModel = TextModel(name: model, seed: options.seed)
        failureRate = options.failureRate
        self.pace = Mutex(pace)
        self.breaks = breaks
    }

    /// Changes how fast the replica answers from now on.
    func setPace(_ pace: Pace) {
        self.pace.withLock { $0 = pace }
    }

    func answer(to request: Incoming) async -> Outgoing {
        var answer: Outgoing
        do {
            answer = try await route(request)
        } catch let error as APIError {
            answer = error.outgoing
        } catch {
            answer = APIError(status: 500, message: "The request was given up.", type: "server_error").outgoing
        }
        answer.headers.append(("x-served-by", name))
        if let id = request.header("x-request-id") { answer.headers.append(("x-request-id", id)) }
        return answer
    }

    private func route(_ request: Incoming) async throws -> Outgoing {
        switch request.path {
        case "/health":
            try request.demand("GET")
            return .json(["status": "ok", "model": .string(model), "replica": .string(name)])
        case "/metrics":
            try request.demand("GET")
            return .text(metrics.page, contentType: MetricsRegistry.contentType)
        case "/v1/models":
            try request.demand("GET")
            return .json(["object": "list", "data": [ModelList.entry(model)]])
        case "/v1/chat/completions":
            try request.demand("POST")
            return try await counted { try await self.chat(request) }
        case "/v1/embeddings":
            try request.demand("POST")
            return try await counted { try await self.embed(request) }
        default: throw APIError.unknownPath(request.method, request.path)
        }
    }

    private func counted(_ body: () async throws -> Outgoing) async throws -> Outgoing {
        let start = ContinuousClock.now
        metrics.add(to: Metric.inFlight)
        do {
            let answer = try await body()
            if case .bytes = answer.body { finish(status: answer.status, since: start) }
            return answer
        } catch {
            finish(status: (error as? APIError)?.status ?? 500, since: start)
            throw error
        }
    }

    private func finish(status: Int, since start: ContinuousClock.Instant) {
        metrics.add(-1, to: Metric.inFlight)
        metrics.add(to: Metric.requests, [("model", model), ("status", String(status))])
        metrics.observe(.now - start, in: Metric.duration, [("model", model)])
    }

    // MARK: Chat

    private func chat(_ request: Incoming) async throws -> Outgoing {
        var chat = try ChatRequest(try request.json())
        if breaks.contains(.maximumTokensIgnored) { chat.maximumTokens = .max }
        if breaks.contains(.answerOffTopic) { chat.messages = [.init(role: "user", content: "Say something else")] }
        guard chat.model == model || breaks.contains(.routingCrossed) || breaks.contains(.unknownModelAnswered) else {
            throw APIError.unknownModel(chat.model)
        }
        let serial = requestCount.add(1, ordering: .relaxed).newValue
        var random = SeededRandom(seed: UInt64(hashing: name, from: seed) &+ serial)
        if random.unit() < failureRate {
            throw APIError(
                status: 500, message: "The model failed to generate.", type: "server_error", code: "model_error")
        }
        let completion = ChatCompletion(
            id: "chatcmpl-" + (UInt64(hashing: name, from: seed) &+ serial).hex, created: Int(time(nil)),
            request: chat, servedBy: breaks.contains(.wrongModelName) ? model + "-next" : model,
            fingerprint: fingerprint, usageError: breaks.contains(.usageWrong) ? 7 : 0,
            choices: (0..<chat.choices).map { textModel.complete(chat, choice: $0, draw: draw(chat, serial)) })
        metrics.add(completion.promptTokens, to: Metric.tokens, [("model", model), ("kind", "prompt")])

        var pacer = Pacer(pace: pace.withLock { $0 }, random: random)
        guard chat.streams else {
            let tokens = completion.choices.map(\.tokens.count).max() ?? 0
            try await Task.sleep(until: pacer.instant(ofToken: tokens))
            countTokens(completion)
            return .json(completion.body)
        }
        let stream = TokenStream(completion: completion, pacer: pacer, service: self, start: .now)
        return .events(ChunkSequence { try await stream.next() })
    }

    /// Tells samples apart: a request that is not at temperature 0 and names no seed differs each time.
    private func draw(_ chat: ChatRequest, _ serial: UInt64) -> UInt64 {
        if let seed = chat.seed { return UInt64(bitPattern: Int64(seed)) }
        return chat.temperature == 0 && !breaks.contains(.temperatureIgnored) ? 0 : UInt64(hashing: name) &+ serial
    }

    /// A name for the model and its seed: the same on all its replicas.
    private var fingerprint: String {
        "fp_" + UInt64(hashing: model, from: seed).hex.prefix(10)
    }

    fileprivate func countTokens(_ completion: ChatCompletion) {
        metrics.add(completion.completionTokens, to: Metric.tokens, [("model", model), ("kind", "completion")])
    }

    fileprivate func finishStream(since start: ContinuousClock.Instant) {
        finish(status: 200, since: start)
    }

    // MARK: Embeddings

    private func embed(_ request: Incoming) async throws -> Outgoing {
        let embedding = try EmbeddingRequest(try request.json())
        let serial = requestCount.add(1, ordering: .relaxed).newValue
        var pacer = Pacer(
            pace: pace.withLock { $0 }, random: SeededRandom(seed: UInt64(hashing: name, from: seed) &+ serial))
        try await Task.sleep(until: pacer.instant(ofToken: 0))
        let salt = breaks.contains(.embeddingsRandom) ? "\(name)-\(serial)" : ""
        let data = embedding.inputs.enumerated().map { index, text in
            let vector = Embedding.vector(of: text, model: salt + model)
            return JSON.object([
                .init(key: "object", value: "embedding"), .init(key: "index", value: .integer(index)),
                .init(key: "embedding", value: .array(vector.map { .number(Double("\($0)") ?? 0) })),
            ])
        }
        let tokens = embedding.inputs.reduce(0) { $0 + Tokens.count($1) }
        metrics.add(tokens, to: Metric.tokens, [("model", model), ("kind", "prompt")])
        return .json([
            "object": "list", "data": .array(data), "model": .string(model),
            "usage": ["prompt_tokens": .integer(tokens), "total_tokens": .integer(tokens)],
        ])
    }
}

/// The moments at which tokens are due.
struct Pacer: Sendable {
    private let pace: ModelService.Pace
    private let start = ContinuousClock.now
    private var random: SeededRandom

    init(pace: ModelService.Pace, random: SeededRandom) {
        self.pace = pace
        self.random = random
    }

    /// When a token is due, counted from the request; jitter moves it within its own step.
    mutating func instant(ofToken index: Int) -> ContinuousClock.Instant {
        let step = index == 0 ? pace.base : pace.perToken
        let shift = step * ((random.unit() * 2 - 1) * pace.jitter)
        return start + pace.base + pace.perToken * index + shift
    }
}

/// Yields a completion as server-sent events, each token when it is due.
actor TokenStream {
    private let completion: ChatCompletion
    private var pacer: Pacer
    private let service: ModelService
    private let start: ContinuousClock.Instant
    private var position = 0
    private var isFinished = false

    init(completion: ChatCompletion, pacer: Pacer, service: ModelService, start: ContinuousClock.Instant) {
        self.completion = completion
        self.pacer = pacer
        self.service = service
        self.start = start
    }

    deinit {
        if !isFinished { service.finishStream(since: start) }
    }

    func next() async throws -> [UInt8]? {
        let tokenCount = completion.choices.map(\.tokens.count).max() ?? 0
        guard position <= tokenCount else { return nil }
        try await Task.sleep(until: pacer.instant(ofToken: position))
        defer { position += 1 }
        if position < tokenCount { return completion.events(ofToken: position) }
        service.countTokens(completion)
        // Whoever has the last event may ask at once what was counted.
        isFinished = true
        service.finishStream(since: start)
        return completion.lastEvents(withDone: !service.breaks.contains(.streamWithoutDone))
    }
}
