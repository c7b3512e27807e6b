import EventLoop
import Glibc
import PlumbTesting
import Testing

@testable import FaultProxy

/// The proxy between a real client and a real server.
@Suite struct FaultProxyTests {
    /// A loop on a thread of its own, and a proxy on it.
    private final class Stage: @unchecked Sendable {
        // The proxy is touched on the loop's thread only, through `on`.
        let loop: EventLoop
        private var proxy: FaultProxy?
        private(set) var port = 0

        init(to port: Int, connectLimit: Duration = .seconds(5)) async throws {
            loop = try EventLoop()
            loop.start()
            self.port = try await on {
                let proxy = try FaultProxy(
                    try ProxyListener(), to: .network(host: "127.0.0.1", port: port), on: self.loop,
                    connectLimit: connectLimit)
                self.proxy = proxy
                return proxy.port
            }
        }

        func on<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
            try await Task(executorPreference: loop) { try body() }.value
        }

        func with<Value: Sendable>(_ body: @escaping @Sendable (FaultProxy) -> Value) async throws -> Value {
            let found = try await on { self.proxy.map(body) }
            return try #require(found)
        }

        func strike(_ change: @escaping @Sendable (inout Trouble) -> Void) async throws -> Int {
            try await with { proxy in
                var trouble = Trouble()
                change(&trouble)
                return proxy.strike([trouble], seed: 1)
            }
        }

        func end() async throws {
            _ = try await with { $0.close() }
            loop.stop()
        }
    }

    /// What a client met.
    private enum Met: Equatable {
        case bytes(Int)
        case end
        case error(Int32)
    }

    /// A blocking client with a bound on each wait.
    private final class Client {
        let descriptor: Int32
        let connectError: Int32

        init(_ port: Int, wait seconds: Int = 30) {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var limit = timeval(tv_sec: seconds, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            connectError = status == 0 ? 0 : errno
            self.descriptor = descriptor
        }

        deinit { close(descriptor) }

        func send(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return false }
                rest = rest.dropFirst(sent)
            }
            return true
        }

        func read(_ most: Int = 65_536) -> (met: Met, bytes: [UInt8]) {
            var bytes = [UInt8](repeating: 0, count: most)
            let count = recv(descriptor, &bytes, most, 0)
            if count > 0 { return (.bytes(count), Array(bytes[..<count])) }
            return (count == 0 ? .end : .error(errno), [])
        }

        /// Reads until there is no more; returns what came and how it ended.
        func readAll() -> (bytes: [UInt8], end: Met) {
            var all: [UInt8] = []
            while true {
                let (met, bytes) = read()
                guard case .bytes = met else { return (all, met) }
                all += bytes
            }
        }
    }

    /// A server that sends back what it reads, so many bytes at a time.
    private func echo(_ unit: Int = 1) throws -> RawServer {
        try RawServer { connection in
            while true {
                let bytes = try connection.read(unit)
                if bytes.isEmpty { return }
                try connection.send(bytes)
            }
        }
    }

    @Test func `bytes pass in both directions, and so do the ends`() async throws {
        let server = try echo(5)
        let stage = try await Stage(to: server.port)
        let client = Client(stage.port)
        #expect(client.send(Array("hello".utf8)))
        #expect(client.read().bytes == Array("hello".utf8))
        shutdown(client.descriptor, Int32(SHUT_WR))
        #expect(client.read().met == .end)
        try await stage.end()
    }

    @Test func `a megabyte comes back as it was sent`() async throws {
        let server = try echo(4096)
        let stage = try await Stage(to: server.port)
        let port = stage.port
        let sent = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let isSame = await Task.detached {
            let client = Client(port)
            let descriptor = client.descriptor
            let sender = Task.detached {
                var rest = sent[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes {
                        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { return }
                    rest = rest.dropFirst(count)
                }
                shutdown(descriptor, Int32(SHUT_WR))
            }
            let (bytes, end) = client.readAll()
            await sender.value
            return bytes == sent && end == .end
        }.value
        #expect(isSame)
        try await stage.end()
    }

    @Test func `refusing closes open connections and refuses new ones until it is lifted`() async throws {
        let server = try echo()
        let stage = try await Stage(to: server.port)
        let open = Client(stage.port)
        #expect(open.send([1]))
        #expect(open.read().met == .bytes(1))
        let strike = try await stage.strike { $0.refuses = true }
        #expect(open.read().met == .error(ECONNRESET))
        #expect(Client(stage.port).connectError == ECONNREFUSED)
        try await stage.with { $0.lift(strike) }
        let again = Client(stage.port)
        #expect(again.connectError == 0)
        #expect(again.send([2]))
        #expect(again.read().bytes == [2])
        try await stage.end()
    }

    @Test func `reset strikes a connection that was open before, when something is asked`() async throws {
        let server = try echo()
        let stage = try await Stage(to: server.port)
        let client = Client(stage.port)
        #expect(client.send([1]))
        #expect(client.read().met == .bytes(1))
        _ = try await stage.strike { $0.resetAfter = 0 }
        #expect(client.send([2]))
        #expect(client.read().met == .error(ECONNRESET))
        try await stage.end()
    }

    @Test func `a silence lasts until it is lifted, and then the connection is closed`() async throws {
        let server = try echo()
        let stage = try await Stage(to: server.port)
        let client = Client(stage.port, wait: 1)
        let strike = try await stage.strike { $0.hangs = true }
        #expect(client.send([1]))
        #expect(client.read().met == .error(EAGAIN))
        try await stage.with { $0.lift(strike) }
        #expect(client.read().met == .end)
        try await stage.end()
    }

    @Test func `latency makes an answer late, and lifting it leaves others alone`() async throws {
        let server = try echo()
        let stage = try await Stage(to: server.port)
        let bystander = Client(stage.port)
        #expect(bystander.send([7]))
        #expect(bystander.read().bytes == [7])
        let strike = try await stage.strike { $0.latency = .milliseconds(300) }
        let client = Client(stage.port)
        let began = Instant.now
        #expect(client.send([1]))
        #expect(client.read().bytes == [1])
        #expect(Instant.now - began >= .milliseconds(300))
        try await stage.with { $0.lift(strike) }
        #expect(client.read().met == .end)
        #expect(bystander.send([8]))
        #expect(bystander.read().bytes == [8])
        try await stage.end()
    }

    @Test func `a truncated answer ends behind its bytes`() async throws {
        let server = try echo()
        let stage = try await Stage(to: server.port)
        _ = try await stage.strike { $0.truncateAfter = 3 }
        let client = Client(stage.port)
        #expect(client.send(Array("hello".utf8)))
        let (bytes, end) = client.readAll()
        #expect(bytes == Array("hel".utf8))
        #expect(end == .end)
        try await stage.end()
    }

    @Test func `the proxy answers in the service's place`() async throws {
        let server = try echo()
        let stage = try await Stage(to: server.port)
        _ = try await stage.strike { $0.respond = Array("no".utf8) }
        let client = Client(stage.port)
        #expect(client.send([UInt8](repeating: 1, count: 100_000)))
        let (bytes, end) = client.readAll()
        #expect(bytes == Array("no".utf8))
        #expect(end == .end)
        try await stage.end()
    }

    @Test func `a service that refuses is told of, and the caller is reset`() async throws {
        let stage = try await Stage(to: try Loopback.unusedPort())
        let client = Client(stage.port)
        #expect(client.read().met == .error(ECONNRESET))
        let complaint = try await stage.with { $0.complaint }
        #expect(complaint?.contains("refused") == true)
        try await stage.end()
    }

    @Test func `a reader that does not read bounds what the proxy holds`() async throws {
        let server = try RawServer { connection in
            _ = try connection.read(1)
            let block = [UInt8](repeating: 3, count: 1 << 16)
            for _ in 0..<64 { try connection.send(block) }
        }
        let stage = try await Stage(to: server.port)
        _ = try await stage.strike { $0.slice = 1000 }
        let client = Client(stage.port)
        #expect(client.send([1]))
        // Everything comes although nothing was read for a while.
        usleep(200_000)
        let (bytes, _) = client.readAll()
        #expect(bytes.count == 64 << 16)
        try await stage.end()
    }

    @Test func `closing the proxy ends its connections and frees its port`() async throws {
        let server = try echo()
        let stage = try await Stage(to: server.port)
        let client = Client(stage.port)
        #expect(client.send([1]))
        #expect(client.read().met == .bytes(1))
        let port = stage.port
        try await stage.with { $0.close() }
        #expect(client.read().met == .end)
        let count = try await stage.with { $0.connectionCount }
        #expect(count == 0)
        stage.loop.stop()
        _ = port
    }

    @Test func `a taken port is told of`() throws {
        let taken = try ProxyListener()
        #expect(throws: ProxyError.self) { try ProxyListener(host: "127.0.0.1", port: taken.port) }
    }
}
