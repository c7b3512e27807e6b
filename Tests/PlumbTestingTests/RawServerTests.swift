import PlumbTesting
import Testing

struct RawServerTests {
    static let get = "GET /a?b=1 HTTP/1.1\r\nHost: x\r\nX-One:  two \r\n\r\n"

    @Test func `a script is played and the request is recorded`() throws {
        let server = try RawServer([[.readRequest, .send("HTTP/9 hello"), .close]])
        let run = try exchange(Self.get, port: server.port)
        #expect(run.standardOutput == "HTTP/9 hello")
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(request.path == "/a")
        #expect(request.query == "b=1")
        #expect(request.header("x-one") == "two")
        #expect(request.head == Self.get)
        #expect(server.connectionCount == 1)
    }

    @Test func `each connection has its script and the last one serves the rest`() throws {
        let server = try RawServer([[.send("first")], [.send("later")]])
        let answers = try (0..<3).map { _ in try exchange("", port: server.port).standardOutput }
        #expect(answers == ["first", "later", "later"])
    }

    @Test func `a body comes with its length or in chunks`() throws {
        let server = try RawServer([[.readRequest]])
        _ = try exchange("POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello", port: server.port)
        _ = try exchange(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
            port: server.port)
        #expect(server.requests.map(\.text) == ["hello", "hello"])
    }

    @Test func `a reset is an error for the client and an end is not`() throws {
        let resetting = try RawServer([[.readRequest, .send("part"), .pause(.milliseconds(50)), .reset]])
        #expect(try exchange(Self.get, port: resetting.port).standardError.contains("reset by peer"))
        let closing = try RawServer([[.readRequest, .send("part"), .close]])
        #expect(try exchange(Self.get, port: closing.port).standardError == "")
    }

    @Test func `a hanging connection ends with its server`() throws {
        let server = try RawServer([[.readRequest, .hang]])
        let client = try RunningCommand(
            "/bin/bash",
            ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(server.port); printf 'GET / HTTP/1.1\r\n\r\n' >&3; cat <&3"],
            environment: RunningCommand.plainEnvironment)
        let deadline = ContinuousClock.now + .seconds(10)
        while server.requestCount == 0, ContinuousClock.now < deadline { try? blockBriefly() }
        #expect(server.openCount == 1)
        server.stop()
        #expect(server.openCount == 0)
        #expect(client.finish(within: .seconds(10)).status == .exit(0))
    }

    @Test func `bytes drip one at a time`() throws {
        let server = try RawServer([[.drip(Array("abc".utf8), every: .milliseconds(30))]])
        let run = try exchange("", port: server.port)
        #expect(run.standardOutput == "abc")
        #expect(run.duration >= .milliseconds(90))
    }

    @Test func `repeated bytes end at their limit`() throws {
        let server = try RawServer([[.sendRepeatedly(Array("xy".utf8), bytes: 100_001)]])
        #expect(try exchange("", port: server.port).standardOutput.utf8.count == 100_001)
    }

    @Test func `nobody listens on an unused port`() throws {
        let run = try exchange("", port: try Loopback.unusedPort())
        #expect(run.exitStatus == 9)
        #expect(run.standardError.contains("refused"))
    }

    @Test func `a silent listener lets nobody connect`() throws {
        let listener = try SilentListener()
        let client = try RunningCommand(
            "/bin/bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(listener.port) && echo connected"],
            environment: RunningCommand.plainEnvironment)
        let run = client.finish(within: .milliseconds(400))
        #expect(run.status == .timedOut)
        #expect(run.standardOutput == "")
        withExtendedLifetime(listener) {}
    }

    private func blockBriefly() throws {
        _ = try RunningCommand("/bin/sleep", ["0.02"], environment: [:]).finish()
    }
}
