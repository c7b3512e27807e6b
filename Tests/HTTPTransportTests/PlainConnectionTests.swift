import HTTPTransport
import PlumbTesting
import Testing

/// What goes over a plain connection is what libcurl would have sent, and means what libcurl would have read.
@Suite struct PlainConnectionTests {
    /// A bound on connections leaves an exchange to libcurl.
    private static let ways = [ConnectionSettings(), ConnectionSettings(maxConnections: 1000)]

    @Test(arguments: [
        HTTPRequest(url: "/"),
        HTTPRequest(url: "/a/../b%20c?q=1&r=é#part"),
        HTTPRequest(url: "?only=query"),
        HTTPRequest(method: "HEAD", url: "/head"),
        HTTPRequest(method: "DELETE", url: "/x"),
        HTTPRequest(method: "OPTIONS", url: "/x", headers: [HTTPHeader("X-Empty", ""), HTTPHeader("X-Colon", "a:")]),
        HTTPRequest(method: "POST", url: "/nothing"),
        HTTPRequest(method: "POST", url: "/empty", body: .bytes([])),
        HTTPRequest(
            method: "PUT", url: "/short", headers: [HTTPHeader("Content-Type", "text/plain")], body: .bytes([65])),
        HTTPRequest(method: "PATCH", url: "/long", body: .bytes(Array(repeating: 0x62, count: 300_000))),
        HTTPRequest(method: "GET", url: "/body", body: .bytes(Array("with a body".utf8))),
        HTTPRequest(url: "/own", headers: [HTTPHeader("Host", "other.test"), HTTPHeader("accept", "text/html")]),
        HTTPRequest(url: "/close", headers: [HTTPHeader("Connection", "close")]),
        HTTPRequest(
            method: "POST", url: "/l", headers: [HTTPHeader("Content-Length", "3")], body: .bytes([65, 66, 67])),
        HTTPRequest(
            method: "POST", url: "/parts",
            headers: [HTTPHeader("Content-Type", "replaced/by-the-body"), HTTPHeader("User-Agent", "qa")],
            body: .multipart([HTTPRequest.Part(name: "a", content: .bytes(Array("1".utf8)))])),
    ])
    func `a request is the same bytes as libcurl's`(request: HTTPRequest) async throws {
        let server = try ScriptedServer { connection in
            while let text = connection.readRequest() {
                // Boundaries are random, and not all of the same length.
                var echo = text.replacing(/plumb-[0-9a-z]+/, with: "BOUNDARY")
                if echo != text { echo = echo.replacing(/Content-Length: [0-9]+/, with: "Content-Length: N") }
                let body = request.method == "HEAD" ? "" : echo
                connection.send(
                    "HTTP/1.1 200 OK\r\nX-Size: \(text.utf8.count)\r\nX-Line: \(echo.prefix { $0 != "\r\n" })")
                connection.send("\r\nContent-Length: \(echo.utf8.count)\r\n\r\n\(body)")
            }
        }
        var answers: [(HTTPResponse, Int)] = []
        for settings in Self.ways {
            var own = request
            own.url = server.url + request.url
            own.settings = settings
            own.changingHeaders = [HTTPHeader("traceparent", "00-1"), HTTPHeader("X-None", "")]
            own.timeout = .seconds(20)
            let response = try await send(own).get()
            answers.append((response, response.wire.sent))
        }
        #expect(answers[0].0.text == answers[1].0.text, "\(answers.map { $0.0.text.prefix(300) })")
        #expect(answers[0].0.header("x-line") == answers[1].0.header("x-line"))
        if case .multipart = request.body { return }
        #expect(answers[0].0.header("x-size") == answers[1].0.header("x-size"))
        #expect(answers[0].1 == answers[1].1)
    }

    @Test(arguments: [HTTPHeader("Upgrade", "websocket"), HTTPHeader("X-Upgrade", "none")])
    func `an answer that changes the protocol ends with its head`(header: HTTPHeader) async throws {
        let ended = Count()
        defer { ended.increase() }
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}\u{5}hello")
            while ended.value == 0 { pause(milliseconds: 5) }
        }
        for settings in Self.ways {
            let response = try await send(
                HTTPRequest(url: server.url, headers: [header], settings: settings, timeout: .seconds(20))
            ).get()
            #expect(response.status == 101)
            #expect(response.header("upgrade") == "websocket")
            #expect(response.body.isEmpty)
        }
    }

    @Test func `a connection in use is closed after its request where its service was given up`() async throws {
        let (asked, others, closed) = (Count(), Count(), Count())
        defer { others.increase() }
        let slow = try ScriptedServer { connection in
            _ = connection.readRequest()
            asked.increase()
            while others.value == 0 { pause(milliseconds: 5) }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            if connection.readRequest() == nil { closed.increase() }
        }
        let quick = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        let isClosed = try await withTransport { transport in
            async let first = transport.send(HTTPRequest(url: slow.url, timeout: .seconds(60)))
            while asked.value == 0 { try await Task.sleep(for: .milliseconds(5)) }
            // Each has connections of its own, and there are more of them than are kept in mind.
            for number in 0..<70 {
                let settings = ConnectionSettings(resolve: ["s\(number).test:\(quick.port):127.0.0.1"])
                let url = "http://s\(number).test:\(quick.port)/"
                _ = try await transport.send(HTTPRequest(url: url, settings: settings, timeout: .seconds(20))).get()
            }
            others.increase()
            _ = try await first.get()
            let deadline = ContinuousClock.now + .seconds(10)
            while closed.value == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
            return closed.value == 1
        }
        #expect(isClosed)
    }

    private static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: 1\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: 1\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nX-Fold: a\r\n b\r\n\r\nuntil the end",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ]

    /// What a run sees of an exchange.
    private struct Seen: Equatable {
        var kind: HTTPError.Kind?
        var message = ""
        var received: Int?
        var status: Int?
        var headers: [HTTPHeader]?
        var body: [UInt8]?

        init(_ result: Result<HTTPResponse, HTTPError>) {
            let response: HTTPResponse?
            switch result {
            case .success(let whole): response = whole
            case .failure(let error):
                kind = error.kind
                message = error.message
                received = error.received
                response = error.partial
            }
            status = response?.status
            headers = response?.headers
            body = response?.body
        }

        /// Whether libcurl found the same of the bytes, as far as it says.
        func agrees(with other: Seen, of bytes: [UInt8]) -> Bool {
            switch (kind, other.kind) {
            case (nil, nil): return self == other
            case (.protocol, nil):
                // libcurl takes such a version for its own, and a coding that it does not know for none.
                return message.contains("has the version")
                    || message.contains("the Transfer-Encoding") && message.contains("was not asked for")
            case (.truncated, nil):
                // To libcurl the chunks end with the CR of their last line.
                return bytes.suffix(2) == [0x0A, 0x0D] && body == other.body
            case (nil, _), (_, nil): return false
            // A head that broke off is a reset to libcurl where no line of it was whole, and whatever it was later.
            // Behind the chunks it reads a line whose LF is missing.
            default:
                return (status ?? 0) == 0 || received == 0
                    || (kind == other.kind || kind == .truncated && bytes.last == 0x0D) && body == other.body
            }
        }
    }

    /// Whether a header that tells the body's length goes on in a second line, which libcurl does not join to the first
    /// before it reads it, as RFC 9112, section 5.2 has it.
    private static func foldsLength(_ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self).lowercased() }
        return zip(lines, lines.dropFirst()).contains { line, next in
            (line.hasPrefix("content-length") || line.hasPrefix("transfer-encoding"))
                && (next.hasPrefix(" ") || next.hasPrefix("\t"))
        }
    }

    @Test(arguments: [1, 2]) func `a damaged answer is what libcurl finds it to be`(seed: UInt64) async throws {
        let words = ["HTTP/1.1", "\r\n", "chunked", ": ", "Content-Length", "0", "100", "\r\n\r\n", "\0", "\n"]
        for bytes in Mutations(of: Self.answers, words: words, count: 150, seed: seed) {
            if Self.foldsLength(bytes) { continue }
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                connection.send(bytes)
            }
            var seen: [Seen] = []
            for settings in Self.ways {
                seen.append(
                    Seen(try await send(HTTPRequest(url: server.url, settings: settings, timeout: .seconds(20)))))
            }
            #expect(
                seen[0].agrees(with: seen[1], of: bytes),
                "seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription): \(seen)")
        }
    }
}
