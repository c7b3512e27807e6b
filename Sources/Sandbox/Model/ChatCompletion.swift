/// A completion as it goes on the wire, whole or as events.
struct ChatCompletion: Sendable {
    var id: String
    /// Seconds since 1970.
    var created: Int
    var request: ChatRequest
    /// The model that made it.
    var servedBy: String
    var fingerprint: String
    /// Added to the sum of the tokens; not zero only in a sandbox that is broken on purpose.
    var usageError = 0
    var choices: [TextModel.Completion]

    var promptTokens: Int { request.promptTokens }
    var completionTokens: Int { choices.reduce(0) { $0 + $1.tokens.count } }

    private var usage: JSON {
        [
            "prompt_tokens": .integer(promptTokens), "completion_tokens": .integer(completionTokens),
            "total_tokens": .integer(promptTokens + completionTokens + usageError),
        ]
    }

    private func members(object: JSON) -> [JSON.Member] {
        [
            .init(key: "id", value: .string(id)), .init(key: "object", value: object),
            .init(key: "created", value: .integer(created)), .init(key: "model", value: .string(servedBy)),
            .init(key: "system_fingerprint", value: .string(fingerprint)),
        ]
    }

    /// The body of an answer that is not streamed.
    var body: JSON {
        let choices = choices.enumerated().map { index, choice -> JSON in
            [
                "index": .integer(index), "message": ["role": "assistant", "content": .string(choice.text)],
                "logprobs": nil, "finish_reason": .string(choice.finishReason),
            ]
        }
        return .object(
            members(object: "chat.completion") + [
                .init(key: "choices", value: .array(choices)), .init(key: "usage", value: usage),
            ])
    }

    /// The events of one token position, one for each choice that is that long.
    func events(ofToken position: Int) -> [UInt8] {
        choices.indices.filter { position < choices[$0].tokens.count }.flatMap { index -> [UInt8] in
            var delta: [JSON.Member] = []
            if position == 0 { delta.append(.init(key: "role", value: "assistant")) }
            delta.append(.init(key: "content", value: .string(choices[index].tokens[position])))
            return event([
                ["index": .integer(index), "delta": .object(delta), "logprobs": nil, "finish_reason": nil]
            ])
        }
    }

    /// The events after the last token: why each choice ended, the usage if asked for, and `[DONE]`.
    func lastEvents(withDone: Bool) -> [UInt8] {
        var bytes = choices.indices.flatMap { index -> [UInt8] in
            event([
                [
                    "index": .integer(index), "delta": [:], "logprobs": nil,
                    "finish_reason": .string(choices[index].finishReason),
                ]
            ])
        }
        if request.includesUsage { bytes += event([], usage: usage) }
        if withDone { bytes += Array("data: [DONE]\n\n".utf8) }
        return bytes
    }

    private func event(_ choices: [JSON], usage: JSON? = nil) -> [UInt8] {
        var members = members(object: "chat.completion.chunk")
        members.append(.init(key: "choices", value: .array(choices)))
        if let usage { members.append(.init(key: "usage", value: usage)) }
        return Array("data: ".utf8) + JSON.object(members).encoded + Array("\n\n".utf8)
    }
}

/// Entries of `/v1/models`.
enum ModelList {
    static func entry(_ model: String) -> JSON {
        // A fixed date: the models of the sandbox were never trained.
        ["id": .string(model), "object": "model", "created": 1_700_000_000, "owned_by": "plumb-sandbox"]
    }
}
