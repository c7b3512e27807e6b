import HTTPTransport
import Testing

/// Servers that break off, or do not speak HTTP.
@Suite struct MalformedAnswerTests {
    /// Sends a GET to a server that answers with these bytes and closes.
    private func answer(_ bytes: String, maxBytes: Int = 1 << 20) async throws -> Result<HTTPResponse, HTTPError> {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(bytes)
        }
        return try await send(HTTPRequest(url: server.url, maxBytes: maxBytes, timeout: .seconds(20)))
    }

    @Test func `a connection that closes before the answer is a reset`() async throws {
        let error = try #require(try await answer("").error)
        #expect(error.kind == .reset)
        #expect(error.phase == .firstByte)
        #expect(error.partial == nil)
    }

    @Test(arguments: [
        ("", HTTPError.Phase.firstByte, 0),
        ("HTTP/1.1 200 OK\r\nContent-Le", .firstByte, 0),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", .body, 4),
    ])
    func `a reset says so, with phase and bytes`(bytes: String, phase: HTTPError.Phase, received: Int) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(bytes)
            pause(milliseconds: 50)
            connection.reset()
        }
        let error = try #require(try await send(HTTPRequest(url: server.url)).error)
        #expect(error.kind == .reset)
        #expect(error.phase == phase)
        #expect(error.received == received)
        #expect(error.message.contains("connection reset"))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\": 1}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"a\": 1}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"a\": 1}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"a\": 1}",
    ])
    func `a body that ends early is truncated, and what came is kept`(bytes: String) async throws {
        let error = try #require(try await answer(bytes).error)
        #expect(error.kind == .truncated)
        #expect(error.received == 8)
        #expect(error.partial?.text == "{\"a\": 1}")
        #expect(error.partial?.status == 200)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/7.3 200 OK\r\n\r\n",
        "HTTP/1.1 0 Zero\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/1.1 1000 High\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "hello",
        "{\"a\": 1}",
        "\r\n\r\n\r\n",
    ])
    func `what is not HTTP is a protocol error`(bytes: String) async throws {
        let error = try #require(try await answer(bytes).error)
        #expect(error.kind == .protocol, "\(error.message)")
        #expect(!error.message.isEmpty && error.message.first?.isUppercase == false)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc",
    ])
    func `what a careless server sends is read`(bytes: String) async throws {
        #expect(try await answer(bytes).get().text == "abc")
    }

    @Test func `an unusual status is an answer like others`() async throws {
        #expect(try await answer("HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n").get().status == 999)
    }

    @Test func `interim answers are read over`() async throws {
        let interim = String(repeating: "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n", count: 200)
        let response = try await answer(
            interim
                + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
        ).get()
        #expect(response.status == 201)
        #expect(response.headers == [HTTPHeader("content-length", "2")])
        #expect(response.text == "ok")
    }

    @Test func `an answer without a body ends although bytes follow`() async throws {
        let response = try await answer("HTTP/1.1 204 No Content\r\n\r\nsurprise").get()
        #expect(response.status == 204)
        #expect(response.body.isEmpty)
    }

    @Test func `trailers are no headers`() async throws {
        let response = try await answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n"
        ).get()
        #expect(response.text == "abc")
        #expect(response.header("x-trailer") == nil)
    }

    @Test func `header values keep escapes, Latin-1 and folded lines`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(
                Array("HTTP/1.1 200 OK\r\nX-Esc: a\u{1B}[31mb\r\nX-Latin: caf".utf8) + [0xE9]
                    + Array("\r\nX-Utf: é\r\nX-Fold: a\r\n  b\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        let response = try await send(HTTPRequest(url: server.url)).get()
        #expect(response.header("x-esc") == "a\u{1B}[31mb")
        #expect(response.header("x-latin") == "café")
        #expect(response.header("x-utf") == "é")
        #expect(response.header("x-fold") == "a b")
    }

    @Test(arguments: [
        "X-Long: " + String(repeating: "a", count: 110_000) + "\r\n",
        String(repeating: "X-Many: " + String(repeating: "b", count: 40) + "\r\n", count: 10_000),
    ])
    func `headers over the limit are said in our words`(headers: String) async throws {
        let error = try #require(try await answer("HTTP/1.1 200 OK\r\n\(headers)Content-Length: 0\r\n\r\n").error)
        #expect(error.kind == .protocol)
        #expect(error.message.hasPrefix("header too large"), "\(error.message)")
    }

    @Test func `endless headers end the transfer`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n")
            while connection.send("X-Header: value value value value\r\n") {}
        }
        let error = try #require(try await send(HTTPRequest(url: server.url, timeout: .seconds(20))).error)
        #expect(error.kind == .protocol)
        #expect(error.message.hasPrefix("header too large"), "\(error.message)")
    }

    @Test(arguments: [
        "Content-Length: 2000\r\n\r\n" + String(repeating: "x", count: 2000),
        "\r\n" + String(repeating: "x", count: 2000),
        "Content-Length: 9000000000000000000\r\n\r\n" + String(repeating: "x", count: 2000),
    ])
    func `a body over the limit stops the transfer`(rest: String) async throws {
        let error = try #require(try await answer("HTTP/1.1 200 OK\r\n\(rest)", maxBytes: 1000).error)
        #expect(error.kind == .tooLarge)
        #expect(error.partial?.body.count == 1000)
    }

    @Test func `a body of just the limit is whole`() async throws {
        let response = try await answer(
            "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 1000), maxBytes: 1000
        ).get()
        #expect(response.body.count == 1000)
    }

    @Test func `an endless body stops at the limit`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 0x78, count: 65_536)) {}
        }
        let error = try #require(try await send(HTTPRequest(url: server.url, maxBytes: 10 << 20)).error)
        #expect(error.kind == .tooLarge)
        #expect(error.partial?.body.count == 10 << 20)
    }
}
