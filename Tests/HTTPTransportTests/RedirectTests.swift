import HTTPTransport
import Testing

/// Redirects and cookies over the wire.
@Suite struct RedirectTests {
    /// Answers `/echo` with the request, other paths by the table, which maps a path to a Location.
    private func server(_ table: [String: String], status: Int = 302, headers: String = "") throws -> ScriptedServer {
        try ScriptedServer { connection in
            while let request = connection.readRequest() {
                let path = String(request.split(separator: " ")[1])
                if let location = table[path] {
                    connection.send(
                        "HTTP/1.1 \(status) Moved\r\nLocation: \(location)\r\n\(headers)Content-Length: 4\r\n\r\ngone")
                } else {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.utf8.count)\r\n\r\n\(request)")
                }
            }
        }
    }

    @Test func `redirects are followed and recorded`() async throws {
        let server = try server(["/a": "/b", "/b": "c", "/c": "/echo"])
        let response = try await send(HTTPRequest(url: "\(server.url)/a", followRedirects: 5)).get()
        #expect(response.status == 200)
        #expect(response.url == "\(server.url)/echo")
        #expect(response.redirects.map(\.url) == ["b", "c", "echo"].map { "\(server.url)/\($0)" })
        #expect(response.redirects.map(\.status) == [302, 302, 302])
        #expect(server.connectionCount == 1)
    }

    @Test func `a redirect that is not to be followed is the answer`() async throws {
        let server = try server(["/a": "/b"])
        let response = try await send(HTTPRequest(url: "\(server.url)/a")).get()
        #expect(response.status == 302)
        #expect(response.header("location") == "/b")
        #expect(response.text == "gone")
    }

    @Test func `a repeated body is sent whole`() async throws {
        let server = try server(["/a": "/echo"], status: 307)
        let part = HTTPRequest.Part(name: "f", content: .bytes(Array("content".utf8)))
        for body in [HTTPRequest.Body.bytes(Array("body".utf8)), .multipart([part])] {
            let request = HTTPRequest(method: "POST", url: "\(server.url)/a", body: body, followRedirects: 5)
            let response = try await send(request).get()
            #expect(response.text.hasPrefix("POST /echo "))
            #expect(response.text.contains("body") || response.text.contains("content"))
        }
    }

    @Test func `credentials do not reach another port`() async throws {
        let other = try server([:])
        let first = try server(["/a": "\(other.url)/echo"])
        let headers = [
            HTTPHeader("Authorization", "Bearer secret"), HTTPHeader("X-Key", "secret"), HTTPHeader("X", "1"),
        ]
        let request = HTTPRequest(
            url: "\(first.url)/a", headers: headers, followRedirects: 5, credentialHeaders: ["X-Key"])
        let response = try await send(request).get()
        #expect(response.text == "GET /echo HTTP/1.1\r\nHost: 127.0.0.1:\(other.port)\r\nX: 1\r\n\r\n")
    }

    @Test func `a password in the URL does not reach another port`() async throws {
        let other = try server([:])
        let first = try server(["/a": "\(other.url)/echo"])
        let response = try await send(
            HTTPRequest(url: "http://user:secret@127.0.0.1:\(first.port)/a", followRedirects: 5)
        ).get()
        #expect(!response.text.contains("Authorization"))
    }

    @Test(arguments: [("/a", "circle"), ("ftp://127.0.0.1/", "'ftp:'"), ("http://u:p@127.0.0.1/", "user name")])
    func `a refused redirect is a protocol error with the answer`(location: String, words: String) async throws {
        let server = try server(["/a": location])
        let error = try #require(try await send(HTTPRequest(url: "\(server.url)/a", followRedirects: 5)).error)
        #expect(error.kind == .protocol)
        #expect(error.message.contains(words))
        #expect(error.partial?.status == 302)
    }

    @Test func `cookies are kept by their jar and sent with the next hop`() async throws {
        let server = try server(["/set": "/echo"], headers: "Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/other\r\n")
        let jar = CookieJar()
        let texts = try await withTransport { transport in
            let set = HTTPRequest(url: "\(server.url)/set", followRedirects: 5, cookies: jar)
            let other = HTTPRequest(url: "\(server.url)/other", headers: [HTTPHeader("Cookie", "own=x")], cookies: jar)
            return [
                try await transport.send(set).get().text, try await transport.send(other).get().text,
                try await transport.send(HTTPRequest(url: "\(server.url)/echo")).get().text,
            ]
        }
        #expect(texts[0].contains("\r\nCookie: a=1\r\n"))
        #expect(texts[1].contains("\r\nCookie: own=x; b=2; a=1\r\n"))
        #expect(!texts[2].contains("Cookie"))
        #expect(jar.cookies.map(\.name) == ["a", "b"])
    }
}
