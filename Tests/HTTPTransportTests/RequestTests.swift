import HTTPTransport
import Testing

/// What goes on the wire, and what comes back when all is well.
@Suite struct RequestTests {
    /// Answers with the request itself.
    private func echo() throws -> ScriptedServer {
        try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(request.utf8.count)\r\nX-One: 1\r\n\r\n\(request)")
            }
        }
    }

    @Test func `a plain GET carries the host and nothing else`() async throws {
        let server = try echo()
        let response = try await send(HTTPRequest(url: "\(server.url)/a?b=c")).get()
        #expect(response.text == "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
        #expect(response.status == 200)
        #expect(response.version == "1.1")
        #expect(response.header("x-one") == "1")
        #expect(response.url == "\(server.url)/a?b=c")
        #expect(!response.reusedConnection)
    }

    @Test func `headers keep their order, case, repetition and emptiness`() async throws {
        let server = try echo()
        let headers = [
            HTTPHeader("X-b", "2"), HTTPHeader("x-A", "1"), HTTPHeader("X-b", "3"), HTTPHeader("X-Empty", ""),
        ]
        let response = try await send(HTTPRequest(url: server.url, headers: headers)).get()
        #expect(response.text.hasSuffix("X-b: 2\r\nx-A: 1\r\nX-b: 3\r\nX-Empty:\r\n\r\n"))
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "GET"])
    func `a body goes with any method, unadorned`(method: String) async throws {
        let server = try echo()
        let response = try await send(HTTPRequest(method: method, url: server.url, body: .bytes(Array("a\0b".utf8))))
            .get()
        #expect(
            response.text
                == "\(method) / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Length: 3\r\n\r\na\0b")
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func `a method that wants a body announces an empty one`(method: String) async throws {
        let server = try echo()
        let response = try await send(HTTPRequest(method: method, url: server.url)).get()
        #expect(response.text.contains("Content-Length: 0\r\n"))
        #expect(!response.text.contains("Content-Type"))
    }

    @Test func `a HEAD request reads no body`() async throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        let response = try await send(HTTPRequest(method: "HEAD", url: server.url)).get()
        #expect(response.body.isEmpty)
        #expect(response.header("content-length") == "100")
    }

    @Test func `a connection is kept and used again`() async throws {
        let server = try echo()
        let responses = try await withTransport { transport in
            let first = await transport.send(HTTPRequest(url: server.url))
            let second = await transport.send(HTTPRequest(url: server.url))
            return (try first.get(), try second.get())
        }
        #expect(!responses.0.reusedConnection)
        #expect(responses.1.reusedConnection)
        #expect(server.connectionCount == 1)
    }
}
