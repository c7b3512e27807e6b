import Testing

@testable import Sandbox

@Suite struct ConversationTests {
    private func login(_ client: TestClient, as user: String) async throws -> Reply {
        try await client.send(
            "POST", "/v1/sessions", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "user=\(user)&other=1")
    }

    @Test func `a conversation is made, answered, changed and deleted`() async throws {
        try await withSandbox { client in
            let made = try await client.send("POST", "/v1/conversations", body: #"{"title":"a","prompt":"Say pong"}"#)
            #expect(made.status == 201)
            #expect(made.json["status"] == "queued")
            let path = try #require(made.header("location"))
            var current = made
            while current.json["status"] == "queued" || current.json["status"] == "running" {
                try await Task.sleep(for: .milliseconds(20))
                current = try await client.send("GET", path)
            }
            #expect(current.json["status"] == "done")
            #expect(current.json["answer"] == "pong")
            let tag = try #require(current.header("etag"))
            #expect(tag != made.header("etag"))

            let unchanged = try await client.send("GET", path, headers: [("If-None-Match", tag)])
            #expect(unchanged.status == 304)
            #expect(unchanged.bytes.isEmpty)
            let body = #"{"title":"b"}"#
            let changed = try await client.send("PATCH", path, headers: [("If-Match", tag)], body: body)
            #expect(changed.json["title"] == "b")
            let stale = try await client.send("PATCH", path, headers: [("If-Match", tag)], body: body)
            #expect(stale.status == 412)
            let deleted = try await client.send("DELETE", path)
            #expect(deleted.status == 204)
            let again = try await client.send("DELETE", path)
            #expect(again.errorCode == "conversation_not_found")
        }
    }

    @Test func `a list comes in pages`() async throws {
        try await withSandbox { client in
            for title in ["a", "b", "c"] {
                _ = try await client.send("POST", "/v1/conversations", body: #"{"title":"\#(title)"}"#)
            }
            let first = try await client.send("GET", "/v1/conversations?limit=2")
            #expect(first.json["data"]?.array?.compactMap { $0["title"]?.string } == ["a", "b"])
            #expect(first.json["has_more"] == true)
            #expect(first.header("x-total-count") == "3")
            let last = try #require(first.json["last_id"]?.string)
            let second = try await client.send("GET", "/v1/conversations?limit=2&after=\(last)")
            #expect(second.json["data"]?.array?.compactMap { $0["title"]?.string } == ["c"])
            #expect(second.json["has_more"] == false)
            let wrong = try await client.send("GET", "/v1/conversations?limit=0")
            #expect(wrong.json["error"]?["param"] == "limit")
        }
    }

    @Test func `sessions see their own conversations, by token and by cookie`() async throws {
        try await withSandbox { client in
            let ann = try await login(client, as: "ann+%26+co")
            #expect(ann.status == 201)
            #expect(ann.json["user"] == "ann & co")
            let token = try #require(ann.json["token"]?.string)
            let made = try await client.send("POST", "/v1/conversations", key: token, body: #"{"title":"mine"}"#)
            let path = try #require(made.header("location"))
            let cookie = try #require(ann.header("set-cookie")?.prefix { $0 != ";" })
            let own = try await client.send("GET", path, key: nil, headers: [("Cookie", "a=b; \(cookie)")])
            #expect(own.json["title"] == "mine")
            let foreign = try await client.send("GET", path)
            #expect(foreign.status == 404)
            let latest = try await client.send("GET", "/v1/conversations/latest", key: token)
            #expect(latest.status == 307)
            #expect(latest.header("location") == path)
            let bare = try await client.send("GET", path, key: nil)
            #expect(bare.status == 401)
        }
    }

    @Test func `a form that is none is refused`() async throws {
        try await withSandbox { client in
            let json = try await client.send("POST", "/v1/sessions", body: #"{"user":"ann"}"#)
            #expect(json.status == 415)
            let nameless = try await client.send(
                "POST", "/v1/sessions", headers: [("Content-Type", "application/x-www-form-urlencoded")], body: "a=b")
            #expect(nameless.json["error"]?["param"] == "user")
        }
    }
}
