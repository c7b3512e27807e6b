internal import FoundationEssentials

extension Gateway {
    private static let bodyLimit = 16 << 20

    // MARK: Requests

    func chat(_ request: Incoming, id: String) async throws -> Outgoing {
        let (route, body, chat) = try countingRefusals { () throws(APIError) in try chatRequest(request) }
        return try await counted(route) { inFlight in
            try await mutation.delay(breaks, streams: chat.streams)
            return try await forward(
                "/v1/chat/completions", body, to: route, id: id, streams: chat.streams, promptTokens: chat.promptTokens,
                inFlight: inFlight, keeping: chat)
        }
    }

    func embed(_ request: Incoming, id: String) async throws -> Outgoing {
        let (route, embedding) = try countingRefusals { () throws(APIError) in try embeddingRequest(request) }
        let prompt = embedding.inputs.reduce(0) { $0 + Tokens.count($1) }
        return try await counted(route, as: breaks.contains(.embeddingsUncounted) ? "unknown" : nil) { inFlight in
            try await forward(
                "/v1/embeddings", try request.bytes(), to: route, id: id, streams: false, promptTokens: prompt,
                inFlight: inFlight)
        }
    }

    /// Counts a request that is refused before it has a model.
    private func countingRefusals<Value>(_ check: () throws(APIError) -> Value) throws(APIError) -> Value {
        do {
            return try check()
        } catch {
            metrics.begin(model: "unknown").note(status: error.status)
            throw error
        }
    }

    /// Counts a request to a model, whatever becomes of it; `name` is what a break calls the model.
    private func counted(
        _ route: ModelRoute, as name: String? = nil, _ body: (GatewayMetrics.InFlight) async throws -> Outgoing
    ) async throws -> Outgoing {
        let inFlight = metrics.begin(model: name ?? route.model)
        do {
            let answer = try await body(inFlight)
            inFlight.note(status: answer.status)
            return answer
        } catch {
            inFlight.note(status: (error as? APIError)?.status ?? 500)
            throw error
        }
    }

    /// Checks a chat request before any model sees it.
    private func chatRequest(_ request: Incoming) throws(APIError) -> (ModelRoute, [UInt8], ChatRequest) {
        do {
            let body = try request.json()
            return (try route(for: body), try request.bytes(), try ChatRequest(body))
        } catch {
            if error.code == "model_not_found", breaks.contains(.unknownModelCrashes) {
                throw APIError(status: 500, message: "The server had an error.", type: "server_error")
            }
            let isForgiven =
                error.code == "invalid_json" && breaks.contains(.malformedAccepted)
                || error.code == "missing_required_parameter" && breaks.contains(.missingFieldAccepted)
            guard isForgiven, let model = modelNames.first else { throw error }
            let body: JSON = [
                "model": .string(model), "messages": [["role": "user", "content": "hello"]],
            ]
            return (try route(for: body), body.encoded, try ChatRequest(body))
        }
    }

    private func embeddingRequest(_ request: Incoming) throws(APIError) -> (ModelRoute, EmbeddingRequest) {
        let body = try request.json()
        return (try route(for: body), try EmbeddingRequest(body))
    }

    private func route(for body: JSON) throws(APIError) -> ModelRoute {
        var name = try ChatRequest.model(try FieldReader(body))
        if breaks.contains(.routingCrossed), name == "hermes" { name = "mixtral" }
        if let route = routes[name] { return route }
        if breaks.contains(.unknownModelAnswered), let first = modelNames.first, let route = routes[first] {
            return route
        }
        throw .unknownModel(name)
    }

    // MARK: Forwarding

    /// Sends a request to a replica, the next one if that cannot be reached, and passes its answer on.
    ///
    /// What is served to a chat is stored before its answer has ended.
    func forward(
        _ path: String, _ body: [UInt8], to route: ModelRoute, id: String, streams: Bool, promptTokens: Int,
        inFlight: GatewayMetrics.InFlight, keeping chat: ChatRequest? = nil
    ) async throws -> Outgoing {
        let begun = ContinuousClock.now
        try await mutation.refuseIfStuck()
        for index in route.order() {
            do {
                let answer = try await client.send(
                    method: "POST", path: path,
                    headers: [("Content-Type", "application/json"), ("x-request-id", id)], body: body,
                    to: route.replicas[index].port,
                    within: breaks.contains(.upstreamSlowAwaited) ? .seconds(60) : upstreamTimeout)
                route.note(index, isReachable: true)
                let collector = chat.map { chat in
                    CompletionCollector(
                        chat, requestID: id, schema: route.model, replica: answer.head.header("x-served-by"),
                        begun: begun)
                }
                return try await pass(
                    answer, of: route, streams: streams, promptTokens: promptTokens, inFlight: inFlight,
                    collector: collector)
            } catch UpstreamError.unreachable {
                route.note(index, isReachable: false)
                metrics.countUpstreamError(model: route.model, reason: "unreachable")
            } catch UpstreamError.timedOut {
                throw upstreamFailure(
                    504, "The model service of '\(route.model)' did not answer in time.", route, "timeout",
                    code: "upstream_timeout")
            } catch UpstreamError.malformed {
                throw upstreamFailure(
                    502, "The model service of '\(route.model)' gave an answer that is not valid.", route, "malformed",
                    code: "upstream_malformed")
            }
        }
        if breaks.contains(.upstreamDownHangs) { try await Task.sleep(for: .seconds(60)) }
        if breaks.contains(.upstreamDownAnswered) {
            return .json([
                "id": "chatcmpl-0", "object": "chat.completion", "model": .string(route.model), "choices": [],
            ])
        }
        if breaks.contains(.stuckAfterError) { mutation.getStuck() }
        throw APIError(
            status: 503, message: "No replica of the model '\(route.model)' can be reached.", type: "server_error",
            param: "model", code: "upstream_unavailable", headers: [("Retry-After", "1")])
    }

    private func upstreamFailure(
        _ status: Int, _ message: String, _ route: ModelRoute, _ reason: String, code: String
    ) -> APIError {
        metrics.countUpstreamError(model: route.model, reason: reason)
        if breaks.contains(.stuckAfterError) { mutation.getStuck() }
        return APIError(status: status, message: message, type: "server_error", param: "model", code: code)
    }

    private func pass(
        _ answer: UpstreamAnswer, of route: ModelRoute, streams: Bool, promptTokens: Int,
        inFlight: GatewayMetrics.InFlight, collector: CompletionCollector?
    ) async throws -> Outgoing {
        var headers: [(name: String, value: String)] = []
        for name in ["content-type", "cache-control", "x-served-by"] {
            if let value = answer.head.header(name) { headers.append((name, value)) }
        }
        let isStream = answer.head.header("content-type")?.hasPrefix("text/event-stream") == true
        guard isStream, !breaks.contains(.streamBuffered) else {
            let body = try await answer.readBody(atMost: Self.bodyLimit, within: upstreamTimeout)
            if answer.head.status == 200 {
                let read = isStream ? nil : try? JSON(parsing: body)
                metrics.count(
                    prompt: promptTokens, completion: read?["usage"]?["completion_tokens"]?.integer ?? 0,
                    model: route.model)
                if var collector {
                    if let read { collector.take(body: read) } else { collector.take(events: body) }
                    if let record = collector.record { try await keeper.keep(record) }
                }
            }
            return Outgoing(status: answer.head.status, headers: headers, body: .bytes(body))
        }
        let relay = StreamRelay(
            answer: answer, limit: upstreamTimeout, metrics: metrics, model: route.model, promptTokens: promptTokens,
            inFlight: inFlight, collector: collector, keeper: keeper)
        return Outgoing(
            status: answer.head.status, headers: headers, body: .stream(ChunkSequence { try await relay.next() }))
    }
}

/// Passes a stream of events on, piece by piece as they come.
private actor StreamRelay {
    private static let tokenMark = Array("\"content\":".utf8)

    private let answer: UpstreamAnswer
    private let limit: Duration
    private let metrics: GatewayMetrics
    private let model: String
    private let promptTokens: Int
    /// Held so that the request counts as being answered as long as its stream lives.
    private let inFlight: GatewayMetrics.InFlight
    private var tokens = 0
    private var collector: CompletionCollector?
    private let keeper: CompletionKeeper
    /// The last events, which wait until the completion is stored.
    private var held: [UInt8] = []
    private var isOver = false

    init(
        answer: UpstreamAnswer, limit: Duration, metrics: GatewayMetrics, model: String, promptTokens: Int,
        inFlight: GatewayMetrics.InFlight, collector: CompletionCollector?, keeper: CompletionKeeper
    ) {
        self.collector = collector
        self.keeper = keeper
        self.answer = answer
        self.limit = limit
        self.metrics = metrics
        self.model = model
        self.promptTokens = promptTokens
        self.inFlight = inFlight
    }

    deinit {
        metrics.count(prompt: promptTokens, completion: tokens, model: model)
    }

    func next() async throws -> [UInt8]? {
        guard !isOver else { return nil }
        while let chunk = try await answer.readChunk(within: limit) {
            // Each token is one event with this mark; inside a text its quotes are escaped.
            tokens += chunk.ranges(of: Self.tokenMark).count
            collector?.take(events: chunk)
            guard collector?.isFinishing == true else { return chunk }
            held += chunk
        }
        isOver = true
        guard let record = collector?.record else { return held.isEmpty ? nil : held }
        do {
            try await keeper.keep(record)
            return held
        } catch {
            // The head is gone: the events themselves must say that it failed.
            inFlight.note(status: error.status)
            return Array("data: ".utf8) + error.body.encoded + Array("\n\n".utf8)
        }
    }
}

extension Incoming {
    fileprivate func bytes() throws(APIError) -> [UInt8] {
        guard case .bytes(let bytes) = body else { throw .tooLarge }
        return bytes
    }
}
