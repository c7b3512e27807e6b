import Testing

@testable import Sandbox

@Suite struct OperationTests {
    @Test func `a stopped model is unavailable until it is started again`() async throws {
        try await withSandbox { client in
            for _ in 0..<2 {
                let down = try await client.send(
                    "POST", "/admin/models/hermes", to: "admin", body: #"{"state":"down"}"#)
                #expect(down.json["state"] == "down")
                #expect(down.json["replicas"]?.array?.allSatisfy { $0["listening"] == false } == true)
                let refused = try await client.chat("Say pong", model: "hermes")
                #expect(refused.errorCode == "upstream_unavailable")
                await #expect(throws: UpstreamError.unreachable) {
                    try await client.chat("Say pong", model: "hermes", to: "hermes")
                }
                let other = try await client.chat("Say pong")
                #expect(other.content == "pong")
                let health = try await client.send("GET", "/health")
                #expect(health.json["models"]?["hermes"]?["status"] == "unavailable")

                _ = try await client.send("POST", "/admin/models/hermes", to: "admin", body: #"{"state":"up"}"#)
                let served = try await client.chat("Say pong", model: "hermes")
                #expect(served.content == "pong")
            }
        }
    }

    @Test func `an outage with an end ends by itself, unless it was changed meanwhile`() async throws {
        try await withSandbox { client in
            let change = #"{"state":"down","for_ms":150}"#
            _ = try await client.send("POST", "/admin/models/mixtral", to: "admin", body: change)
            _ = try await client.send("POST", "/admin/models/hermes", to: "admin", body: change)
            _ = try await client.send("POST", "/admin/models/hermes", to: "admin", body: #"{"state":"down"}"#)
            try await Task.sleep(for: .milliseconds(600))
            let served = try await client.chat("Say pong")
            #expect(served.content == "pong")
            let down = try await client.chat("Say pong", model: "hermes")
            #expect(down.status == 503)
        }
    }

    @Test func `a slow model is given up`() async throws {
        try await withSandbox { client in
            _ = try await client.send("POST", "/admin/models/mixtral", to: "admin", body: #"{"state":"slow"}"#)
            let slow = try await client.chat("Say pong")
            #expect(slow.errorCode == "upstream_timeout")
            let body = #"{"state":"slow","latency_ms":100}"#
            _ = try await client.send("POST", "/admin/models/mixtral", to: "admin", body: body)
            let start = ContinuousClock.now
            let slower = try await client.chat("Say pong")
            #expect(slower.status == 200)
            #expect(.now - start >= .milliseconds(75))
        }
    }

    @Test func `a dead replica is passed over, and has its turn again when it is back`() async throws {
        try await withSandbox { client in
            func served() async throws -> [String?: Int] {
                var counts: [String?: Int] = [:]
                for _ in 0..<8 {
                    let reply = try await client.chat("Say pong")
                    #expect(reply.status == 200)
                    counts[reply.header("x-served-by"), default: 0] += 1
                }
                return counts
            }
            let path = "/admin/models/mixtral"
            let down = try await client.send("POST", path, to: "admin", body: #"{"state":"down","replica":1}"#)
            #expect(down.json["state"] == "mixed")
            let alone = try await served()
            #expect(alone == ["mixtral-0": 8])
            let up = try await client.send("POST", path, to: "admin", body: #"{"state":"up","replica":1}"#)
            #expect(up.json["state"] == "up")
            try await Task.sleep(for: ModelRoute.coolDown + .milliseconds(50))
            let both = try await served()
            #expect(both == ["mixtral-0": 4, "mixtral-1": 4])
        }
    }

    @Test func `a key of its own has a limit of its own, and can be taken back`() async throws {
        try await withSandbox { client in
            let made = try await client.send(
                "POST", "/admin/keys", to: "admin", body: #"{"requests_per_second":1,"burst":2}"#)
            let key = try #require(made.json["key"]?.string)
            let id = try #require(made.json["id"]?.string)
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await client.send("GET", "/v1/models", key: key).status) }
            #expect(statuses == [200, 200, 429])
            let refused = try await client.send("GET", "/v1/models", key: key)
            #expect(refused.errorCode == "rate_limit_exceeded")
            #expect(refused.header("retry-after") == "1")
            #expect(refused.header("x-ratelimit-remaining-requests") == "0")
            let other = try await client.send("GET", "/v1/models")
            #expect(other.status == 200)
            try await Task.sleep(for: .milliseconds(1100))
            let later = try await client.send("GET", "/v1/models", key: key)
            #expect(later.status == 200)

            let deleted = try await client.send("DELETE", "/admin/keys/\(id)", to: "admin")
            #expect(deleted.status == 204)
            let gone = try await client.send("GET", "/v1/models", key: key)
            #expect(gone.errorCode == "invalid_api_key")
        }
    }

    @Test func `bad orders to the operator's API are refused`() async throws {
        try await withSandbox { client in
            let orders: [(path: String, body: String, status: Int)] = [
                ("/admin/models/none", #"{"state":"up"}"#, 404), ("/admin/models/mixtral", "{}", 400),
                ("/admin/models/mixtral", #"{"state":"sideways"}"#, 400),
                ("/admin/models/mixtral", #"{"state":"down","for_ms":-1}"#, 400),
                ("/admin/models/broken-down", #"{"state":"up"}"#, 404), ("/admin/keys", #"{"burst":"a"}"#, 400),
            ]
            for order in orders {
                let reply = try await client.send("POST", order.path, to: "admin", body: order.body)
                #expect(reply.status == order.status, "\(order)")
                #expect(reply.json["error"]?["message"]?.string != nil)
            }
        }
    }

    @Test func `metrics count requests, tokens and what is under way`() async throws {
        try await withSandbox { client in
            _ = try await client.chat("Say pong")
            _ = try await client.chat("Count to 5", extra: #""stream":true"#)
            _ = try await client.chat("Say pong", model: "none")
            _ = try await client.chat("Say pong", model: "broken-down")
            let page = try await client.send("GET", "/metrics")
            #expect(page.header("content-type")?.hasPrefix("application/openmetrics-text") == true)
            let lines = Set(page.text.split(separator: "\n").map(String.init))
            for line in [
                "gateway_requests_total{model=\"mixtral\",status=\"200\"} 2",
                "gateway_requests_total{model=\"unknown\",status=\"404\"} 1",
                "gateway_requests_total{model=\"broken-down\",status=\"503\"} 1",
                "gateway_tokens_total{model=\"mixtral\",kind=\"completion\"} 6",
                "gateway_tokens_total{model=\"mixtral\",kind=\"prompt\"} 17", "gateway_in_flight 0",
                "gateway_request_duration_seconds_count{model=\"mixtral\"} 2",
                "gateway_upstream_errors_total{model=\"broken-down\",reason=\"unreachable\"} 1",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            #expect(page.text.hasSuffix("# EOF\n"))
            var replicas = 0
            for name in ["mixtral-0", "mixtral-1"] {
                let text = try await client.send("GET", "/metrics", to: name).text
                let mark = "model_requests_total{model=\"mixtral\",status=\"200\"} "
                if let range = text.firstRange(of: mark) {
                    replicas += Int(text[range.upperBound...].prefix { $0.isNumber }) ?? 0
                }
            }
            #expect(replicas == 2)
        }
    }

    @Test func `everything stops, and its ports are free again`() async throws {
        var options = SandboxOptions()
        options.models = ["mixtral"]
        let first = try await start(options)
        let url = try #require(first["gateway"])
        options.gatewayPort = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
        await first.stop()
        let second = try await start(options)
        #expect(second["gateway"] == url)
        await second.stop()
    }

    @Test func `the endpoints are one JSON object`() async throws {
        try await withSandbox { client in
            let json = try JSON(parsing: Array(client.endpoints.json.utf8))
            #expect(json["api_key"] == "sk-plumb-sandbox")
            for name in ["gateway", "admin", "mixtral", "mixtral-0", "mixtral-1", "hermes"] {
                #expect(json["endpoints"]?[name]?.string == client.endpoints[name])
                #expect(client.endpoints[name] != nil)
            }
        }
    }

    @Test func `options are set from text, and bad text is refused`() throws {
        var options = SandboxOptions()
        func set(_ name: String, _ text: String) throws {
            try #require(SandboxOption.all.first { $0.name == name }).apply(text, &options)
        }
        try set("seed", "7")
        try set("latency", "1.5s")
        try set("models", "a,b")
        try set("rate-limit", "20")
        try set("break", "health-lies,slow-tail")
        #expect(options.seed == 7)
        #expect(options.latency == .milliseconds(1500))
        #expect(options.models == ["a", "b"])
        #expect(options.rateLimit == 20)
        #expect(options.breaks == ["health-lies", "slow-tail"])
        for (name, text) in [
            ("seed", "-1"), ("latency", "5"), ("latency", "-5ms"), ("jitter", "2"), ("port", "70000"),
            ("rate-limit", "0"), ("failure-rate", "nan"),
        ] {
            #expect(throws: SandboxError.self) { try set(name, text) }
        }
    }
}
