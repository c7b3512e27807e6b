import Expressions
import PlumbTesting
import Testing

/// `stream: sse` from the program's outside.
struct HTTPEventStreamTests {
    private static func piece(_ text: String) -> String { #"{"choices":[{"delta":{"content":"\#(text)"}}]}"# }

    @Test func `a stream is told by its events and their times`() async throws {
        let words = ["a", "b", "c", "d"]
        let server = try SimpleHTTPServer { request in
            var reply = HTTPReply.events(words.map(Self.piece) + ["[DONE]"], every: .milliseconds(100))
            if request.path == "/late" { reply.delay = .milliseconds(300) }
            return reply
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - http: { get: /, stream: sse }
                assert:
                  - .events | length == 5
                  - .content == "abcd"
                  - .done
                  - .gap_ms.p50 >= 95 and .gap_ms.p50 < 400
                  - .gap_ms.max >= .gap_ms.p95 and .gap_ms.p95 >= .gap_ms.p50
                  - .tokens_per_second > 1 and .tokens_per_second < 11
                  - .ttft_ms < 300
                  - .events[3].at_ms >= 295
              - { id: late, http: { get: /late, stream: sse }, assert: [.ttft_ms >= 295] }
              - http: { get: /, stream: sse, max_events: 2 }
                assert: [.events | length == 2, .content == "ab", .done | not, .ms < 400]
            """)
        run.expectAllPassed()
    }

    @Test func `an answer that is no stream has no events`() async throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"error":"no"}"#, status: 400) }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { http: { get: /, stream: sse }, expect: { status: 400, body: { error: no } }, assert: ['.events == []'] }
              - { id: implied, http: { get: /, stream: sse } }
            """)
        try run.expect("implied", tells: "status is 400")
        #expect(try run.step("s1")["verdict"]?.string == "passed", "\(run.output)")
    }
}
