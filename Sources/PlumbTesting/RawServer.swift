import Glibc
import Synchronization

/// A TCP server on a free port of 127.0.0.1 that does to each connection what a test says.
///
/// ```swift
/// let server = try RawServer([[.readRequest, .send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), .reset]])
/// ```
///
/// One thread accepts, each connection has its own. All of them end with the server: every wait of theirs is also a
/// wait for that, and none is longer than `RawServer.longestWait`.
public final class RawServer: Sendable {
    /// The most that one wait of a connection takes.
    public static let longestWait: Duration = .seconds(60)
    /// The most connections that are served at a time; more wait in the kernel's queue.
    public static let mostConnections = 512

    /// The port it listens on.
    public let port: Int
    private let state: State

    /// Starts a server that hands each connection to a body, on the connection's thread.
    ///
    /// When the body returns, the connection is closed; what it throws ends the connection and is kept nowhere.
    public init(_ serve: @escaping @Sendable (Connection) throws -> Void) throws {
        let listener = try Loopback.bound()
        do {
            guard listen(listener, 512) == 0 else { throw SystemError("listen", errno) }
            port = try Loopback.port(of: listener)
            let state = try State(listener: listener, serve: serve)
            self.state = state
            try TestThread.detach { state.accept() }
        } catch {
            close(listener)
            throw error
        }
    }

    /// Starts a server that plays the n-th script to the n-th connection, and the last one to all that follow.
    public convenience init(_ scripts: [[Step]]) throws {
        try self.init { connection in
            guard let last = scripts.last else { return }
            let script = connection.number < scripts.count ? scripts[connection.number] : last
            for step in script { try connection.play(step) }
        }
    }

    deinit { stop() }

    /// The address for a client, such as `http://127.0.0.1:40001`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections were accepted so far.
    public var connectionCount: Int { state.counts.withLock { $0.accepted } }

    /// How many connections are open now.
    public var openCount: Int { state.counts.withLock { $0.open } }

    /// The requests that were read, in order; the first 10 000 of them.
    public var requests: [RecordedRequest] { state.counts.withLock { $0.requests } }

    /// How many requests were read, those that are not kept included.
    public var requestCount: Int { state.counts.withLock { $0.requestCount } }

    /// Closes the port and ends all connections; returns when they have ended, or after five seconds.
    public func stop() {
        state.stop.stop()
        let deadline = ContinuousClock.now + .seconds(5)
        while state.counts.withLock({ $0.open > 0 || $0.isAccepting }), ContinuousClock.now < deadline { usleep(500) }
    }
}

extension RawServer {
    /// What the threads share; it outlives the server until the last of them has ended.
    final class State: Sendable {
        struct Counts {
            var accepted = 0
            var open = 0
            var isAccepting = true
            var requests: [RecordedRequest] = []
            var requestCount = 0
        }

        let stop: StopSignal
        let counts = Mutex(Counts())
        private let listener: Int32
        private let serve: @Sendable (Connection) throws -> Void

        init(listener: Int32, serve: @escaping @Sendable (Connection) throws -> Void) throws(SystemError) {
            stop = try StopSignal()
            self.listener = listener
            self.serve = serve
        }

        /// Accepts connections until the server stops; owns the listening socket.
        func accept() {
            defer {
                close(listener)
                counts.withLock { $0.isAccepting = false }
            }
            while true {
                let moment = ContinuousClock.now + .milliseconds(20)
                guard counts.withLock({ $0.open < RawServer.mostConnections }) else {
                    if case .stopped = stop.wait(until: moment) { return }
                    continue
                }
                switch stop.wait(listener, for: POLLIN, until: ContinuousClock.now + RawServer.longestWait) {
                case .stopped: return
                case .deadline: continue
                case .ready: break
                }
                guard let descriptor = Descriptor.accept(listener) else {
                    // The client may have gone already; out of descriptors, the pause keeps the loop from spinning.
                    if case .stopped = stop.wait(until: moment) { return }
                    continue
                }
                begin(descriptor)
            }
        }

        private func begin(_ descriptor: Int32) {
            var yes: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            let number = counts.withLock {
                $0.open += 1
                $0.accepted += 1
                return $0.accepted - 1
            }
            do {
                try TestThread.detach { [self] in
                    let connection = Connection(descriptor, number: number, state: self)
                    try? serve(connection)
                    connection.close()
                    counts.withLock { $0.open -= 1 }
                }
            } catch {
                Glibc.close(descriptor)
                counts.withLock { $0.open -= 1 }
            }
        }

        /// Keeps a request, as long as there is room.
        func record(_ request: RecordedRequest) {
            counts.withLock {
                $0.requestCount += 1
                if $0.requests.count < 10_000 { $0.requests.append(request) }
            }
        }
    }
}
