internal import FlyingSocks
internal import Glibc

/// A socket pool whose connections send small packets at once and do not wait for ever.
struct GuardedSocketPool: AsyncSocketPool {
    let base: any AsyncSocketPool
    let watchdog: Watchdog
    /// How long a connection may be silent, or not take what is written to it.
    let idleLimit: Duration

    func prepare() async throws {
        try await base.prepare()
    }

    func run() async throws {
        try await base.run()
    }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        // A response leaves in two writes, head and body; without this the second waits for the peer's delayed
        // acknowledgement of the first, 40 ms. Accepted connections inherit it from the listening socket.
        try? socket.setValue(true, for: .noDelay)
        if (try? socket.getValue(for: .isListening)) == true {
            return try await base.suspendSocket(socket, untilReadyFor: events)
        }
        let watch = watchdog.arm(socket, for: idleLimit)
        defer { watchdog.disarm(watch) }
        try await base.suspendSocket(socket, untilReadyFor: events)
    }
}

extension SocketOption where Self == BoolSocketOption {
    static var noDelay: Self { BoolSocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY) }
    static var isListening: Self { BoolSocketOption(name: SO_ACCEPTCONN) }
}
