import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// Errors on the way, as results.
struct HTTPTroubleTests {
    @Test func `a closed port is refused, with what to do`() async throws {
        let port = try Loopback.unusedPort()
        let outcome = try await outcome("{ get: /a }", at: "http://127.0.0.1:\(port)")
        let error = try #require(outcome.error)
        #expect(error.kind == .refused && error.isBeforeSending)
        #expect(error.message == "127.0.0.1:\(port) refused the connection")
        #expect(error.hint == "is the service of target 'gateway' running? 'plumb doctor' looks at every target")
        #expect(outcome.code == nil)
        for field in try Parsed.request("{ get: /a }").resultFields where !["url"].contains(field.name) {
            let value = try #require(outcome[field.name])
            #expect(value.isNull || value.object?.isEmpty == true || value.array?.isEmpty == true)
        }
        #expect(outcome["error", "kind"] == "refused")
        #expect(outcome["error", "phase"] == "connect")
        #expect(outcome.exchange.response.isEmpty)
        #expect(outcome.exchange.command == "curl -sS http://127.0.0.1:\(port)/a")
    }

    @Test func `a server that says nothing is a time-out of the first byte`() async throws {
        let server = try RawServer([[.readRequest, .hang]])
        let begun = ContinuousClock.now
        let outcome = try await drive { driving in
            driving.timeout = .milliseconds(200)
            return try await driving.run("{ get: /a }", target: "{ url: '\(server.url)' }")
        }
        #expect(outcome.error?.kind == .timeout)
        #expect(outcome.error?.phase == "first_byte")
        #expect(ContinuousClock.now - begun < .seconds(2))
    }

    @Test func `a host that drops packets is a time-out of connecting`() async throws {
        let silent = try SilentListener()
        let outcome = try await drive { driving in
            driving.connect = .milliseconds(200)
            return try await driving.run("{ get: /a }", target: "{ url: 'http://127.0.0.1:\(silent.port)' }")
        }
        #expect(outcome.error?.kind == .connectTimeout)
        withExtendedLifetime(silent) {}
    }

    @Test func `a body that is cut is truncated, and never taken for JSON`() async throws {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n"
        let server = try RawServer([[.readRequest, .send(head + #"{"a": 1}"#), .close]])
        let outcome = try await outcome("{ get: /a }", at: server.url)
        #expect(outcome.error?.kind == .truncated)
        #expect(outcome["error", "bytes"] == 8)
        #expect(outcome["status"] == 200)
        #expect(outcome["body"] == Value.null)
        #expect(outcome["text"] == #"{"a": 1}"#)
    }

    @Test(
        arguments: [
            ("", .reset, "first_byte"), ("HTTP/1.1 200 OK\r\ncontent-le", .reset, "first_byte"),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", .reset, "body"),
        ] as [(String, StepError.Kind, String)]) func `a reset tells how far it came`(
            _ sent: String, _ kind: StepError.Kind, _ phase: String
        ) async throws
    {
        let server = try RawServer([[.readRequest, .send(sent), .pause(.milliseconds(30)), .reset]])
        let outcome = try await outcome("{ post: /a }", at: server.url)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.phase == phase)
        #expect(outcome.error?.message.contains("reset") == true)
        #expect(outcome.error?.hint != nil)
    }

    @Test func `what is no HTTP is a protocol error`() async throws {
        let server = try RawServer([[.readRequest, .send("hello\r\n\r\n"), .close]])
        let outcome = try await outcome("{ get: /a }", at: server.url)
        #expect(outcome.error?.kind == .protocol)
    }

    @Test func `cancelling the task ends the attempt at once`() async throws {
        let server = try RawServer([[.readRequest, .hang]])
        let begun = ContinuousClock.now
        try await drive { driving in
            let prepared = try Parsed.request("{ get: /a }")
                .prepare(driving.scope, target: try driving.resolved("{ url: '\(server.url)' }"))
            // Used by one task at a time, on the loop's thread.
            nonisolated(unsafe) let step = prepared
            let task = Task { _ = try await driving.attempt(step) }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            try await task.value
        }
        #expect(ContinuousClock.now - begun < .seconds(5))
    }

    @Test func `a body of 30 MB with its JSON is read in bounded time`() async throws {
        let item = #"{"id": 12345, "name": "some name or other", "tags": ["a", "b"], "score": 0.25}"#
        let count = 30_000_000 / (item.utf8.count + 1)
        let body = "[" + Array(repeating: item, count: count).joined(separator: ",") + "]"
        let server = try SimpleHTTPServer { _ in .json(body) }
        let outcome = try await drive { driving in
            driving.timeout = .seconds(120)
            return try await driving.run("{ get: /a }", target: "{ url: '\(server.url)' }")
        }
        #expect(outcome.error == nil)
        #expect(outcome["body"]?.array?.count == count)
        #expect(outcome.exchange.bodyBytes == body.utf8.count)
        #expect((outcome.exchange.body?.utf8.count ?? 0) <= 4096)
    }
}
