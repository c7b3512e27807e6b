import PlumbTesting
import Testing

/// Answers that break the protocol, or their own word (bad inputs 34 to 39, 42 and 43).
struct HTTPBadAnswerTests {
    /// An answer, and the words that the report of its step must have.
    struct Case: Sendable {
        let name: String
        let script: [RawServer.Step]
        let words: [String]

        init(_ name: String, _ script: [RawServer.Step], _ words: String...) {
            self.name = name
            self.script = script
            self.words = words
        }

        /// An answer sent in one piece.
        init(_ name: String, head: String, _ body: String = "", _ words: String...) {
            self.name = name
            script = [.send("HTTP/1.1 200 OK\r\n\(head)\r\n\r\n\(body)")]
            self.words = words
        }
    }

    private static let json = "content-type: application/json\r\n"
    private static let item = #"{"a":1}"#

    /// Runs one step for each case against a server that plays the case's script.
    private func check(_ cases: [Case], assert: String = ".body.a == 1", settings: String = "") async throws {
        let scripts = Dictionary(uniqueKeysWithValues: cases.map { ("/" + $0.name, $0.script) })
        let server = try RawServer { connection in
            guard let request = try connection.readRequest() else { return }
            for step in scripts[request.path] ?? [] { try connection.play(step) }
        }
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\" }")
        let steps = cases.map { item in
            "  - { id: \(item.name), http: { get: /\(item.name)\(settings) }, timeout: 10s, assert: ['\(assert)'] }"
        }
        let run = try await project.run(steps.joined(separator: "\n"))
        #expect([.exit(1), .exit(3)].contains(run.ended.status))
        for item in cases {
            let text = try run.failures(of: item.name).joined(separator: "\n")
            for word in item.words { #expect(text.contains(word), "\(item.name) does not tell '\(word)': \(text)") }
            // Our words, not the library's.
            for word in ["libcurl", "Out of memory", "curl_"] { #expect(!text.contains(word), "\(item.name): \(text)") }
        }
        withExtendedLifetime(server) {}
    }

    @Test func `a connection that breaks is told with how far it came`() async throws {
        try await check([
            Case(
                "close", [.close], "error | http.reset", "closed the connection without an answer", "phase: first_byte"),
            Case(
                "before", [.reset], "error | http.reset", "connection reset before the answer", "retry: { on: [reset] }"
            ),
            Case(
                "headers", [.send("HTTP/1.1 200 OK\r\nx-a"), .pause(.milliseconds(50)), .reset], "http.reset",
                "connection reset within the headers"),
            Case(
                "body",
                [.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"), .pause(.milliseconds(50)), .reset],
                "http.reset", "connection reset after 4 of 100 bytes of the body", "phase: body"),
        ])
    }

    @Test func `a body shorter than its word never passes, though what came is JSON`() async throws {
        let chunked = Self.json + "transfer-encoding: chunked"
        try await check([
            Case(
                "length", head: Self.json + "content-length: 100", Self.item, "error | http.truncated",
                "the connection closed after 7 of 100 bytes of the body"),
            Case(
                "chunk", head: chunked, "7\r\n\(Self.item)\r\n", "error | http.truncated", "after 7 bytes of the body"),
            Case(
                "badsize", head: chunked, "zz\r\n\(Self.item)\r\n0\r\n\r\n", "error | http.protocol", "chunks",
                "damaged"),
            Case(
                "hugesize", head: chunked, "fffffffffffffffffff\r\n\(Self.item)\r\n0\r\n\r\n", "error | http.protocol",
                "chunks", "damaged"),
        ])
    }

    @Test func `a length that is none is an error and reserves no memory`() async throws {
        try await check([
            Case(
                "negative", head: Self.json + "content-length: -5", Self.item, "error | http.protocol", "Content-Length"
            ),
            Case(
                "absurd", head: Self.json + "content-length: 99999999999999999999999", Self.item,
                "error | http.protocol", "'99999999999999999999999' is no length"),
            Case(
                "largest", head: Self.json + "content-length: 9223372036854775807", Self.item, "error | http.truncated",
                "7 of 9223372036854775807 bytes"),
            Case(
                "two", head: Self.json + "content-length: 7\r\ncontent-length: 3", Self.item, "error | http.protocol",
                "two values of Content-Length: 7 and 3"),
            Case(
                "both", head: Self.json + "content-length: 3\r\ntransfer-encoding: chunked",
                "7\r\n\(Self.item)\r\n0\r\n\r\n", "error | http.protocol",
                "both Content-Length and Transfer-Encoding are given"),
        ])
    }

    @Test func `what is no HTTP is told as such, and an odd status is a status`() async throws {
        func status(_ line: String) -> [RawServer.Step] { [.send("\(line)\r\ncontent-length: 0\r\n\r\n")] }
        try await check([
            Case("ssh", [.send("SSH-2.0-OpenSSH_9.2\r\n")], "error | http.protocol", "no status line", "speaks HTTP"),
            Case("old", [.send("<html>hello</html>")], "error | http.protocol", "no status line"),
            Case("future", status("HTTP/7.3 200 OK"), "error | http.protocol", "7.3"),
            Case("zero", status("HTTP/1.1 0 Odd"), "error | http.protocol", "its status is no number from 100 to 999"),
            Case("ninetynine", status("HTTP/1.1 99 Odd"), "error | http.protocol", "no number from 100 to 999"),
            Case("thousand", status("HTTP/1.1 1000 Odd"), "error | http.protocol", "no number from 100 to 999"),
            Case(
                "most", status("HTTP/1.1 999 Odd"), "failed | expect.implied",
                "status is 999, and the step expects that status is 2xx", "expect: { status: 999 }"),
        ])
    }

    @Test func `only the final answer counts`() async throws {
        let early = String(repeating: "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", count: 100)
        let server = try RawServer { connection in
            let request = try connection.readRequest()
            switch request?.path {
            case "/interim": try connection.send(early + "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            case "/many":
                try connection.send(String(repeating: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", count: 100))
            case "/none": try connection.send("HTTP/1.1 204 No\r\ncontent-length: 7\r\n\r\n{\"a\":1}")
            default: try connection.send("HTTP/1.1 304 Same\r\ncontent-length: 7\r\n\r\n")
            }
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { http: { get: /interim }, expect: { status: 200, headers: { link: { $: absent } } } }
              - { http: { get: /many }, expect: { status: 200, bytes: 0 } }
              - { http: { get: /none }, expect: { status: 204, bytes: 0, body: null } }
              - { http: { get: /same }, expect: { status: 304, bytes: 0 } }
              - { http: { get: /interim }, expect: { status: 200 } }
            """)
        run.expectAllPassed()
    }

    @Test func `headers beyond reason are told in our words, and harmless ones are shown harmless`() async throws {
        try await check([
            Case(
                "long", head: "x: " + String(repeating: "a", count: 110_000), "", "error | http.protocol",
                "header too large: one header is over 100 KiB"),
            Case(
                "endless",
                [.send("HTTP/1.1 200 OK\r\n"), .sendRepeatedly(Array("x: 0123456789abcdef\r\n".utf8), bytes: 1 << 30)],
                "error | http.protocol", "header too large: the headers are over 256 KiB"),
            Case("nul", [.sendBytes(Array("HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n".utf8))], "error | http.protocol"),
            Case("colon", head: "nocolon\r\ncontent-length: 0", "", "error | http.protocol"),
            Case(
                "many", head: (0..<9999).map { "x-\($0): a" }.joined(separator: "\r\n") + "\r\ncontent-length: 0", "",
                "failed | assert.missing-path"),
        ])
        let odd = Array("HTTP/1.1 200 OK\r\nx: \u{1b}[31mred\u{1b}[0m ]]> ".utf8) + [0xE9]
        let server = try RawServer([[.readRequest, .sendBytes(odd + Array("\r\ncontent-length: 0\r\n\r\n".utf8))]])
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            "  - { id: odd, http: { get: / }, expect: { headers: { x: y } } }")
        #expect(!run.output.contains("\u{1b}") && run.output.contains("red"))
        #expect(!(run.texts["r.xml"] ?? "\u{1b}").contains("\u{1b}"))
        try run.expect("odd", tells: "failed | expect.mismatch")
    }

    @Test func `a body that says JSON and is none is an error with the place`() async throws {
        func body(_ text: String) -> [RawServer.Step] {
            [.send("HTTP/1.1 200 OK\r\n\(Self.json)content-length: \(text.utf8.count)\r\n\r\n\(text)")]
        }
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        // A vacuous assertion: nothing of a body that is none can make it hold.
        try await check(
            [
                Case(
                    "empty", body(""), "error | http.protocol",
                    "the body is empty, and its content type is application/json"),
                Case(
                    "html", body("<html>Bad gateway</html>"), "not JSON at byte 0",
                    "it begins '<html>Bad gateway</html>'"),
                Case("mark", body("\u{FEFF}{\"a\":1}"), "not JSON at byte 0", "byte order mark"),
                Case("two", body(#"{"a":1}{"a":2}"#), "not JSON at byte 7", "more text stands behind the value"),
                Case("trailing", body(#"{"a":1} x"#), "not JSON at byte 8"),
                Case("surrogate", body(#"{"a":"\ud800"}"#), "not JSON at byte 6", "surrogate"),
                Case("deep", body(nested(257)), "nested deeper than 256 levels"),
                Case("deepest", body(nested(100_000)), "nested deeper than 256 levels"),
                Case("nan", body(#"{"a":NaN}"#), "not JSON at byte 5"),
                Case(
                    "latin",
                    [
                        .sendBytes(
                            Array("HTTP/1.1 200 OK\r\n\(Self.json)content-length: 9\r\n\r\n{\"a\":\"".utf8) + [
                                0xFF, 0x22, 0x7D,
                            ])
                    ],
                    "not JSON at byte 6", "not UTF-8"),
            ], assert: "(.body // {}) | type == \"object\"")
    }

    @Test func `a key that stands twice counts with its last value, and the report says so`() async throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"a":1,"a":2}"#) }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            "  - { id: twice, http: { get: / }, assert: [.body.a == 1] }")
        try run.expect("twice", tells: "assert.false")
        #expect(run.output.contains("the last value counts for keys that stand twice: a"))
    }

    @Test func `a JSON body without its content type is told`() async throws {
        let server = try SimpleHTTPServer { request in
            request.path == "/text" ? .text(Self.item) : HTTPReply(200, body: .whole(Array(Self.item.utf8)))
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { id: text, http: { get: /text }, assert: [.body.a == 1] }
              - { id: none, http: { get: /none }, assert: [.body.a == 1] }
            """)
        #expect(run.output.contains("the body is not read as JSON: its content type is text/plain"))
        #expect(run.output.contains("the body is not read as JSON: the answer has no content type"))
    }

    @Test func `compressed bodies are decoded whole or not at all`() async throws {
        let whole = try await Compressed.gzip("printf '%s' '\(Self.item)'")
        let twice = try await Compressed.gzip("printf '%s' '\(Self.item)' | gzip -nc")
        @Sendable func coded(_ name: String, _ bytes: [UInt8]) -> [RawServer.Step] {
            let head =
                "HTTP/1.1 200 OK\r\n\(Self.json)content-encoding: \(name)\r\ncontent-length: \(bytes.count)\r\n\r\n"
            return [.sendBytes(Array(head.utf8) + bytes)]
        }
        var damaged = whole
        damaged[damaged.count - 8] ^= 0xFF
        try await check([
            Case(
                "cut", coded("gzip", whole.dropLast(6)), "error | http.truncated",
                "the gzip data ends before its end mark"),
            Case("sum", coded("gzip", damaged), "error | http.protocol", "the gzip data is damaged"),
            Case("foo", coded("foo", whole), "error | http.protocol", "the content coding 'foo' is unknown"),
            Case(
                "six", coded("gzip, gzip, gzip, gzip, gzip, gzip", whole), "error | http.protocol",
                "more than 4 content codings"),
        ])
        let server = try RawServer { connection in
            guard let request = try connection.readRequest() else { return }
            for step in request.path == "/one" ? coded("gzip", whole) : coded("gzip, gzip", twice) {
                try connection.play(step)
            }
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { http: { get: /one }, assert: [.body.a == 1] }
              - { http: { get: /two }, assert: [.body.a == 1] }
            """)
        run.expectAllPassed()
    }
}

/// Bytes that the system's gzip makes.
enum Compressed {
    /// The gzip of what a shell command writes.
    static func gzip(_ command: String) async throws -> [UInt8] {
        try await OwnThread.run {
            let folder = try TemporaryFolder()
            let run = try RunningCommand(
                "/bin/sh", ["-c", "\(command) | gzip -nc > bytes"], environment: RunningCommand.plainEnvironment,
                in: folder.path
            ).finish()
            try #require(run.status == .exit(0))
            return try TextFile.bytes(folder.path("bytes"))
        }
    }
}
