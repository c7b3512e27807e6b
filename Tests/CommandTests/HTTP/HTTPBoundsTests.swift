import Expressions
import PlumbTesting
import Testing

/// Servers that never end: each is given up in time, and with bounded memory (bad inputs 39 to 42).
struct HTTPBoundsTests {
    private func run(_ script: [RawServer.Step], _ steps: String) async throws -> HTTPRun {
        let server = try RawServer([[.readRequest] + script])
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(steps)
        withExtendedLifetime(server) {}
        return run
    }

    private static let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"

    @Test(
        arguments: [
            ([.hang], "took the request and sent nothing", "phase: first_byte"),
            ([.send("HTTP/1.1 200 OK\r\nx-slow: "), .hang], "the headers were not complete", "phase: first_byte"),
            ([.send(head + "12345"), .hang], "5 of 1000 bytes of the body had arrived", "phase: body"),
            (
                [.send(head), .drip([UInt8](repeating: 0x61, count: 1000), every: .milliseconds(50))],
                "of 1000 bytes of the body had arrived", "phase: body"
            ),
        ] as [([RawServer.Step], String, String)])
    func `a server that does not end is given up in time, with how far it came`(
        script: [RawServer.Step], message: String, phase: String
    ) async throws {
        let run = try await run(script, "  - { id: slow, http: { get: / }, timeout: 700ms }")
        try run.expect("slow", tells: "error | http.timeout", "within 700 ms", message, "raise 'timeout'", phase)
        #expect(try run.seconds(of: "slow") < 1.7)
        #expect(run.output.contains("timeout 700ms (scenario.yaml:3)"))
    }

    @Test func `a stream that stalls keeps what came`() async throws {
        let event = #"data: {"choices":[{"delta":{"content":"hi"}}]}"# + "\n\n"
        let run = try await run(
            [.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + event + event), .hang],
            """
              - { id: stalled, http: { get: /, stream: sse }, timeout: 700ms }
              - { id: taken, http: { get: /, stream: sse }, timeout: 700ms, expect: { error: { kind: timeout } } }
              - { id: kept, assert: ['$steps.taken.events | length == 2', '$steps.taken.content == "hihi"'] }
            """)
        try run.expect("stalled", tells: "error | http.timeout", "the stream did not end, 2 events had arrived")
        #expect(try run.step("kept")["verdict"]?.string == "passed")
    }

    @Test func `an endless body stops at the limit, with bounded memory`() async throws {
        let body: [RawServer.Step] = [
            .send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"),
            .sendRepeatedly([UInt8](repeating: 0x61, count: 1 << 16), bytes: 1 << 34),
        ]
        let run = try await run(
            body,
            """
              - { id: whole, http: { get: / }, timeout: 30s }
              - { id: small, http: { get: /, max_bytes: 10KiB }, timeout: 30s }
            """)
        try run.expect(
            "whole", tells: "error | http.too-large", "the body is over 64 MiB", "raise max_bytes", "phase: body")
        try run.expect("small", tells: "error | http.too-large", "the body is over 10 KiB")
        #expect(run.output.contains("… of 67,108,864 bytes"))
        #expect(try run.step("whole")["exchange"]?["body"]?.string?.utf8.count ?? .max < 10_000)
        run.peak.expect(1..<200)
    }

    @Test func `a body of 512 MiB that is announced reserves nothing`() async throws {
        let run = try await run(
            [.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 536870912\r\n\r\nabc"), .close],
            "  - { id: large, http: { get: /, max_bytes: 1GiB } }")
        try run.expect("large", tells: "error | http.truncated", "3 of 536870912 bytes")
        run.peak.expect(0..<100)
    }

    @Test func `a gzip bomb stops at the limit of the decoded bytes`() async throws {
        // A gzip of several members is whole gzip: 16 MiB of zeros each, a gibibyte in all.
        let member = try await Compressed.gzip("head -c 16777216 /dev/zero")
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-encoding: gzip\r\n"
            + "content-length: \(member.count * 64)\r\n\r\n"
        let run = try await run(
            [.send(head), .sendRepeatedly(member, bytes: member.count * 64)],
            "  - { id: bomb, http: { get: / }, timeout: 30s }")
        try run.expect("bomb", tells: "error | http.too-large", "the body is over 64 MiB")
        run.peak.expect(1..<200)
    }

    @Test func `endless headers and endless events end with bounded memory`() async throws {
        let headers = try await run(
            [.send("HTTP/1.1 200 OK\r\n"), .sendRepeatedly(Array("x: 0123456789\r\n".utf8), bytes: 1 << 34)],
            "  - { id: endless, http: { get: / }, timeout: 30s }")
        try headers.expect("endless", tells: "error | http.protocol", "header too large")
        headers.peak.expect(0..<100)
        let events = try await run(
            [
                .send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"),
                .sendRepeatedly(Array("data: x\n\n".utf8), bytes: 1 << 34),
            ], "  - { id: events, http: { get: /, stream: sse }, timeout: 30s, assert: [(.events | length) == 10000] }")
        events.expectAllPassed()
        events.peak.expect(0..<200)
    }
}
