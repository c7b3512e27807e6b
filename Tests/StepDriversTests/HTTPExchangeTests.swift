import Expressions
import Glibc
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct HTTPExchangeTests {
    @Test func `an exchange reads as what went over the wire`() async throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"ok":true}"#, status: 201) }
        let outcome = try await outcome("{ post: /v1/users, query: { a: b }, json: { name: Ada } }", at: server.url)
        let exchange = outcome.exchange
        #expect(exchange.summary == "POST \(server.url)/v1/users?a=b")
        #expect(
            exchange.request == [
                "POST /v1/users?a=b HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "User-Agent: plumb/9.9", "Accept: */*",
                "Content-Type: application/json", "", #"{"name":"Ada"}"#,
            ])
        #expect(
            exchange.response == [
                "HTTP/1.1 201 Created", "content-type: application/json", "content-length: 11",
            ])
        #expect(exchange.body == #"{"ok":true}"#)
        #expect(exchange.bodyBytes == 11)
        #expect(
            exchange.command
                == "curl -sS -X POST -H 'Content-Type: application/json' --data-raw '{\"name\":\"Ada\"}' "
                + "'\(server.url)/v1/users?a=b'")
    }

    @Test func `an exchange is bounded`() async throws {
        let fields = (0..<300).map { HTTPReply.Field("x-\($0)", String(repeating: "y", count: 50)) }
        let server = try SimpleHTTPServer { _ in
            HTTPReply(200, fields, body: .whole([UInt8](repeating: 0x61, count: 100_000)))
        }
        let long = String(repeating: "z", count: 50_000)
        let scope = FixedScope(values: ["$vars.long": .string(long)])
        let exchange = try await outcome("{ post: /a, text: '${{ $vars.long }}' }", at: server.url, scope: scope)
            .exchange
        #expect(exchange.response.count <= 102)
        #expect(exchange.body?.utf8.count == 4096)
        #expect(exchange.bodyBytes == 100_000)
        #expect(exchange.request.joined().utf8.count < 6000)
        #expect(exchange.request.last == "(48.8 KiB in all)")
        #expect(exchange.command?.contains("--data-binary @BODY") == true)
    }

    @Test func `binary is told and not shown`() async throws {
        let server = try SimpleHTTPServer { _ in
            HTTPReply(200, [.init("content-type", "image/png")], body: .whole([0x89, 0x50, 0, 0xFF, 0xFE, 0xFD, 0xFC]))
        }
        let exchange = try await outcome("{ put: /a, base64: AP/+/fz7 }", at: server.url).exchange
        #expect(exchange.body == "(7 bytes of image/png)")
        #expect(exchange.request.last == "(6 bytes of application/octet-stream)")
    }

    @Test func `the command sends the same request`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let scope = FixedScope(values: ["$vars.q": "it's \"$HOME\" `x` \\ !"])
        let outcome = try await outcome(
            "{ post: /a, query: { q: '${{ $vars.q }}' }, headers: { X-Q: '${{ $vars.q }}', X-Empty: '' }, "
                + "json: { q: '${{ $vars.q }}', at: '@file' } }", at: server.url, scope: scope)
        let command = try #require(outcome.exchange.command)
        let stream = try #require(popen("exec 2>/dev/null; \(command)", "r"))
        // Waits for the command; whether it worked is told by what the server has read.
        pclose(stream)
        try #require(server.requestCount == 2)
        let (ours, theirs) = (server.requests[0], server.requests[1])
        #expect(ours.target == theirs.target && ours.body == theirs.body)
        let kept = { (request: RecordedRequest) in
            Set(request.fields.filter { $0.name.lowercased() != "user-agent" }.map { $0.name.lowercased() + $0.value })
        }
        #expect(kept(ours) == kept(theirs))
    }

    @Test func `a password in a URL is not shown`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let url = server.url.replacing("http://", with: "http://me:hunter2@")
        let outcome = try await outcome("{ get: '\(url)/a' }", at: server.url)
        #expect(server.requests.first?.header("authorization") == "Basic bWU6aHVudGVyMg==")
        #expect(outcome.exchange.summary == "GET \(server.url)/a")
        #expect(!outcome.exchange.request.joined().contains("hunter2"))
        #expect(outcome.exchange.command == "curl -sS -u 'me:***' \(server.url)/a")
        #expect(outcome["url"] == .string(server.url + "/a"))
    }
}
