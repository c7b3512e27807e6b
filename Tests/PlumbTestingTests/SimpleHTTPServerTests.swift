import PlumbTesting
import Testing

struct SimpleHTTPServerTests {
    @Test func `requests on one connection are answered one after another`() throws {
        let server = try SimpleHTTPServer { .text("you asked \($0.target)") }
        let run = try exchange(
            "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n", port: server.port)
        let type = "content-type: text/plain; charset=utf-8\r\ncontent-length: 12\r\n"
        #expect(
            run.standardOutput
                == "HTTP/1.1 200 OK\r\n\(type)\r\nyou asked /1HTTP/1.1 200 OK\r\n\(type)connection: close\r\n\r\nyou asked /2"
        )
        #expect(server.connectionCount == 1)
        #expect(server.requestCount == 2)
    }

    @Test func `a stream comes in chunks with pauses between them`() throws {
        let server = try SimpleHTTPServer { _ in .events(["a", "b"], every: .milliseconds(60)) }
        let run = try exchange("GET / HTTP/1.0\r\n\r\n", port: server.port)
        #expect(run.standardOutput.hasSuffix("9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n0\r\n\r\n"))
        #expect(run.duration >= .milliseconds(60))
    }

    @Test func `a HEAD and a 204 have no body`() throws {
        let server = try SimpleHTTPServer { $0.path == "/none" ? HTTPReply(204) : .text("body") }
        let head = try exchange("HEAD / HTTP/1.0\r\n\r\n", port: server.port).standardOutput
        #expect(head.contains("content-length: 4") && head.hasSuffix("\r\n\r\n"))
        let none = try exchange("GET /none HTTP/1.0\r\n\r\n", port: server.port).standardOutput
        #expect(none == "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
    }

    @Test func `a dropped answer is an end without a byte`() throws {
        let server = try SimpleHTTPServer { _ in
            var reply = HTTPReply(200)
            reply.drops = true
            return reply
        }
        #expect(try exchange("GET / HTTP/1.1\r\n\r\n", port: server.port).standardOutput == "")
    }

    @Test func `who expects to be told to go on is told`() throws {
        let server = try SimpleHTTPServer { .text($0.text) }
        let run = try exchange(
            "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", port: server.port)
        #expect(run.standardOutput.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))
        #expect(run.standardOutput.hasSuffix("\r\n\r\nhi"))
    }
}
