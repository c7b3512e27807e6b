import HTTPTransport
import Testing

/// Servers that never come to an end, or say what nobody asked for: each costs one exchange at most.
@Suite struct HostileServerTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// Sends a GET to a server that begins its answer so, and goes on with the same as long as somebody reads.
    private func answer(_ beginning: String, thenForever rest: String) async throws -> HTTPError? {
        let piece = String(repeating: rest, count: 1 + 10_000 / rest.utf8.count)
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(beginning)
            while connection.send(piece) {}
        }
        return try await send(HTTPRequest(url: server.url, maxBytes: 100_000, timeout: .seconds(60))).error
    }

    @Test(arguments: [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    ])
    func `interim answers without end are refused`(interim: String) async throws {
        let error = try #require(try await answer("", thenForever: interim))
        #expect(error.kind == .protocol)
        #expect(error.message.hasPrefix("header too large"), "\(error.message)")
    }

    @Test func `trailers without end are refused, and the body stays`() async throws {
        let error = try #require(try await answer(Self.chunked + "3\r\nabc\r\n0\r\n", thenForever: "X-More: 1\r\n"))
        #expect(error.kind == .protocol)
        #expect(error.message.hasPrefix("header too large"), "\(error.message)")
        #expect(error.partial?.text == "abc")
    }

    @Test(arguments: [("HTTP/1.1 200 O", "O"), (chunked + "3;", "x")])
    func `a line without end is refused`(beginning: String, rest: String) async throws {
        let error = try #require(try await answer(beginning, thenForever: rest))
        #expect(error.kind == .protocol)
        #expect(error.message.hasPrefix("header too large"), "\(error.message)")
    }

    @Test(arguments: ["1\r\nx\r\n", "FFFFFF\r\n", "FFFFFFFFFFFFFFF\r\n"])
    func `chunks without end stop at the limit of the body`(chunk: String) async throws {
        let error = try #require(try await answer(Self.chunked + chunk, thenForever: "1\r\nx\r\n"))
        #expect(error.kind == .tooLarge, "\(error.message)")
        #expect(error.partial?.body.count == 100_000)
    }

    @Test(arguments: ["7FFFFFFFFFFFFFFF", "8000000000000000", "FFFFFFFFFFFFFFFF", "00000000000000000000000000000000x"])
    func `a size that no chunk has is refused, or is none at all`(size: String) async throws {
        let error = try #require(try await answer(Self.chunked + size + "\r\n", thenForever: "x"))
        #expect(error.kind == .protocol, "\(error.message)")
    }

    @Test func `an answer that comes before the request is told is an answer`() async throws {
        let server = try ScriptedServer { connection in
            connection.send(Self.ok)
            connection.waitForClose()
        }
        #expect(try await send(HTTPRequest(url: server.url, timeout: .seconds(20))).get().text == "ok")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale", "HTTP/1.1 408 Request Timeout\r\n\r\n", "\0",
    ])
    func `what comes on a connection at rest is no answer to the next request`(surprise: String) async throws {
        let closed = Count()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(Self.ok)
            guard connection.number == 1 else { return connection.waitForClose() }
            pause(milliseconds: 100)
            connection.send(surprise)
            connection.waitForClose()
            closed.increase()
        }
        let texts = try await withTransport { transport in
            let request = HTTPRequest(url: server.url, timeout: .seconds(20))
            let first = try await transport.send(request).get().text
            let deadline = ContinuousClock.now + .seconds(20)
            while closed.value == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
            return [first, try await transport.send(request).get().text]
        }
        #expect(texts == ["ok", "ok"])
        #expect(closed.value == 1, "the connection is closed as soon as it says something")
        #expect(server.connectionCount == 2)
    }

    @Test func `a connection whose server has said its last is not used again`() async throws {
        let closed = Count()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(Self.ok)
            guard connection.number == 1 else { return connection.waitForClose() }
            // It would still read; nobody may write to it.
            connection.finishSending()
            if connection.readRequest() == nil { closed.increase() }
        }
        let texts = try await withTransport { transport in
            let request = HTTPRequest(method: "POST", url: server.url, body: .bytes([1]), timeout: .seconds(20))
            let first = try await transport.send(request).get().text
            let deadline = ContinuousClock.now + .seconds(20)
            while closed.value == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
            return [first, try await transport.send(request).get().text]
        }
        #expect(texts == ["ok", "ok"])
        #expect(closed.value == 1)
        #expect(server.connectionCount == 2)
    }

    @Test func `an answer in the middle of an upload ends it, and the connection`() async throws {
        let server = try ScriptedServer { connection in
            connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!")
            connection.waitForClose()
        }
        let statuses = try await withTransport { transport in
            var statuses: [Int] = []
            for _ in 0..<2 {
                let request = HTTPRequest(
                    method: "PUT", url: server.url, body: .bytes([UInt8](repeating: 7, count: 30 << 20)),
                    timeout: .seconds(20))
                statuses.append(try await transport.send(request).get().status)
            }
            return statuses
        }
        #expect(statuses == [413, 413])
        #expect(server.connectionCount == 2)
    }
}
