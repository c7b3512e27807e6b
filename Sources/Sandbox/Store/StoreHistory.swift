/// What the gateway served before it was started: the same rows under the same seed.
struct StoreHistory: Sendable {
    /// Completions of each model.
    let count: Int
    let seed: UInt64
    let breaks: Set<SandboxBreak>

    /// The newest of them, 2026-01-31 12:00 UTC; the oldest is from a month before.
    private static let end = 1_769_860_800_000
    private static let prompts = [
        "Say pong", "Count to 12", "What is a good test?", "Name a planet", "Repeat after me: all is well",
        "Explain latency to an owner", "Is a slow answer worse than none?", "Reply with yes",
    ]

    /// The completions of a model, oldest first.
    func completions(of model: String) -> [CompletionRecord] {
        var random = SeededRandom(seed: UInt64(hashing: "history of \(model)", from: seed))
        let generator = TextModel(name: model, seed: seed)
        // Texts are made once: the rows differ in their numbers.
        let texts = Self.prompts.map { prompt -> (prompt: String, tokens: Int, answer: [String]) in
            let answer = generator.complete(Self.request(prompt, model), choice: 0, draw: 0)
            return (prompt, Tokens.count(prompt), answer.tokens)
        }
        let system = "You are \(model)."
        let systemTokens = Tokens.count(system)
        let step = 30 * 86_400_000 / max(1, count)
        return (0..<count).map { index in
            let text = texts[Int(random.next() % UInt64(texts.count))]
            var messages: [CompletionRecord.Message] = []
            if random.next() % 4 == 0 { messages.append(.init(role: "system", content: system, tokens: systemTokens)) }
            messages.append(.init(role: "user", content: text.prompt, tokens: text.tokens))
            let kept = min(text.answer.count, 4 + Int(random.next() % 60))
            let isCut = kept < text.answer.count
            messages.append(
                .init(role: "assistant", content: text.answer.prefix(kept).joined(), tokens: kept))
            let id = UInt64(hashing: "\(model) \(index)", from: seed).hex
            var record = CompletionRecord(
                id: "chatcmpl-h" + id, requestID: "req_h" + id, schema: model, model: model,
                replica: "\(model)-\(random.next() % 2)", finishReason: isCut ? "length" : "stop",
                promptTokens: messages.dropLast().reduce(3) { $0 + $1.tokens + 3 }, completionTokens: kept,
                temperature: Double(random.next() % 5) / 4, isStreamed: random.next() % 3 == 0,
                latency: .milliseconds(5 + kept + Int(random.next() % 7)),
                createdAt: Self.end - (count - 1 - index) * step - Int(random.next() % UInt64(step)),
                messages: messages)
            if breaks.contains(.storeCountsDisagree), model == "imp", index == 7 { record.claimedMessages = 9 }
            return record
        }
    }

    private static func request(_ prompt: String, _ model: String) -> ChatRequest {
        ChatRequest(model: model, prompt: prompt)
    }
}
