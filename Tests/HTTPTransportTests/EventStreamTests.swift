import HTTPTransport
import Testing

/// Event streams over the wire.
@Suite struct EventStreamTests {
    private let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"

    private func stream(_ url: String, maxEvents: Int = 100, timeout: Duration = .seconds(30)) -> HTTPRequest {
        HTTPRequest(url: url, timeout: timeout, streaming: HTTPRequest.EventStreamSettings(maxEvents: maxEvents))
    }

    @Test func `events carry the time of their arrival`() async throws {
        let server = try ScriptedServer { [head] connection in
            _ = connection.readRequest()
            connection.send(head)
            for number in 1...3 {
                pause(milliseconds: 60)
                connection.send("data: \(number)\n\n")
            }
            connection.send("data: [DONE]\n\n")
        }
        let response = try await send(stream(server.url)).get()
        let events = try #require(response.events)
        #expect(events.events.map(\.data) == ["1", "2", "3", "[DONE]"])
        #expect(events.isDone)
        #expect(events.end == .closed)
        let times = events.events.map(\.atMilliseconds)
        #expect(times[0] >= 50 && times[1] - times[0] >= 30 && times[2] - times[1] >= 30)
        #expect(times == times.sorted())
    }

    @Test func `the stream ends after the wanted events`() async throws {
        let server = try ScriptedServer { [head] connection in
            _ = connection.readRequest()
            connection.send(head)
            while connection.send("data: x\n\n") { pause(milliseconds: 1) }
        }
        let response = try await send(stream(server.url, maxEvents: 5)).get()
        #expect(response.events?.events.count == 5)
        #expect(response.events?.end == .maxEvents)
        #expect(response.events?.isDone == false)
    }

    @Test func `a stream that stalls times out and keeps its events`() async throws {
        let server = try ScriptedServer { [head] connection in
            _ = connection.readRequest()
            connection.send(head + "data: a\n\ndata: b")
            connection.waitForClose()
        }
        let error = try #require(try await send(stream(server.url, timeout: .milliseconds(300))).error)
        #expect(error.kind == .timeout)
        #expect(error.partial?.events?.events.map(\.data) == ["a"])
        #expect(error.partial?.events?.end == .interrupted)
    }

    @Test func `an answer of another type is a plain body`() async throws {
        let server = try ScriptedServer(
            answering: "HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        let response = try await send(stream(server.url)).get()
        #expect(response.status == 401)
        #expect(response.events == nil)
        #expect(response.text == "{}")
    }

    @Test func `a line without end is too large`() async throws {
        let server = try ScriptedServer { [head] connection in
            _ = connection.readRequest()
            connection.send(head + "data: ")
            while connection.send([UInt8](repeating: 0x78, count: 65_536)) {}
        }
        let error = try #require(try await send(stream(server.url)).error)
        #expect(error.kind == .tooLarge)
        #expect(error.message.contains("event stream"))
    }
}
