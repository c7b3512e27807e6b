import Foundation
import Testing

@testable import Sandbox

@Suite struct BreakTests {
    /// Each break does what it says, and a sandbox without it does not.
    @Test(arguments: SandboxBreak.allCases)
    func `a break shows, and only where it is asked for`(_ fault: SandboxBreak) async throws {
        for isBroken in [false, true] {
            try await withSandbox {
                if isBroken { $0.breaks = [fault.rawValue] }
                $0.tokenLatency = .milliseconds(1)
            } _: { client in
                var isHealthy = try await isHealthy(client, concerning: fault)
                // A busy machine makes a sound sandbox look slow now and then, and never a broken one sound.
                for _ in 0..<4 where !isBroken && !isHealthy {
                    isHealthy = try await self.isHealthy(client, concerning: fault)
                }
                #expect(isHealthy != isBroken, "\(fault.summary)")
            }
        }
    }

    @Test func `every break names a scenario and a step that are there`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        for fault in SandboxBreak.allCases {
            #expect(!fault.summary.isEmpty && !fault.summary.contains("\n"))
            #expect(!fault.proofs.isEmpty)
            for proof in fault.proofs {
                let text = try String(contentsOfFile: "\(root)/scenarios/\(proof.scenario).yaml", encoding: .utf8)
                #expect(text.contains("  - id: \(proof.step)\n"), "\(fault.rawValue)")
            }
        }
    }

    @Test func `the sandbox's page names every option and every break`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let page = try String(contentsOfFile: "\(root)/docs/sandbox.md", encoding: .utf8)
        for option in SandboxOption.all { #expect(page.contains("| `--\(option.name)`"), "\(option.name)") }
        for fault in SandboxBreak.allCases {
            #expect(page.contains("| `\(fault.rawValue)` | \(fault.summary) |"), "\(fault.rawValue)")
        }
    }

    /// Looks, as a caller can, at the behaviour that a break concerns.
    private func isHealthy(_ client: TestClient, concerning fault: SandboxBreak) async throws -> Bool {
        let pong = #"{"model":"mixtral","messages":[{"role":"user","content":"Say pong"}]}"#
        switch fault {
        case .routingCrossed:
            return try await client.chat("Say a", model: "hermes").header("x-served-by")?.hasPrefix("hermes-") == true
        case .wrongModelName: return try await client.chat("Say a").json["model"] == "mixtral"
        case .requestIDLost:
            return try await client.chat("Say a", headers: [("x-request-id", "mine")]).header("x-request-id") == "mine"
        case .usageWrong:
            let usage = try await client.chat("Say a").json["usage"]
            let sum = (usage?["prompt_tokens"]?.integer ?? 0) + (usage?["completion_tokens"]?.integer ?? 0)
            return usage?["total_tokens"]?.integer == sum
        case .oneReplica, .skewedReplicas:
            var counts: [String?: Int] = [:]
            for _ in 0..<10 { counts[try await client.chat("Say a").header("x-served-by"), default: 0] += 1 }
            return counts.values.max() == 5
        case .unknownModelAnswered, .unknownModelCrashes:
            return try await client.chat("Say a", model: "none").status == 404
        case .malformedAccepted:
            return try await client.send("POST", "/v1/chat/completions", body: "{").status == 400
        case .missingFieldAccepted:
            return try await client.send("POST", "/v1/chat/completions", body: #"{"model":"mixtral"}"#).status == 400
        case .missingKeyAccepted: return try await client.chat("Say a", key: nil).status == 401
        case .unauthorizedWithoutBody: return try await client.chat("Say a", key: nil).errorCode != nil
        case .errorWithoutCode: return try await client.chat("Say a", model: "none").errorCode == "model_not_found"
        case .upstreamDownAnswered: return try await client.chat("Say a", model: "broken-down").status == 503
        case .upstreamDownHangs:
            return try await answers { try await client.chat("Say a", model: "broken-down", within: .seconds(1)) }
        case .metricsSlow:
            let begun = ContinuousClock.now
            _ = try await client.send("GET", "/metrics", to: "metrics")
            return ContinuousClock.now - begun < .milliseconds(700)
        case .upstreamSlowAwaited: return try await client.chat("Say a", model: "broken-slow").status == 504
        case .stuckAfterError:
            _ = try await client.chat("Say a", model: "broken-down")
            return try await client.chat("Say pong").content == "pong"
        case .noFailover:
            let body = #"{"state":"down","replica":1}"#
            _ = try await client.send("POST", "/admin/models/mixtral", to: "admin", body: body)
            for _ in 0..<4 where try await client.chat("Say a").status != 200 { return false }
            return true
        case .healthLies:
            let health = try await client.send("GET", "/health").json
            return health["models"]?["broken-down"]?["status"] == "unavailable"
        case .slowTail: return try await slowest(of: 8, client, "Say a") < .seconds(2)
        case .slowFirstToken: return try await slowest(of: 1, client, "Say a", extra: #""stream":true"#) < .seconds(2)
        case .lowThroughput: return try await slowest(of: 2, client, "Say a") < .milliseconds(280)
        case .streamBuffered:
            let reply = try await client.chat("Count to 60", extra: #""stream":true"#)
            guard let first = reply.pieces.first?.at, let last = reply.pieces.last?.at else { return false }
            return last - first > .milliseconds(30)
        case .streamWithoutDone:
            return try await client.chat("Say a", extra: #""stream":true"#).text.hasSuffix("data: [DONE]\n\n")
        case .rateLimitIgnored: return try await refusalByLimit(client).status == 429
        case .retryAfterMissing: return try await refusalByLimit(client).header("retry-after") == "2"
        case .embeddingsRandom:
            let body = #"{"model":"mixtral","input":"the same"}"#
            let first = try await client.send("POST", "/v1/embeddings", body: body).json["data"]
            return try await client.send("POST", "/v1/embeddings", body: body).json["data"] == first
        case .temperatureIgnored:
            let extra = #""temperature":0"#
            let first = try await client.chat("Why do birds sing?", extra: extra).content
            for _ in 0..<3 where try await client.chat("Why do birds sing?", extra: extra).content != first {
                return false
            }
            return true
        case .maximumTokensIgnored:
            return try await client.chat("Count to 9", extra: #""max_tokens":2"#).content == "1 2"
        case .metricsFrozen:
            _ = try await client.send("POST", "/v1/chat/completions", body: pong)
            return try await client.send("GET", "/metrics").text.contains("gateway_requests_total{model=\"mixtral\"")
        case .statusNeverDone:
            let id = try await makeConversation(client)
            for _ in 0..<120 {
                let status = try await client.send("GET", "/v1/conversations/\(id)").json["status"]
                if status == "done" { return true }
                try await Task.sleep(for: .milliseconds(25))
            }
            return false
        case .deleteIgnored:
            let id = try await makeConversation(client)
            _ = try await client.send("DELETE", "/v1/conversations/\(id)")
            return try await client.send("GET", "/v1/conversations/\(id)").status == 404
        case .staleWriteAccepted:
            let id = try await makeConversation(client)
            return try await client.send(
                "PATCH", "/v1/conversations/\(id)", headers: [("If-Match", "\"old\"")], body: #"{"title":"b"}"#
            ).status == 412
        case .pageRepeats:
            let first = try await makeConversation(client)
            _ = try await makeConversation(client)
            let page = try await client.send("GET", "/v1/conversations?limit=1&after=\(first)").json
            return page["first_id"]?.string != first
        case .sessionForgotten:
            let login = try await client.send(
                "POST", "/v1/sessions", headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: "user=ann")
            let cookie = login.header("set-cookie")?.prefix { $0 != ";" } ?? ""
            return try await client.send("GET", "/v1/session", key: nil, headers: [("Cookie", String(cookie))]).status
                == 200
        case .answerOffTopic: return try await client.chat("Say pong").content == "pong"
        case .modelsMixedUp: return try await client.send("GET", "/v1/models/hermes").json["id"] == "hermes"
        case .keyRepeated: return try await !client.chat("Say a", key: "sk-wrong").text.contains("sk-wrong")
        case .slowModelHurries: return try await client.chat("Say a", model: "broken-slow").status == 504
        case .latestOutdated:
            _ = try await makeConversation(client)
            let id = try await makeConversation(client)
            return try await client.send("GET", "/v1/conversations/latest").header("location")
                == "/v1/conversations/\(id)"
        case .conversationsShared:
            let id = try await makeConversation(client)
            let key = try await client.send("POST", "/admin/keys", to: "admin", body: #"{"user":"bob"}"#).json["key"]
            return try await client.send("GET", "/v1/conversations/\(id)", key: key?.string).status == 404
        case .vectorKeyIgnored:
            return try await client.send("GET", "/collections", to: "vectors", key: "sk-wrong").status == 401
        case .createdTwice:
            try await makeVectors(client)
            return try await client.vectors("PUT", "/collections/c", vectorSettings).status == 409
        case .dropMissingAccepted:
            return try await client.vectors("DELETE", "/collections/none").json["result"] == false
        case .collectionKept:
            try await makeVectors(client)
            _ = try await client.vectors("DELETE", "/collections/c")
            return try await client.vectors("GET", "/collections/c").status == 404
        case .aliasIgnored:
            try await makeVectors(client)
            _ = try await client.vectors(
                "POST", "/collections/aliases",
                #"{"actions":[{"create_alias":{"alias_name":"a","collection_name":"c"}}]}"#)
            return try await client.vectors("GET", "/collections/a").status == 200
        case .countStale:
            try await makeVectors(client)
            return try await client.vectors("POST", "/collections/c/points/count", "{}").json["result"]?["count"] == 4
        case .pointsKept:
            try await makeVectors(client)
            _ = try await client.vectors("POST", "/collections/c/points/delete", #"{"points":[1]}"#)
            return try await client.vectors("GET", "/collections/c/points/1").status == 404
        case .filterIgnored:
            try await makeVectors(client)
            let filter = #"{"filter":{"must":[{"key":"odd","match":{"value":true}}]}}"#
            return try await client.vectors("POST", "/collections/c/points/count", filter).json["result"]?["count"] == 2
        case .payloadLost:
            try await makeVectors(client)
            return try await client.vectors("GET", "/collections/c/points/1").json["result"]?["payload"]?["odd"] == true
        case .vectorRounded:
            try await makeVectors(client)
            return try await client.vectors("GET", "/collections/c/points/3").json["result"]?["vector"] == [0.6, 0.8]
        case .neighboursMissed, .hitsUnordered:
            try await makeVectors(client)
            let query = #"{"query":[1,0],"limit":4}"#
            let hits = try await client.vectors("POST", "/collections/c/points/query", query).json["result"]?["points"]
            return hits?.array?.compactMap { $0["id"]?.integer } == [1, 4, 3, 2]
        case .indexForgotten:
            return try await indexedFields(client, afterRemoval: false) == 1
        case .indexKept:
            return try await indexedFields(client, afterRemoval: true) == 0
        case .indexNeverReady:
            try await makeVectors(client)
            for _ in 0..<40 {
                let state = try await client.vectors("GET", "/collections/c").json["result"]?["status"]
                if state == "green" { return true }
                try await Task.sleep(for: .milliseconds(25))
            }
            return false
        case .vectorsSlow:
            let begun = ContinuousClock.now
            _ = try await client.vectors("GET", "/collections")
            return ContinuousClock.now - begun < .milliseconds(600)
        case .vectorRequestsDoubled, .vectorErrorsHidden, .vectorBatchesMerged, .vectorTotalsStale, .vectorVersionWrong:
            return try await areVectorsCounted(client, concerning: fault)
        case .scrapesDoubled:
            let first = try await client.metric("sandbox_scrapes_total")
            return try await client.metric("sandbox_scrapes_total") == (first ?? 0) + 1
        case .embeddingsUncounted:
            let body = #"{"model":"mixtral","input":"a"}"#
            _ = try await client.send("POST", "/v1/embeddings", body: body)
            return try await client.metric(#"gateway_requests_total{model="mixtral",status="200"}"#) == 1
        case .storeUncounted, .storeErrorsUncounted, .storeTransactionsDoubled, .storeRollbacksHidden,
            .storeRowsUncounted, .storeUpLies:
            return try await isStoreCounted(client, concerning: fault)
        case .replicaUnreported, .metricsStale, .requestsCountedTwice, .tokensMiscounted, .latencyMisreported:
            return try await isMeasuredWell(client, concerning: fault)
        case .alertRulesMissing, .alertNeverFires, .alertNeverResolves:
            return try await isAlertedWell(client, concerning: fault)
        case .grafanaDatabaseDown:
            return try await client.send("GET", "/api/health", to: "grafana").json["database"] == "ok"
        case .grafanaOpen: return try await client.send("GET", "/api/search", to: "grafana", key: nil).status == 401
        case .dashboardMissing:
            return try await client.send("GET", "/api/search", to: "grafana").json.array?.count == 2
        case .dataSourceMissing:
            return try await client.send("GET", "/api/datasources", to: "grafana").json.array?.count == 1
        default: return try await isStoreSound(client, concerning: fault)
        }
    }

    private func isMeasuredWell(_ client: TestClient, concerning fault: SandboxBreak) async throws -> Bool {
        func value(_ name: String) async throws -> Double? { try await client.metric(name) }
        let before = try await value("sandbox_scrapes_total")
        let start = ContinuousClock.now
        let answer = try await client.chat("Say a").json["usage"]?["completion_tokens"]?.integer ?? 0
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        switch fault {
        case .replicaUnreported:
            let page = try await client.send("GET", "/metrics", to: "metrics").text
            return page.split(separator: "\n").count { $0.hasPrefix("up{") } % 2 == 1
        case .metricsStale: return try await value("sandbox_scrapes_total") != before
        case .requestsCountedTwice:
            return try await value(#"gateway_requests_total{model="mixtral",status="200"}"#) == 1
        case .tokensMiscounted:
            return try await value(#"gateway_tokens_total{model="mixtral",kind="completion"}"#) == Double(answer)
        default:
            let sum = try await value(#"gateway_request_duration_seconds_sum{model="mixtral"}"#)
            return (sum ?? .infinity) <= elapsed
        }
    }

    private func isAlertedWell(_ client: TestClient, concerning fault: SandboxBreak) async throws -> Bool {
        if fault == .alertRulesMissing {
            let groups = try await client.send("GET", "/api/v1/rules", to: "alerts").json["data"]?["groups"]
            return groups?.array?.count == 1
        }
        func alerts(_ state: String, _ count: Int) async throws -> Bool {
            for _ in 0..<100 {
                let alerts = try await client.send("GET", "/api/v1/alerts", to: "alerts").json["data"]?["alerts"]
                if alerts?.array?.count(where: { state.isEmpty || $0["state"]?.string == state }) == count {
                    return true
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            return false
        }
        _ = try await client.send(
            "POST", "/admin/models/mixtral", to: "admin", body: #"{"state":"down","replica":1}"#)
        guard try await alerts("firing", 1) else { return false }
        _ = try await client.send("POST", "/admin/models/mixtral", to: "admin", body: #"{"state":"up"}"#)
        return try await alerts("", 0)
    }

    private func answers(_ request: () async throws -> Reply) async throws -> Bool {
        do {
            _ = try await request()
            return true
        } catch UpstreamError.timedOut {
            return false
        }
    }

    private func slowest(of count: Int, _ client: TestClient, _ prompt: String, extra: String = "") async throws
        -> Duration
    {
        var slowest = Duration.zero
        for _ in 0..<count {
            let start = ContinuousClock.now
            _ = try await client.chat(prompt, extra: extra)
            slowest = max(slowest, .now - start)
        }
        return slowest
    }

    private func refusalByLimit(_ client: TestClient) async throws -> Reply {
        let issued = try await client.send(
            "POST", "/admin/keys", to: "admin", body: #"{"requests_per_second":0.5,"burst":1}"#)
        let key = issued.json["key"]?.string
        _ = try await client.send("GET", "/v1/models", key: key)
        return try await client.send("GET", "/v1/models", key: key)
    }

    private func makeConversation(_ client: TestClient) async throws -> String {
        let made = try await client.send("POST", "/v1/conversations", body: #"{"title":"a","prompt":"Say pong"}"#)
        return try #require(made.json["id"]?.string)
    }
}

// MARK: Vectors

private let vectorSettings = #"{"vectors":{"size":2,"distance":"Cosine"}}"#

/// Makes a collection `c` of four points, the nearest to [1, 0] first: 1, 4, 3, 2.
private func makeVectors(_ client: TestClient) async throws {
    _ = try await client.vectors("PUT", "/collections/c", vectorSettings)
    let points = """
        {"points":[{"id":1,"vector":[1,0],"payload":{"odd":true}},{"id":2,"vector":[0,1],"payload":{"odd":false}},\
        {"id":3,"vector":[0.6,0.8],"payload":{"odd":true}},{"id":4,"vector":[0.8,0.6],"payload":{"odd":false}}]}
        """
    let reply = try await client.vectors("PUT", "/collections/c/points?wait=true", points)
    #expect(reply.status == 200)
}

/// How many fields have an index, after one was built and perhaps removed.
private func indexedFields(_ client: TestClient, afterRemoval: Bool) async throws -> Int {
    try await makeVectors(client)
    _ = try await client.vectors("PUT", "/collections/c/index", #"{"field_name":"odd","field_schema":"bool"}"#)
    if afterRemoval { _ = try await client.vectors("DELETE", "/collections/c/index/odd") }
    let schema = try await client.vectors("GET", "/collections/c").json["result"]?["payload_schema"]
    guard case .object(let members)? = schema else { return -1 }
    return members.count
}

extension TestClient {
    /// Sends a request to the store of vectors.
    func vectors(_ method: String, _ path: String, _ body: String? = nil) async throws -> Reply {
        try await send(method, path, to: "vectors", body: body)
    }
}
