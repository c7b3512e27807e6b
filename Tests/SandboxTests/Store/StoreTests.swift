import Glibc
import Testing

@testable import Sandbox

@Suite struct StoreTests {
    @Test func `a completion is stored with its messages before its answer comes`() async throws {
        try await withSandbox { client in
            let messages = #"[{"role":"system","content":"Be brief."},{"role":"user","content":"Say pong"}]"#
            let reply = try await client.send(
                "POST", "/v1/chat/completions", headers: [("x-request-id", "mine-1")],
                body: #"{"model":"hermes","temperature":0.5,"messages":\#(messages)}"#)
            let id = try #require(reply.json["id"]?.string)
            let usage = try #require(reply.json["usage"])
            try await withStore(client) { store in
                let rows = try await store.rows(
                    """
                    SELECT request_id, model, replica, finish_reason, prompt_tokens, completion_tokens, tokens,
                    message_count, temperature, streamed FROM hermes.completions WHERE id = ?
                    """, [id])
                let counts = ["prompt_tokens", "completion_tokens", "total_tokens"].map {
                    String(usage[$0]?.integer ?? -1)
                }
                #expect(
                    rows == [
                        ["mine-1", "hermes", reply.header("x-served-by") ?? "", "stop"] + counts + ["3", "0.5", "0"]
                    ])
                let said = try await store.rows(
                    "SELECT position, role, content FROM hermes.messages WHERE completion_id = ? ORDER BY position",
                    [id])
                #expect(
                    said == [["0", "system", "Be brief."], ["1", "user", "Say pong"], ["2", "assistant", "pong"]])
            }
        }
    }

    @Test func `a stream is stored before it ends`() async throws {
        try await withSandbox { client in
            let reply = try await client.chat("Count to 9", extra: #""stream":true,"n":2"#)
            #expect(reply.text.hasSuffix("data: [DONE]\n\n"))
            try await withStore(client) { store in
                let rows = try await store.rows(
                    "SELECT streamed, completion_tokens, message_count FROM mixtral.completions ORDER BY created_at DESC LIMIT 1"
                )
                #expect(rows == [["1", "18", "3"]])
                let said = try await store.rows("SELECT content FROM mixtral.messages ORDER BY id DESC LIMIT 2")
                #expect(said == [["1 2 3 4 5 6 7 8 9"], ["1 2 3 4 5 6 7 8 9"]])
            }
        }
    }

    @Test func `a store that fails halfway keeps nothing, and the caller is told`() async throws {
        try await withSandbox { client in
            let before = try await withStore(client) { try await $0.number("SELECT count(*) FROM messages") }
            let changed = try await client.setStore(#"{"state":"failing","model":"mixtral"}"#)
            #expect(changed.json["state"] == "failing" && changed.json["model"] == "mixtral")
            let refused = try await client.chat("Say a")
            #expect(refused.status == 500 && refused.errorCode == "store_failed")
            let stream = try await client.chat("Say a", extra: #""stream":true"#)
            #expect(stream.status == 200)
            #expect(stream.text.contains("\"store_failed\"") && !stream.text.contains("[DONE]"))
            #expect(try await client.chat("Say a", model: "hermes").status == 200)
            let after = try await withStore(client) { try await $0.number("SELECT count(*) FROM messages") }
            #expect(after == before + 2)
            _ = try await client.setStore(#"{"state":"up"}"#)
            #expect(try await client.chat("Say a").status == 200)
            let page = try await client.send("GET", "/metrics").text
            #expect(page.contains("gateway_store_errors_total{reason=\"failed\"} 2\n"))
            #expect(page.contains("gateway_store_completions_total{model=\"mixtral\"} 1\n"))
        }
    }

    @Test func `a store that is down is told with a time to come back, and comes back by itself`() async throws {
        try await withSandbox { client in
            _ = try await client.setStore(#"{"state":"down","for_ms":300}"#)
            let refused = try await client.chat("Say a")
            #expect(refused.status == 503 && refused.errorCode == "store_unavailable")
            #expect(refused.header("retry-after") == "1")
            var status = 0
            for _ in 0..<100 where status != 200 {
                try await Task.sleep(for: .milliseconds(50))
                status = try await client.chat("Say a").status
            }
            #expect(status == 200)
        }
    }

    @Test func `a slow store is waited for up to its limit`() async throws {
        try await withSandbox { client in
            _ = try await client.setStore(#"{"state":"slow","latency_ms":6000}"#)
            let refused = try await client.chat("Say a")
            #expect(refused.status == 504 && refused.errorCode == "store_timeout")
        }
    }

    @Test func `requests beyond the pool wait, and too many are told so`() async throws {
        try await withSandbox { client in
            _ = try await client.setStore(#"{"state":"slow","latency_ms":1500}"#)
            let codes = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<24 {
                    group.addTask {
                        let reply = try await client.chat("Say a")
                        return reply.errorCode ?? String(reply.status)
                    }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect((codes["200"] ?? 0) >= 8)
            #expect((codes["store_busy"] ?? 0) >= 1)
            #expect(codes.values.reduce(0, +) == 24)
            #expect(try await client.poolFigure("most_in_use") == 8)
            #expect(try await client.poolFigure("in_use") == 0)
            #expect(try await client.poolFigure("idle") <= 4)
        }
    }

    @Test(arguments: [
        #"{}"#, #"{"state":"gone"}"#, #"{"state":"slow","latency_ms":-1}"#, #"{"state":"up","model":"none"}"#,
    ])
    func `what an operator cannot set is refused`(body: String) async throws {
        try await withSandbox { client in
            let status = try await client.setStore(body).status
            #expect([400, 404].contains(status))
            #expect(try await client.chat("Say a").status == 200)
        }
    }

    @Test func `a completion is found and deleted without naming its schema`() async throws {
        try await withSandbox { client in
            let id = try #require(try await client.chat("Say a", model: "hermes").json["id"]?.string)
            try await withStore(client) { store in
                let found = try await store.rows("SELECT schema_name, model FROM completions WHERE id = ?", [id])
                #expect(found == [["hermes", "hermes"]])
                #expect(try await store.number("SELECT count(*) FROM messages WHERE completion_id = ?", [id]) == 2)
                #expect(try await store.change("DELETE FROM completions WHERE id = ? RETURNING id", [id]) == 1)
                #expect(try await store.number("SELECT count(*) FROM hermes.completions WHERE id = ?", [id]) == 0)
                #expect(try await store.number("SELECT count(*) FROM messages WHERE completion_id = ?", [id]) == 0)
            }
        }
    }

    @Test func `the history is the same under the same seed, and its indexes are used`() async throws {
        var histories: [[[String]]] = []
        for seed in [UInt64(7), 7, 8] {
            try await withSandbox {
                $0.seed = seed
                $0.history = 30
            } _: { client in
                try await withStore(client) { store in
                    histories.append(try await store.rows("SELECT * FROM yi34.completions ORDER BY created_at"))
                    let plan = try await store.rows(
                        "EXPLAIN QUERY PLAN SELECT id FROM imp.completions WHERE created_at > '2026-01-20'")
                    #expect(plan.last?.last?.contains("USING INDEX completions_created_at") == true)
                }
            }
        }
        #expect(histories[0].count == 30)
        #expect(histories[0] == histories[1])
        #expect(histories[0] != histories[2])
    }

    @Test func `every schema holds what its constraints want`() async throws {
        try await withSandbox { client in
            try await withStore(client) { store in
                #expect(try await store.number("SELECT count(DISTINCT schema_name) FROM completions") == 9)
                #expect(try await store.rows("PRAGMA foreign_key_check").isEmpty)
                let schemas = try await store.rows("SELECT name FROM main.models ORDER BY name").flatMap { $0 }
                #expect(schemas == StoreSchema.models)
            }
        }
    }

    @Test func `the store's folder goes with the sandbox`() async throws {
        var path = ""
        try await withSandbox { client in
            path = try #require(client.endpoints.database?.path)
            #expect(access(path, F_OK) == 0)
            let folder = String(path.prefix(upTo: try #require(path.lastIndex(of: "/"))))
            var status = stat()
            #expect(stat(folder, &status) == 0 && status.st_mode & 0o077 == 0)
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func `the folder of a sandbox that was killed goes with the next, one in use stays`() throws {
        let used = try StoreFolder()
        var template = Array((used.path + "X-XXXXXX").utf8CString)
        let killed = String(cString: try #require(mkdtemp(&template)))
        close(open(killed + "/lock", O_CREAT | O_RDWR, 0o600))
        var longAgo = utimbuf(actime: 1, modtime: 1)
        #expect(utime(killed, &longAgo) == 0)
        let next = try StoreFolder()
        #expect(access(killed, F_OK) != 0)
        #expect(access(used.path, F_OK) == 0)
        used.remove()
        next.remove()
        #expect(access(used.path, F_OK) != 0 && access(next.path, F_OK) != 0)
    }

    @Test func `the tables are written for both databases`() {
        let sqlite = StoreSchema.messages.definition(in: "phi3", .sqlite)
        #expect(sqlite[0].contains("FOREIGN KEY (completion_id) REFERENCES completions (id) ON DELETE CASCADE"))
        #expect(sqlite[0].contains("id INTEGER PRIMARY KEY"))
        let postgres = StoreSchema.messages.definition(in: "phi3", .postgres)
        #expect(postgres[0].hasPrefix("CREATE TABLE phi3.messages ("))
        #expect(postgres[0].contains("id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"))
        #expect(postgres[0].contains("REFERENCES phi3.completions (id) ON DELETE CASCADE"))
        #expect(
            StoreSchema.completions.definition(in: "phi3", .postgres)[1].hasSuffix("ON phi3.completions (created_at)"))
        #expect(StoreSchema.messages.insertion(in: "phi3", .postgres).hasSuffix("VALUES ($1, $2, $3, $4, $5)"))
    }

    @Test(arguments: [
        (0, "1970-01-01 00:00:00.000"), (1_769_860_800_250, "2026-01-31 12:00:00.250"),
        (951_782_400_000, "2000-02-29 00:00:00.000"), (-1, "1969-12-31 23:59:59.999"),
    ])
    func `an instant is written in UTC`(milliseconds: Int, text: String) {
        #expect(StoreValue.written(milliseconds) == text)
    }
}
