import Glibc
import HTTPTransport
import Testing

/// How connections are opened, kept, shared and lost.
@Suite struct ConnectionTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test func `a closed port is refused`() async throws {
        let port = try ScriptedServer { _ in }.port
        let error = try #require(try await send(HTTPRequest(url: "http://127.0.0.1:\(port)")).error)
        #expect(error.kind == .refused)
        #expect(error.phase == .connect)
        #expect(error.message == "127.0.0.1:\(port) refused the connection")
    }

    @Test func `a name without an address is a DNS error`() async throws {
        let error = try #require(
            try await send(HTTPRequest(url: "http://no-such-host.invalid/", connectTimeout: .seconds(20))).error)
        // Without a name server the lookup may also just take too long.
        #expect(error.kind == .dns || error.kind == .connectTimeout)
        #expect(error.phase == .dns)
        #expect(error.message.contains("no-such-host.invalid"))
    }

    @Test func `a resolve entry takes the place of a lookup and stays with its settings`() async throws {
        let server = try ScriptedServer(answering: Self.ok)
        let url = "http://service.invalid:\(server.port)/"
        let settings = ConnectionSettings(resolve: ["service.invalid:\(server.port):127.0.0.1"])
        let results = try await withTransport { transport in
            let with = await transport.send(HTTPRequest(url: url, settings: settings))
            let without = await transport.send(HTTPRequest(url: url, connectTimeout: .seconds(20)))
            return (with, without)
        }
        #expect(try results.0.get().text == "ok")
        #expect(results.1.error?.phase == .dns)
    }

    /// Answers the first request of a connection, and closes when the second has come.
    private func forgetful() throws -> ScriptedServer {
        try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.ok)
            if connection.number == 1 {
                _ = connection.readRequest()
            } else {
                while connection.readRequest() != nil { connection.send(Self.ok) }
            }
        }
    }

    @Test(arguments: ["GET", "PUT", "DELETE"])
    func `an idempotent request is sent once more when its kept connection closes`(method: String) async throws {
        let server = try forgetful()
        let response = try await withTransport { transport in
            _ = await transport.send(HTTPRequest(url: server.url))
            return try await transport.send(HTTPRequest(method: method, url: server.url, body: .bytes([1]))).get()
        }
        #expect(response.text == "ok")
        #expect(response.resends == 1)
        #expect(server.connectionCount == 2)
    }

    @Test func `another request is not`() async throws {
        let server = try forgetful()
        let error = try await withTransport { transport in
            _ = await transport.send(HTTPRequest(url: server.url))
            return await transport.send(HTTPRequest(method: "POST", url: server.url, body: .bytes([1]))).error
        }
        #expect(error?.kind == .reset)
        #expect(error?.message.contains("kept-alive") == true)
        #expect(error?.hint?.contains("POST is not sent twice") == true)
    }

    @Test func `another request is when it is marked idempotent`() async throws {
        let server = try forgetful()
        let response = try await withTransport { transport in
            _ = await transport.send(HTTPRequest(url: server.url))
            let request = HTTPRequest(method: "POST", url: server.url, body: .bytes([1]), isIdempotent: true)
            return try await transport.send(request).get()
        }
        #expect(response.text == "ok")
        #expect(response.resends == 1)
    }

    @Test func `a request is sent twice at most`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            if connection.number <= 2 {
                connection.send(Self.ok)
                _ = connection.readRequest()
            }
        }
        let error = try await withTransport { transport in
            // Two connections are kept, and both will close on the next request.
            async let first = transport.send(HTTPRequest(url: server.url))
            async let second = transport.send(HTTPRequest(url: server.url))
            _ = await (first, second)
            return await transport.send(HTTPRequest(url: server.url)).error
        }
        #expect(error?.kind == .reset)
        #expect(server.connectionCount <= 3)
    }

    @Test func `a connection that closed while it was idle is not used`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(Self.ok)
        }
        let response = try await withTransport { transport in
            _ = await transport.send(HTTPRequest(url: server.url))
            try await Task.sleep(for: .milliseconds(100))
            return try await transport.send(HTTPRequest(method: "POST", url: server.url)).get()
        }
        #expect(response.text == "ok")
        #expect(response.resends == 0)
        #expect(!response.reusedConnection)
    }

    @Test func `requests over the limit of connections wait for one`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil {
                pause(milliseconds: 5)
                connection.send(Self.ok)
            }
        }
        let count = try await withTransport { transport in
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let settings = ConnectionSettings(maxConnections: 3)
                        return await transport.send(HTTPRequest(url: server.url, settings: settings)).error == nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
        }
        #expect(count == 20)
        #expect(server.connectionCount == 3)
    }

    @Test func `waiting for a connection counts for the time-out`() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        let error = try await withTransport { transport in
            let settings = ConnectionSettings(maxConnections: 1)
            async let first = transport.send(HTTPRequest(url: server.url, settings: settings, timeout: .seconds(20)))
            while server.connectionCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let request = HTTPRequest(url: server.url, settings: settings, timeout: .milliseconds(200))
            let second = await transport.send(request)
            await transport.shutdown()
            _ = await first
            return second.error
        }
        #expect(error?.kind == .timeout)
        #expect(error?.message.contains("waiting for one of the connections") == true)
        #expect(server.connectionCount == 1)
    }

    @Test func `a unix socket takes the place of the host`() async throws {
        let path = "/tmp/plumb-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        let server = try UnixServer(path: path, answering: Self.ok)
        defer { server.stop() }
        let settings = ConnectionSettings(unixSocket: path)
        let response = try await send(HTTPRequest(url: "http://service.invalid/x", settings: settings)).get()
        #expect(response.text == "ok")
    }

    @Test func `a unix socket that is not there is named`() async throws {
        let settings = ConnectionSettings(unixSocket: "/nonexistent/plumb.sock")
        let error = try #require(try await send(HTTPRequest(url: "http://a.invalid/", settings: settings)).error)
        #expect(error.kind == .unreachable || error.kind == .refused)
        #expect(error.message.contains("/nonexistent/plumb.sock"))
    }

    @Test func `a proxy is asked for the whole URL`() async throws {
        let proxy = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                let line = request.prefix { $0 != "\r\n" }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(line.utf8.count)\r\n\r\n\(line)")
            }
        }
        let settings = ConnectionSettings(proxy: proxy.url)
        let response = try await send(HTTPRequest(url: "http://service.invalid/x", settings: settings)).get()
        #expect(response.text == "GET http://service.invalid/x HTTP/1.1")
    }

    @Test func `a proxy that wants a password is an authentication error`() async throws {
        let proxy = try ScriptedServer(
            answering: "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        let settings = ConnectionSettings(proxy: proxy.url)
        let error = try #require(try await send(HTTPRequest(url: "https://service.invalid/", settings: settings)).error)
        #expect(error.kind == .auth)
    }

    @Test func `a proxy that refuses is unreachable, one that is gone refused`() async throws {
        let proxy = try ScriptedServer(answering: "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        let refusing = ConnectionSettings(proxy: proxy.url)
        let error = try #require(try await send(HTTPRequest(url: "https://service.invalid/", settings: refusing)).error)
        #expect(error.kind == .unreachable)
        #expect(error.message.contains("502"))

        let port = try ScriptedServer { _ in }.port
        let gone = ConnectionSettings(proxy: "http://user:secret@127.0.0.1:\(port)")
        let other = try #require(try await send(HTTPRequest(url: "http://service.invalid/", settings: gone)).error)
        #expect(other.kind == .refused)
        #expect(other.message.contains("proxy") && !other.message.contains("secret"))
    }

    @Test func `the environment's proxy is not used`() async throws {
        let server = try ScriptedServer(answering: Self.ok)
        let proxy = try ScriptedServer(answering: "HTTP/1.1 500 Proxy\r\nContent-Length: 0\r\n\r\n")
        setenv("http_proxy", proxy.url, 1)
        defer { unsetenv("http_proxy") }
        #expect(try await send(HTTPRequest(url: server.url)).get().status == 200)
    }

    @Test func `phases are timed`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil {
                pause(milliseconds: 30)
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
                pause(milliseconds: 30)
                connection.send("k")
            }
        }
        let timings = try await withTransport { transport in
            let first = try await transport.send(HTTPRequest(url: server.url)).get().timing
            let second = try await transport.send(HTTPRequest(url: server.url)).get().timing
            return [first, second]
        }
        for timing in timings {
            #expect(timing.firstByte >= 25)
            #expect(timing.total >= 55)
            #expect(timing.total >= timing.firstByte)
            #expect(timing.tls == 0)
        }
        #expect(timings[0].connect > 0)
        #expect(timings[1].connect == 0 && timings[1].dns == 0)
    }

    @Test func `a user name in the URL becomes a header and is shown nowhere`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.utf8.count)\r\n\r\n\(request)")
            }
        }
        let response = try await send(HTTPRequest(url: "http://us%20er:p%40ss@127.0.0.1:\(server.port)/")).get()
        #expect(response.text.contains("Authorization: Basic dXMgZXI6cEBzcw==\r\n"))
        #expect(response.url == "\(server.url)/")
    }
}
