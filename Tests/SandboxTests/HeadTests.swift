import Testing

@testable import Sandbox

/// What the sandbox's server does with first lines and bodies that are wrong, large or unusual.
@Suite struct HeadTests {
    /// Sends a head of so many bytes, the last of which are its end.
    private static func head(of count: Int, _ line: String = "GET /health HTTP/1.1\r\nConnection: close\r\nX-Long: ")
        -> [UInt8]
    {
        let end = "\r\n\r\n"
        return Array(line.utf8) + [UInt8](repeating: 0x61, count: count - line.utf8.count - end.utf8.count)
            + Array(end.utf8)
    }

    @Test func `first lines up to the limit are read, longer ones refused`() async throws {
        try await withSandbox { client in
            let reply1 = try await client.send(raw: Self.head(of: MessageReader.headLimit - 1))
            #expect(reply1.status == 200)
            let refused = try await client.send(raw: Self.head(of: MessageReader.headLimit + 1))
            #expect(refused.status == 431)
            #expect(refused.text.contains("\(MessageReader.headLimit) bytes"))
            #expect(refused.header("connection") == "close")
        }
    }

    @Test func `a line without an end is refused long before all of it has come`() async throws {
        try await withSandbox { client in
            let endless = Array("GET /".utf8) + [UInt8](repeating: 0x61, count: 8 << 20)
            let reply2 = try await client.send(raw: endless)
            #expect(reply2.status == 431)
            let headers =
                Array("GET /health HTTP/1.1\r\n".utf8) + Array(String(repeating: "a: b\r\n", count: 1 << 20).utf8)
            let reply3 = try await client.send(raw: headers)
            #expect(reply3.status == 431)
            let reply4 = try await client.chat("Say pong")
            #expect(reply4.content == "pong")
        }
    }

    @Test(arguments: [
        "Content-Length: 2\r\nTransfer-Encoding: chunked", "Content-Length: -1", "Content-Length: two",
        "Content-Length: 1\r\nContent-Length: 2", "Transfer-Encoding: gzip", "no colon here",
    ])
    func `a body whose end is in doubt is refused`(header: String) async throws {
        try await withSandbox { client in
            let reply = try await client.send(
                raw: Array("POST /v1/chat/completions HTTP/1.1\r\n\(header)\r\n\r\n{}".utf8))
            #expect(reply.status == 400)
            let reply5 = try await client.chat("Say pong")
            #expect(reply5.content == "pong")
        }
    }

    @Test func `a body in chunks is read as one, whatever their sizes`() async throws {
        try await withSandbox { client in
            let body = #"{"model":"mixtral","messages":[{"role":"user","content":"Say pong"}]}"#
            var text = "POST /v1/chat/completions HTTP/1.1\r\nAuthorization: Bearer sk-plumb-sandbox\r\n"
            text += "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            for (index, character) in body.enumerated() {
                text += "1\(index % 2 == 0 ? ";x=y" : "")\r\n\(character)\r\n"
            }
            let reply = try await client.send(raw: Array((text + "0\r\nTrailer: t\r\n\r\n").utf8))
            #expect(reply.status == 200)
            #expect(reply.content == "pong")
        }
    }

    @Test func `whoever waits to be told to go on is told`() async throws {
        try await withSandbox { client in
            let reply = try await client.send(
                raw: Array(
                    "POST /v1/chat/completions HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}".utf8))
            #expect(reply.status == 100)
        }
    }

    @Test func `targets are taken apart as they are written`() throws {
        func head(_ target: String) throws -> RequestHead {
            try #require(RequestHead(line: "GET \(target) HTTP/1.1", headers: [("x", "1"), ("x", "2")]))
        }
        #expect(try head("/a//b/./c/../d").path == "/a/b/d")
        #expect(try head("http://host:80/a/b?c=d").path == "/a/b")
        #expect(try head("http://host").path == "/")
        #expect(try head("/../..").path == "/")
        #expect(try head("/a/").path == "/a/")
        #expect(try head("/a%20b").path == "/a%20b")
        let query = try head("/a?b=c%3Dd&e&f=g+h").query
        #expect(query.map { "\($0.name)|\($0.value)" } == ["b|c=d", "e|", "f|g+h"])
        #expect(try head("/").header("X") == "1, 2")
        #expect(RequestHead(line: "GET / HTTP/1.0", headers: [])?.keepsAlive == false)
        #expect(RequestHead(line: "GET / HTTP/1.1", headers: [("connection", "Close")])?.keepsAlive == false)
        #expect(RequestHead(line: "GET /", headers: []) == nil)
        #expect(RequestHead(line: "GET / FTP/1", headers: []) == nil)
    }

    @Test func `a line's end in a header's value begins no header`() {
        let answer = Outgoing(status: 200, headers: [("X-Echo", "a\r\nSet-Cookie: b")])
        #expect(answer.firstLines == "HTTP/1.1 200 OK\r\nX-Echo: a Set-Cookie: b\r\n")
    }
}
