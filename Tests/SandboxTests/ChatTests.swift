import Testing

@testable import Sandbox

@Suite struct ChatTests {
    @Test func `a plain request is obeyed and counted`() async throws {
        try await withSandbox { client in
            let reply = try await client.chat("Say pong")
            #expect(reply.status == 200)
            #expect(reply.content == "pong")
            #expect(reply.json["model"] == "mixtral")
            #expect(reply.json["object"] == "chat.completion")
            #expect(reply.json["choices"]?.array?.first?["finish_reason"] == "stop")
            #expect(reply.json["usage"] == ["prompt_tokens": 8, "completion_tokens": 1, "total_tokens": 9])
            #expect(reply.header("x-served-by")?.hasPrefix("mixtral-") == true)
        }
    }

    @Test func `each model is served by its own service`() async throws {
        try await withSandbox { client in
            for model in ["mixtral", "hermes"] {
                let reply = try await client.chat("Say pong", model: model)
                #expect(reply.json["model"]?.string == model)
                #expect(reply.header("x-served-by")?.hasPrefix("\(model)-") == true)
                let direct = try await client.chat("Say pong", model: model, to: model, key: nil)
                #expect(direct.json["system_fingerprint"] == reply.json["system_fingerprint"])
            }
        }
    }

    @Test func `temperature zero and a seed give the same text, on every replica`() async throws {
        try await withSandbox { client in
            let prompt = "Why do tests matter?"
            var zero: Set<String?> = []
            var seeded: Set<String?> = []
            var free: Set<String?> = []
            for _ in 0..<4 {
                zero.insert(try await client.chat(prompt, extra: #""temperature":0"#).content)
                seeded.insert(try await client.chat(prompt, extra: #""seed":7"#).content)
                free.insert(try await client.chat(prompt).content)
            }
            #expect(zero.count == 1)
            #expect(seeded.count == 1)
            #expect(seeded != zero)
            #expect(free.count > 1)
        }
    }

    @Test func `two sandboxes of one seed answer alike, of two seeds not`() async throws {
        var texts: [UInt64: Set<String?>] = [:]
        for seed: UInt64 in [1, 1, 2] {
            try await withSandbox {
                $0.seed = seed
            } _: { client in
                texts[seed, default: []].insert(try await client.chat("What is truth?").content)
            }
        }
        #expect(texts[1]?.count == 1)
        #expect(texts[1] != texts[2])
    }

    @Test func `the length is kept, and why it ended is said`() async throws {
        try await withSandbox { client in
            let cut = try await client.chat("Count to 20", extra: #""max_tokens":5"#)
            #expect(cut.content == "1 2 3 4 5")
            #expect(cut.json["choices"]?.array?.first?["finish_reason"] == "length")
            #expect(cut.json["usage"]?["completion_tokens"] == 5)
            let stopped = try await client.chat("Count to 20", extra: #""stop":[" 4"]"#)
            #expect(stopped.content == "1 2 3")
            #expect(stopped.json["choices"]?.array?.first?["finish_reason"] == "stop")
        }
    }

    @Test func `several choices are several texts`() async throws {
        try await withSandbox { client in
            let reply = try await client.chat("Tell me about rain", extra: #""n":3"#)
            let choices = try #require(reply.json["choices"]?.array)
            #expect(choices.compactMap { $0["index"]?.integer } == [0, 1, 2])
            #expect(Set(choices.map { $0["message"]?["content"] }).count == 3)
        }
    }

    @Test func `a stream comes token by token, with its usage and its end`() async throws {
        try await withSandbox {
            $0.latency = .milliseconds(20)
            $0.tokenLatency = .milliseconds(20)
        } _: { client in
            let reply = try await client.chat(
                "Count to 15", extra: #""stream":true,"stream_options":{"include_usage":true}"#)
            #expect(reply.header("content-type")?.hasPrefix("text/event-stream") == true)
            #expect(reply.header("transfer-encoding") == "chunked")
            let events = reply.text.split(separator: "\n\n").map { $0.dropFirst("data: ".count) }
            #expect(events.last == "[DONE]")
            let chunks = try events.dropLast().map { try JSON(parsing: Array($0.utf8)) }
            let content = chunks.compactMap { $0["choices"]?.array?.first?["delta"]?["content"]?.string }
            #expect(content.count == 15)
            #expect(content.joined() == (1...15).map(String.init).joined(separator: " "))
            #expect(chunks.last?["usage"]?["completion_tokens"] == 15)
            #expect(chunks.dropLast().last?["choices"]?.array?.first?["finish_reason"] == "stop")
            let first = try #require(reply.pieces.first?.at)
            let last = try #require(reply.pieces.last?.at)
            #expect(first >= .milliseconds(15))
            #expect(last - first >= .milliseconds(250))
            #expect(reply.pieces.count >= 15)
        }
    }

    @Test func `a stream's text is that of the same request in one piece`() async throws {
        try await withSandbox { client in
            let extra = #""temperature":0"#
            let whole = try await client.chat("What is a gateway?", extra: extra)
            let stream = try await client.chat("What is a gateway?", extra: extra + #","stream":true"#)
            let content = try stream.text.split(separator: "\n\n").dropLast().compactMap {
                try JSON(parsing: Array($0.dropFirst(6).utf8))["choices"]?.array?.first?["delta"]?["content"]?.string
            }
            #expect(content.joined() == whole.content)
        }
    }

    @Test func `requests are spread over the replicas evenly`() async throws {
        try await withSandbox { client in
            var served: [String?: Int] = [:]
            for _ in 0..<20 { served[try await client.chat("Say a").header("x-served-by"), default: 0] += 1 }
            #expect(served == ["mixtral-0": 10, "mixtral-1": 10])
        }
    }

    @Test func `answers fail at the rate that was asked for`() async throws {
        try await withSandbox {
            $0.failureRate = 0.5
        } _: { client in
            var failures = 0
            for _ in 0..<40 where try await client.chat("Say a").status == 500 { failures += 1 }
            #expect((8...32).contains(failures))
        }
    }
}
