internal import Glibc

/// Gathers what a completion came to, from its body or from its events as they pass.
struct CompletionCollector: Sendable {
    private let request: ChatRequest
    private let requestID: String
    private let schema: String
    private let replica: String?
    private let begun: ContinuousClock.Instant
    private var buffer: [UInt8] = []
    private var id: String?
    private var model: String?
    private var finishReason: String?
    private var tokens = 0
    private var contents: [Int: String] = [:]
    private var counts: [Int: Int] = [:]

    init(
        _ request: ChatRequest, requestID: String, schema: String, replica: String?, begun: ContinuousClock.Instant
    ) {
        self.request = request
        self.requestID = requestID
        self.schema = schema
        self.replica = replica
        self.begun = begun
    }

    /// Whether a choice has ended: what follows are the last events.
    var isFinishing: Bool { finishReason != nil }

    /// Takes the body of an answer that is not streamed.
    mutating func take(body: JSON) {
        note(body)
        for choice in body["choices"]?.array ?? [] {
            let text = choice["message"]?["content"]?.string ?? ""
            add(text, tokens: Tokens.count(text), to: choice)
        }
        tokens = body["usage"]?["completion_tokens"]?.integer ?? tokens
    }

    /// Takes some bytes of a stream of events, wherever they begin and end.
    mutating func take(events bytes: [UInt8]) {
        buffer += bytes
        while let end = buffer.firstRange(of: [0x0A, 0x0A]) {
            let event = buffer[..<end.lowerBound]
            buffer.removeSubrange(..<end.upperBound)
            guard event.starts(with: Array("data: ".utf8)), let body = try? JSON(parsing: Array(event.dropFirst(6)))
            else { continue }
            note(body)
            for choice in body["choices"]?.array ?? [] {
                guard let text = choice["delta"]?["content"]?.string else {
                    add("", tokens: 0, to: choice)
                    continue
                }
                add(text, tokens: 1, to: choice)
            }
        }
    }

    private mutating func note(_ body: JSON) {
        id = id ?? body["id"]?.string
        model = model ?? body["model"]?.string
    }

    private mutating func add(_ text: String, tokens count: Int, to choice: JSON) {
        let index = choice["index"]?.integer ?? 0
        contents[index, default: ""] += text
        counts[index, default: 0] += count
        tokens += count
        finishReason = finishReason ?? choice["finish_reason"]?.string
    }

    /// The completion as it is stored; nil where it did not come to its end.
    var record: CompletionRecord? {
        guard let id, let model, let finishReason else { return nil }
        let asked = request.messages.map {
            CompletionRecord.Message(role: $0.role, content: $0.content, tokens: Tokens.count($0.content))
        }
        let answers = contents.keys.sorted().map { index in
            CompletionRecord.Message(
                role: "assistant", content: contents[index, default: ""], tokens: counts[index, default: 0])
        }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return CompletionRecord(
            id: id, requestID: requestID, schema: schema, model: model, replica: replica, finishReason: finishReason,
            promptTokens: request.promptTokens, completionTokens: tokens, temperature: request.temperature,
            isStreamed: request.streams, latency: ContinuousClock.now - begun,
            createdAt: now.tv_sec * 1000 + now.tv_nsec / 1_000_000, messages: asked + answers)
    }
}
