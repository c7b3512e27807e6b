import EventLoop
import Glibc
import HTTPTransport
import Testing

/// Ends that the request itself sets: time-outs and cancellation.
@Suite struct TimeoutTests {
    @Test(arguments: [
        ("", HTTPError.Phase.firstByte, 0),
        ("HTTP/1.1 200 OK\r\nContent-Le", .firstByte, 0),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", .body, 4),
    ])
    func `the total time-out says how far it came`(bytes: String, phase: HTTPError.Phase, received: Int) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(bytes)
            connection.waitForClose()
        }
        let start = Instant.now
        let error = try #require(try await send(HTTPRequest(url: server.url, timeout: .milliseconds(200))).error)
        let elapsed = Instant.now - start
        #expect(error.kind == .timeout)
        #expect(error.phase == phase)
        #expect(error.received == received)
        #expect(error.message.hasPrefix("no complete answer within 200 ms"))
        #expect((error.partial != nil) == bytes.contains("200 OK"))
        #expect(elapsed >= .milliseconds(200))
        #expect(elapsed < .seconds(5))
    }

    @Test func `a server that drips does not outlast the time-out`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while connection.send("x") { pause(milliseconds: 10) }
        }
        let error = try #require(try await send(HTTPRequest(url: server.url, timeout: .seconds(2))).error)
        #expect(error.kind == .timeout)
        #expect(error.phase == .body)
        #expect(error.received > 1)
        #expect(error.partial?.body.count == error.received)
    }

    @Test func `the time-out covers all redirects together`() async throws {
        let server = try ScriptedServer { connection in
            var number = 0
            while connection.readRequest() != nil {
                number += 1
                pause(milliseconds: 50)
                connection.send("HTTP/1.1 302 Found\r\nLocation: /\(number)\r\nContent-Length: 0\r\n\r\n")
            }
        }
        let error = try #require(
            try await send(HTTPRequest(url: server.url, followRedirects: 1000, timeout: .milliseconds(300))).error)
        #expect(error.kind == .timeout)
    }

    /// A server that does not accept, with its queue of connections filled.
    @Test func `connecting has a time-out of its own`() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var descriptors = [listener]
        defer { for descriptor in descriptors { close(descriptor) } }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(listener, address, size)
                _ = listen(listener, 0)
                _ = getsockname(listener, address, &size)
                for _ in 0..<8 {
                    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                    _ = connect(client, address, size)
                    descriptors.append(client)
                }
            }
        }
        let port = UInt16(bigEndian: address.sin_port)
        let start = Instant.now
        let request = HTTPRequest(
            url: "http://127.0.0.1:\(port)", timeout: .seconds(30), connectTimeout: .milliseconds(300))
        let error = try #require(try await send(request).error)
        #expect(error.kind == .connectTimeout)
        #expect(error.phase == .connect)
        #expect(error.message.contains("127.0.0.1:\(port)") && error.message.contains("300 ms"))
        #expect(Instant.now - start < .seconds(10))
    }

    @Test func `cancelling the task ends the transfer at once and closes its connection`() async throws {
        let closed = Count()
        let elapsed = try await withSilentServer(closed) { transport, server in
            let start = Instant.now
            let task = Task { await transport.send(HTTPRequest(url: server.url, timeout: .seconds(60))) }
            while server.connectionCount == 0 { try await Task.sleep(for: .milliseconds(10)) }
            task.cancel()
            let error = try #require(await task.value.error)
            #expect(error.kind == .cancelled)
            return Instant.now - start
        }
        #expect(elapsed < .seconds(10))
        for _ in 0..<500 where closed.value == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(closed.value == 1)
    }

    @Test func `a task that is cancelled already sends nothing that matters`() async throws {
        let error = try await withSilentServer(Count()) { transport, server in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await transport.send(HTTPRequest(url: server.url, timeout: .seconds(60)))
            }
            return await task.value.error
        }
        #expect(error?.kind == .cancelled)
    }

    @Test func `shutting down cancels what is under way and what comes later`() async throws {
        let kinds = try await withSilentServer(Count()) { transport, server in
            let task = Task { await transport.send(HTTPRequest(url: server.url, timeout: .seconds(60))) }
            while server.connectionCount == 0 { try await Task.sleep(for: .milliseconds(10)) }
            await transport.shutdown()
            let later = await transport.send(HTTPRequest(url: server.url, timeout: .seconds(60)))
            return [await task.value.error?.kind, later.error?.kind]
        }
        #expect(kinds == [.cancelled, .cancelled])
    }

    private func withSilentServer<Value: Sendable>(
        _ closed: Count, _ body: @escaping @Sendable (HTTPTransport, ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.waitForClose()
            closed.increase()
        }
        return try await withTransport { try await body($0, server) }
    }
}
