import PlumbTesting
import Testing

struct ScriptedRoutesTests {
    private func ask(_ routes: ScriptedRoutes, _ line: String) throws -> String {
        let server = try SimpleHTTPServer { routes.reply(to: $0) }
        return try exchange("\(line) HTTP/1.0\r\n\r\n", port: server.port).standardOutput
    }

    @Test func `a block gives status, headers and body`() throws {
        let routes = try ScriptedRoutes("\nGET /a 418\nX-One: two: three\n\n{\"id\":\n 7}\n---\nPOST /a 201\n")
        let answer = try ask(routes, "GET /a?q=1")
        #expect(answer.hasPrefix("HTTP/1.1 418 "))
        #expect(answer.contains("\r\nX-One: two: three\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n{\"id\":\n 7}"))
        #expect(try ask(routes, "POST /a").hasPrefix("HTTP/1.1 201 "))
        #expect(try ask(routes, "GET /b").hasPrefix("HTTP/1.1 404 "))
    }

    @Test func `equal blocks answer in turn and the last one stays`() throws {
        let routes = try ScriptedRoutes("GET /a 503\n---\nGET /a 200\n")
        let statuses = try (0..<3).map { _ in try ask(routes, "GET /a").dropFirst(9).prefix(3) }
        #expect(statuses == ["503", "200", "200"])
    }

    @Test func `a pause makes a chunk of each paragraph`() throws {
        let routes = try ScriptedRoutes("GET /s 200\n:pause: 10ms\n\ndata: a\n\ndata: b\n\n")
        #expect(try ask(routes, "GET /s").hasSuffix("9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n0\r\n\r\n"))
    }

    @Test(arguments: ["GET /a", "GET /a x", "GET /a 200\nno colon", "GET /a 200\n:delay: 3s"])
    func `what is no route is refused`(text: String) {
        #expect(throws: ScriptedRoutes.Malformed.self) { try ScriptedRoutes(text) }
    }
}
