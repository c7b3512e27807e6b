import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct HTTPStreamTests {
    private static func delta(_ content: String) -> String {
        #"{"choices": [{"delta": {"content": "\#(content)"}}]}"#
    }

    @Test func `a stream of a completion is told by its events and their times`() async throws {
        let events = [
            #"{"choices": [{"delta": {"role": "assistant"}}]}"#, Self.delta("Hel"), Self.delta("lo"), Self.delta("!"),
            "[DONE]",
        ]
        let server = try SimpleHTTPServer { _ in .events(events, every: .milliseconds(40)) }
        let outcome = try await outcome("{ post: /chat, json: {}, stream: sse }", at: server.url)
        #expect(outcome.error == nil)
        #expect(outcome["events"]?.array?.count == 5)
        #expect(outcome["events"]?.array?.last?["data"] == "[DONE]")
        #expect(outcome["events"]?.array?.first?["event"] == "message")
        #expect(outcome["content"] == "Hello!")
        #expect(outcome["done"] == true)
        let first = try #require(outcome["ttft_ms"]?.number)
        #expect(first >= 35)
        #expect(first == outcome["events"]?.array?[1]["at_ms"]?.number)
        let median = try #require(outcome["gap_ms", "p50"]?.number)
        let largest = try #require(outcome["gap_ms", "max"]?.number)
        #expect(median >= 20 && median <= largest)
        #expect(outcome["gap_ms", "p95"]?.number == largest)
        let rate = try #require(outcome["tokens_per_second"]?.number)
        #expect(rate > 0 && rate < 50)
        #expect(outcome["body"]?.string?.hasPrefix("data: ") == true)
    }

    @Test func `a stream ends at max_events`() async throws {
        let server = try SimpleHTTPServer { _ in
            .events(Array(repeating: "x", count: 50), every: .milliseconds(20))
        }
        let begun = ContinuousClock.now
        let outcome = try await outcome("{ get: /a, stream: sse, max_events: 3 }", at: server.url)
        #expect(outcome.error == nil)
        #expect(outcome["events"]?.array?.count == 3)
        #expect(outcome["done"] == false)
        #expect(
            outcome["content"] == "" && outcome["ttft_ms"] == Value.null && outcome["tokens_per_second"] == Value.null)
        #expect(outcome["gap_ms"] == ["p50": nil, "p95": nil, "max": nil])
        #expect(ContinuousClock.now - begun < .milliseconds(900))
    }

    @Test func `an answer that is no stream is read as what it is`() async throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"error": {"code": "model_not_found"}}"#, status: 404) }
        let outcome = try await outcome("{ post: /a, stream: sse }", at: server.url)
        #expect(outcome["status"] == 404)
        #expect(outcome["events"] == [])
        #expect(outcome["body"] == ["error": ["code": "model_not_found"]])
    }

    @Test func `a stream that breaks keeps the events that came`() async throws {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        let event = "data: \(Self.delta("Hi"))\n\n"
        let chunk = String(event.utf8.count, radix: 16) + "\r\n" + event + "\r\n"
        let server = try RawServer([[.readRequest, .send(head + chunk), .close]])
        let outcome = try await outcome("{ get: /a, stream: sse }", at: server.url)
        #expect(outcome.error?.kind == .truncated)
        #expect(outcome["content"] == "Hi")
        #expect(outcome["done"] == false)
    }
}
