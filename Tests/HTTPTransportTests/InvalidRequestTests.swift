import HTTPTransport
import Testing

/// Requests that are refused before a byte is sent.
@Suite struct InvalidRequestTests {
    @Test(arguments: [
        HTTPRequest(url: "URL", headers: [HTTPHeader("X-A", "a\r\nX-Injected: 1")]),
        HTTPRequest(url: "URL", headers: [HTTPHeader("X-A", "a\nb")]),
        HTTPRequest(url: "URL", headers: [HTTPHeader("X-A", "a\0b")]),
        HTTPRequest(url: "URL", headers: [HTTPHeader("X-A: b\r\nX-B", "c")]),
        HTTPRequest(url: "URL", headers: [HTTPHeader("", "c")]),
        HTTPRequest(url: "URL", headers: [HTTPHeader("X A", "c")]),
        HTTPRequest(method: "GET / HTTP/1.1\r\nX:", url: "URL"),
        HTTPRequest(method: "", url: "URL"),
        HTTPRequest(method: "HEAD", url: "URL", body: .bytes([1])),
        HTTPRequest(url: "URL/a b"),
        HTTPRequest(url: "URL/a\r\nb"),
        HTTPRequest(url: "URL/a\0b"),
        HTTPRequest(url: "ftp://127.0.0.1/"),
        HTTPRequest(url: "file:///etc/passwd"),
        HTTPRequest(url: "/relative"),
        HTTPRequest(url: "http://127.0.0.1:99999/"),
        HTTPRequest(url: "http:///"),
        HTTPRequest(url: ""),
        HTTPRequest(method: "POST", url: "URL", body: .file(path: "/nonexistent/file")),
        HTTPRequest(method: "POST", url: "URL", body: .file(path: "/tmp")),
    ])
    func `an unfit request is refused with a reason`(request: HTTPRequest) async throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        var request = request
        request.url = request.url.replacing("URL", with: server.url)
        let error = try #require(try await send(request).error)
        #expect(error.kind == .invalidRequest)
        #expect(!error.message.contains("\r") && !error.message.contains("\n") && !error.message.contains("\0"))
        #expect(server.connectionCount == 0)
    }
}
