import Testing

@testable import Sandbox

@Suite struct ErrorTests {
    /// A request and how it is refused.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "POST"
        var path = "/v1/chat/completions"
        var key: String? = "sk-plumb-sandbox"
        var body: String? = nil
        var status: Int
        var code: String?
        var param: String? = nil

        var testDescription: String { name }
    }

    static let refusals: [Refusal] = [
        Refusal(name: "no key", key: nil, body: "{}", status: 401, code: "missing_api_key"),
        Refusal(name: "wrong key", key: "sk-wrong", body: "{}", status: 401, code: "invalid_api_key"),
        Refusal(name: "no JSON", body: #"{"model": "#, status: 400, code: "invalid_json"),
        Refusal(name: "text after JSON", body: "{} {}", status: 400, code: "invalid_json"),
        Refusal(name: "no body", status: 400, code: "invalid_json"),
        Refusal(name: "an array", body: "[]", status: 400, code: "invalid_type"),
        Refusal(
            name: "no model", body: #"{"messages":[]}"#, status: 400, code: "missing_required_parameter",
            param: "model"),
        Refusal(name: "numeric model", body: #"{"model":1}"#, status: 400, code: "invalid_type", param: "model"),
        Refusal(name: "unknown model", body: #"{"model":"x"}"#, status: 404, code: "model_not_found", param: "model"),
        Refusal(
            name: "no messages", body: #"{"model":"mixtral"}"#, status: 400, code: "missing_required_parameter",
            param: "messages"),
        Refusal(
            name: "empty messages", body: #"{"model":"mixtral","messages":[]}"#, status: 400, code: "empty_array",
            param: "messages"),
        Refusal(
            name: "no role", body: #"{"model":"mixtral","messages":[{"content":"a"}]}"#, status: 400,
            code: "missing_required_parameter", param: "messages[0].role"),
        Refusal(
            name: "unknown role", body: #"{"model":"mixtral","messages":[{"role":"king","content":"a"}]}"#, status: 400,
            code: "invalid_value", param: "messages[0].role"),
        Refusal(
            name: "numeric content", body: #"{"model":"mixtral","messages":[{"role":"user","content":1}]}"#,
            status: 400, code: "invalid_type", param: "messages[0].content"),
        Refusal(
            name: "temperature too high",
            body: #"{"model":"mixtral","temperature":3,"messages":[{"role":"user","content":"a"}]}"#, status: 400,
            code: "invalid_value", param: "temperature"),
        Refusal(
            name: "text as max_tokens",
            body: #"{"model":"mixtral","max_tokens":"5","messages":[{"role":"user","content":"a"}]}"#, status: 400,
            code: "invalid_type", param: "max_tokens"),
        Refusal(
            name: "stream as text",
            body: #"{"model":"mixtral","stream":"yes","messages":[{"role":"user","content":"a"}]}"#, status: 400,
            code: "invalid_type", param: "stream"),
        Refusal(name: "wrong method", method: "GET", status: 405, code: "method_not_allowed"),
        Refusal(name: "unknown path", path: "/v1/nothing", body: "{}", status: 404, code: "unknown_url"),
        Refusal(
            name: "embedding without input", path: "/v1/embeddings", body: #"{"model":"mixtral"}"#, status: 400,
            code: "missing_required_parameter", param: "input"),
        Refusal(
            name: "large body", body: "\"" + String(repeating: "a", count: 2 << 20) + "\"", status: 413,
            code: "request_too_large"),
        Refusal(
            name: "upstream down",
            body: #"{"model":"broken-down","messages":[{"role":"user","content":"a"}]}"#, status: 503,
            code: "upstream_unavailable", param: "model"),
        Refusal(
            name: "upstream slow",
            body: #"{"model":"broken-slow","messages":[{"role":"user","content":"a"}]}"#, status: 504,
            code: "upstream_timeout", param: "model"),
    ]

    @Test(arguments: refusals)
    func `a bad request is refused in the documented form, and the next is served`(_ refusal: Refusal) async throws {
        try await withSandbox { client in
            let reply = try await client.send(refusal.method, refusal.path, key: refusal.key, body: refusal.body)
            #expect(reply.status == refusal.status)
            let error = try #require(reply.json["error"])
            #expect(error["code"]?.string == refusal.code)
            #expect(error["param"]?.string == refusal.param)
            #expect(error["message"]?.string?.isEmpty == false)
            #expect(error["type"]?.string?.isEmpty == false)
            #expect(reply.header("x-request-id") != nil)
            let next = try await client.chat("Say pong")
            #expect(next.content == "pong")
        }
    }

    @Test func `a refused method is told which are allowed`() async throws {
        try await withSandbox { client in
            let reply = try await client.send("PUT", "/v1/chat/completions", body: "{}")
            #expect(reply.header("allow") == "POST")
        }
    }

    @Test func `a slow upstream is given up at the time-out`() async throws {
        try await withSandbox { client in
            let start = ContinuousClock.now
            let reply = try await client.chat("Say a", model: "broken-slow")
            #expect(reply.status == 504)
            let elapsed = ContinuousClock.now - start
            #expect(elapsed >= .milliseconds(390))
            #expect(elapsed < .seconds(3))
        }
    }

    @Test func `a request id is echoed, unless it cannot stand in a header`() async throws {
        try await withSandbox { client in
            let echoed = try await client.send("GET", "/health", headers: [("X-Request-ID", "abc-1")])
            #expect(echoed.header("x-request-id") == "abc-1")
            let long = String(repeating: "x", count: 500)
            let made = try await client.send("GET", "/health", headers: [("X-Request-ID", long)])
            #expect(made.header("x-request-id")?.hasPrefix("req_") == true)
            let other = try await client.send("GET", "/health")
            #expect(other.header("x-request-id") != made.header("x-request-id"))
        }
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        try await withSandbox { client in
            let get = try await client.send("GET", "/v1/models")
            let reply = try await client.send(
                raw: Array(
                    "HEAD /v1/models HTTP/1.1\r\nAuthorization: Bearer sk-plumb-sandbox\r\n\r\n\(Self.nextRequest)".utf8
                ))
            #expect(reply.status == 200)
            #expect(reply.header("content-length") == String(get.bytes.count))
            // What a body would have displaced: the answer to the request that follows.
            #expect(reply.text.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    private static let nextRequest = "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"

    @Test func `bytes that are no HTTP end the connection and nothing else`() async throws {
        try await withSandbox { client in
            await #expect(throws: UpstreamError.self) {
                try await client.send(raw: Array("\u{1}\u{2}garbage\r\n\r\n".utf8), within: .seconds(2))
            }
            let next = try await client.chat("Say pong")
            #expect(next.content == "pong")
        }
    }

    @Test func `options that cannot be are refused with a hint`() async throws {
        var options = SandboxOptions()
        options.breaks = ["routing-crosed"]
        await #expect(throws: SandboxError.self) { try await start(options) }
        options = SandboxOptions()
        options.models = ["admin"]
        await #expect(throws: SandboxError.self) { try await start(options) }
        options = SandboxOptions()
        options.host = "192.0.2.1"
        await #expect(throws: SandboxError.self) { try await start(options) }
    }

    @Test func `a port that is taken is said to be taken`() async throws {
        try await withSandbox { client in
            var options = SandboxOptions()
            let url = try #require(client.endpoints["gateway"])
            options.gatewayPort = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
            let port = options.gatewayPort
            let error = await #expect(throws: SandboxError.self) { try await start(options) }
            #expect(error?.message.contains("in use") == true, "port \(port)")
        }
    }
}
