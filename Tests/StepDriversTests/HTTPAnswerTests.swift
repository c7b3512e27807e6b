import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct HTTPAnswerTests {
    private static func answer(
        _ reply: HTTPReply, _ yaml: String = "{ get: /a }"
    ) async throws -> Outcome {
        let server = try SimpleHTTPServer { _ in reply }
        return try await outcome(yaml, at: server.url)
    }

    private static func reply(_ status: Int, _ type: String?, _ body: String) -> HTTPReply {
        HTTPReply(status, type.map { [.init("Content-Type", $0)] } ?? [], body: .whole(Array(body.utf8)))
    }

    @Test func `a result has every member that the language promises`() async throws {
        let outcome = try await Self.answer(
            HTTPReply(
                201,
                [
                    .init("Content-Type", "application/json"), .init("X-A", "1"), .init("x-a", "2"),
                    .init("Set-Cookie", "sid=abc; Path=/"), .init("Set-Cookie", "lang = en"),
                ], body: .whole(Array(#"{"a": [1, 2.5, null]}"#.utf8))))
        #expect(outcome.error == nil)
        #expect(outcome.code == "201")
        #expect(outcome["status"] == 201)
        #expect(outcome["headers", "x-a"] == "2")
        #expect(outcome["headers_all", "x-a"] == ["1", "2"])
        #expect(outcome["body"] == ["a": [1, 2.5, nil]])
        #expect(outcome["text"] == #"{"a": [1, 2.5, null]}"#)
        #expect(outcome["bytes"] == 21)
        #expect(outcome["cookies"] == ["sid": "abc", "lang": "en"])
        #expect(outcome["url"]?.string?.hasSuffix("/a") == true)
        #expect(outcome["redirects"] == [])
        #expect(outcome["version"] == "1.1")
        #expect(outcome["attempt"] == 1)
        #expect(outcome["error"] == Value.null)
        #expect(outcome["certificate"] == Value.null)
        #expect((outcome["ms"]?.number ?? -1) > 0)
        for phase in ["dns", "connect", "tls", "first_byte", "total"] {
            #expect((outcome["timing", phase]?.number ?? -1) >= 0)
        }
        let fields = try Parsed.request("{ get: /a }").resultFields.map(\.name)
        #expect(Set(fields + ["ms", "attempt", "error"]) == Set(outcome.result.object?.keys ?? []))
    }

    static let bodies: [(Int, String?, String, Value)] = [
        (200, "application/json; charset=utf-8", "[1]", [1]), (200, "application/problem+json", "{}", [:]),
        (200, "TEXT/JSON", "true", true), (200, "text/html", "<p>", "<p>"), (200, "text/plain", "", ""),
        (200, "image/png", "abc", nil), (200, nil, "abc", nil), (204, "application/json", "", nil),
        (304, "application/json", "", nil), (200, "application/json", " 12345678901234567890 ", "12345678901234567890"),
        (404, "application/json", #"{"e": 1}"#, ["e": 1]),
    ]

    @Test(arguments: bodies) func `a body is read by its content type`(
        _ status: Int, _ type: String?, _ body: String, _ expected: Value
    ) async throws {
        let outcome = try await Self.answer(Self.reply(status, type, body))
        #expect(outcome.error == nil)
        #expect(outcome["body"] == expected)
        #expect(outcome["status"] == Value(status))
    }

    static let noJSON: [(String, Int, String)] = [
        ("", 0, "the body is empty, and its content type is application/json"),
        ("<html><b>502</b></html>", 0, "the body is not JSON at byte 0"),
        ("\u{FEFF}{}", 0, "the body is not JSON at byte 0"),
        (#"{"a": 1"#, 7, "the body is not JSON at byte 7"), ("{} {}", 3, "the body is not JSON at byte 3"),
        ("NaN", 0, "the body is not JSON at byte 0"), ("[1,]", 3, "the body is not JSON at byte 3"),
        ("{'a': 1}", 1, "the body is not JSON at byte 1"), (#"["\ud800"]"#, 1, "the body is not JSON at byte"),
    ]

    @Test(arguments: noJSON) func `what says JSON and is none is an error with its place`(
        _ body: String, _ offset: Int, _ message: String
    ) async throws {
        let outcome = try await Self.answer(Self.reply(500, "application/json", body))
        #expect(outcome.error?.kind == .protocol)
        #expect(outcome.error?.message.hasPrefix(message) == true)
        #expect(outcome.error?.hint != nil)
        #expect(outcome["error", "kind"] == "protocol")
        if !body.contains("ud800") { #expect(outcome["error", "offset"] == Value(offset)) }
        #expect(outcome["body"] == Value.null)
        #expect(outcome["status"] == 500)
        #expect(outcome["text"] == .string(body))
    }

    @Test func `a body of JSON that nests too deep is an error and no crash`() async throws {
        let deep = String(repeating: "[", count: 100_000)
        let outcome = try await Self.answer(Self.reply(200, "application/json", deep))
        #expect(outcome.error?.kind == .protocol)
    }

    @Test func `a HEAD has a content type and no body`() async throws {
        let outcome = try await Self.answer(Self.reply(200, "application/json", "{}"), "{ head: /a }")
        #expect(outcome.error == nil)
        #expect(outcome["body"] == Value.null)
        #expect(outcome["bytes"] == 0)
    }

    @Test func `Latin-1 is read as what it is`() async throws {
        let reply = HTTPReply(
            200, [.init("content-type", "text/plain; charset=ISO-8859-1")], body: .whole([0x63, 0xE9]))
        #expect(try await Self.answer(reply)["text"] == "cé")
    }

    @Test func `numbers that a double would round are carried as text, and the report says so`() async throws {
        let outcome = try await Self.answer(Self.reply(200, "application/json", "[9007199254740993, 1]"))
        #expect(outcome["body"] == ["9007199254740993", 1])
        #expect(outcome.notes == ["1 number of the body is carried as exact text"])
    }

    @Test func `cookies go back to the server for the whole test, unless they are not wanted`() async throws {
        let server = try SimpleHTTPServer { request in
            HTTPReply(200, request.path == "/in" ? [.init("Set-Cookie", "sid=7; Path=/")] : [])
        }
        try await drive { driving in
            let settings = "{ url: '\(server.url)' }"
            _ = try await driving.run("{ post: /in }", target: settings)
            let shown = try await driving.run("{ get: /a }", target: settings).exchange
            #expect(shown.request.contains("Cookie: sid=7"))
            #expect(shown.command == "curl -sS -H 'Cookie: sid=7' \(server.url)/a")
            _ = try await driving.run("{ get: /b, cookies: false }", target: settings)
            _ = try await driving.run("{ get: /c }", target: "{ url: '\(server.url)', cookies: false }")
            for driver in driving.drivers { await driver.endSession(driving.session) }
            _ = try await driving.run("{ get: /d }", target: settings)
        }
        #expect(server.requests.map { $0.header("cookie") } == [nil, "sid=7", nil, nil, nil])
    }

    @Test func `redirects are followed only where the step says so`() async throws {
        let server = try SimpleHTTPServer { request in
            request.path == "/a" ? HTTPReply(302, [.init("Location", "/b")]) : .json(#"{"at": "b"}"#)
        }
        let stays = try await outcome("{ get: /a }", at: server.url)
        #expect(stays["status"] == 302 && stays["redirects"] == [])
        let follows = try await outcome("{ post: /a, json: {}, follow_redirects: true }", at: server.url)
        #expect(follows["status"] == 200)
        #expect(follows["redirects"] == [["status": 302, "url": .string(server.url + "/b")]])
        #expect(follows["url"] == .string(server.url + "/b"))
        #expect(server.requests.last?.method == "GET")
    }

    @Test func `credentials and the target's headers stay behind when a redirect leads elsewhere`() async throws {
        let other = try SimpleHTTPServer { _ in .json("{}") }
        let server = try SimpleHTTPServer { _ in HTTPReply(307, [.init("Location", other.url + "/x")]) }
        _ = try await drive {
            try await $0.run(
                "{ get: /a, follow_redirects: 3, headers: { X-Trace: t, X-API-Key: own } }",
                target: "{ url: '\(server.url)', auth: { bearer: t0k }, headers: { X-Tenant: me } }")
        }
        let request = try #require(other.requests.first)
        #expect(server.requests.first?.header("authorization") == "Bearer t0k")
        #expect(server.requests.first?.header("x-tenant") == "me")
        #expect(request.header("authorization") == nil && request.header("x-tenant") == nil)
        #expect(request.header("x-api-key") == nil)
        #expect(request.header("x-trace") == "t")
    }

    @Test(arguments: [
        ("5", Duration.seconds(5)), ("0", .zero), ("soon", nil), ("-1", nil),
        ("99999999999999999999", .seconds(86_400)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", .zero), ("Fri, 31 Dec 2199 23:59:59 GMT", .seconds(86_400)),
    ]) func `Retry-After is seconds or a date, and anything else is told and ignored`(
        _ header: String, _ expected: Duration?
    ) async throws {
        let outcome = try await Self.answer(HTTPReply(429, [.init("Retry-After", header)]))
        #expect(outcome.retryAfter == expected)
        #expect(outcome.notes.contains { $0.contains("says nothing") } == (expected == nil))
    }

    @Test func `a body over max_bytes ends the transfer`() async throws {
        let outcome = try await Self.answer(.text(String(repeating: "x", count: 5000)), "{ get: /a, max_bytes: 1KiB }")
        #expect(outcome.error?.kind == .tooLarge)
        #expect(outcome["status"] == 200)
        #expect(outcome["bytes"] == 1024)
    }

    @Test func `attempts of one prepared step send the same and are counted`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let attempts = try await drive { driving in
            let prepared = try Parsed.request("{ post: /a, json: { a: 1 } }")
                .prepare(driving.scope, target: try driving.resolved("{ url: '\(server.url)' }"))
            return [try await driving.attempt(prepared), try await driving.attempt(prepared, number: 2)].map {
                $0["attempt"]
            }
        }
        #expect(attempts == [1, 2])
        #expect(Set(server.requests.map(\.head)).count == 1)
    }
}
