import Glibc
import Testing

@testable import Sandbox

/// Heads without an end, and requests that drip.
@Suite struct RequestWatchTests {
    private struct Echo: Service {
        func answer(to request: Incoming) async -> Outgoing {
            guard case .bytes(let bytes) = request.body else { return .text("too large", contentType: "text/plain") }
            return .text("\(bytes.count)", contentType: "text/plain")
        }
    }

    /// Runs a body with a server that gives requests half a second.
    private func withServer(_ body: (UInt16) throws -> Void) async throws {
        let events = try SocketEvents(
            watchdog: Watchdog(), requests: RequestWatch(timeLimit: .milliseconds(500)))
        let reservation = try PortReservation(host: "127.0.0.1", port: 0)
        let listener = try await Listener(
            host: "127.0.0.1", reservation: reservation, service: Echo(), events: events)
        let result = Result { try body(reservation.port) }
        await listener.stop()
        events.stop()
        try result.get()
    }

    /// A blocking connection with a time-out of its own.
    private func connect(to port: UInt16) throws -> Int32 {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
        return file
    }

    /// Sends a text, or a part of it where the other side takes no more at once; false once it has closed.
    private func send(_ text: String, to file: Int32) -> Bool {
        Glibc.send(file, text, text.utf8.count, Int32(MSG_NOSIGNAL)) > 0
    }

    private func read(_ file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(file, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nX-Slow: ", "POST / HTTP/1.1\r\nContent-Length: 30000\r\n\r\n"])
    func `a request that drips is ended in time`(_ beginning: String) async throws {
        try await withServer { port in
            let file = try connect(to: port)
            defer { close(file) }
            #expect(send(beginning, to: file))
            let start = ContinuousClock.now
            while send("x", to: file), ContinuousClock.now - start < .seconds(8) { usleep(50_000) }
            let elapsed = ContinuousClock.now - start
            #expect(elapsed > .milliseconds(300) && elapsed < .seconds(5), "\(elapsed)")
        }
    }

    @Test func `a head without an end is refused before it fills the memory`() async throws {
        try await withServer { port in
            let file = try connect(to: port)
            defer { close(file) }
            #expect(send("GET / HTTP/1.1\r\n", to: file))
            let line = String(repeating: "X-Many: " + String(repeating: "y", count: 90) + "\r\n", count: 50)
            var sent = 0
            while sent < 64 << 20, send(line, to: file) { sent += line.utf8.count }
            let reason = errno
            // The connection was ended: a send that found no room in ten seconds would say EAGAIN.
            #expect(reason == ECONNRESET || reason == EPIPE, "\(reason) after \(sent) bytes")
            #expect(sent < 16 << 20, "\(sent) bytes of a head were taken")
        }
    }

    @Test func `a connection that is kept and large bodies that come at once are served as before`() async throws {
        try await withServer { port in
            let file = try connect(to: port)
            defer { close(file) }
            for length in [10, 100_000, 900_000, 0] {
                let body = String(repeating: "b", count: length)
                #expect(send("POST / HTTP/1.1\r\nContent-Length: \(length)\r\n\r\n" + body, to: file))
                #expect(read(file).hasPrefix("HTTP/1.1 200"), "\(length)")
                // What is idle has the time of idle connections; the body may come behind the head.
                usleep(700_000)
                var rest = [UInt8](repeating: 0, count: 4096)
                while recv(file, &rest, rest.count, Int32(MSG_DONTWAIT)) > 0 {}
            }
        }
    }
}
