import Testing

@testable import HTTPTransport

/// Requests that are seen to be an earlier one again.
@Suite struct KnownRequestTests {
    @Test func `a request is like its copies until one is changed`() {
        let first = HTTPRequest(url: "http://a.test/")
        var second = first
        #expect(second.isLike(first))
        second.changingHeaders = [HTTPHeader("traceparent", "1")]
        second.timeout = .seconds(1)
        second.isIdempotent = false
        #expect(second.isLike(first))
        second.headers.append(HTTPHeader("a", "b"))
        #expect(!second.isLike(first))
        #expect(first.headers.isEmpty && second.headers.count == 1 && second.url == first.url)
        #expect(!HTTPRequest(url: "http://a.test/").isLike(first))
    }

    @Test func `a known request is looked at where its sendings differ`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.utf8.count)\r\n\r\n\(request)")
            }
        }
        let request = HTTPRequest(url: server.url)
        let (kind, text) = try await withTransport { transport in
            _ = try await transport.send(request).get()
            var next = request
            next.changingHeaders = [HTTPHeader("x-a", "b\r\nx-c: d")]
            let refused = await transport.send(next).error?.kind
            next.changingHeaders = [HTTPHeader("x-a", "b")]
            return (refused, try await transport.send(next).get().text)
        }
        #expect(kind == .invalidRequest)
        #expect(text == "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nx-a: b\r\n\r\n")
    }
}
