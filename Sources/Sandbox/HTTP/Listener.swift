internal import FlyingSocks
internal import Glibc

/// A running HTTP server on one port.
struct Listener: Sendable {
    /// Held so that the port stays the sandbox's while the server is started again.
    private let reservation: PortReservation
    private let task: Task<Void, Never>

    /// Starts a server on a reserved port, which accepts connections from then on.
    init(host: String, reservation: PortReservation, service: any Service, events: SocketEvents) throws {
        let socket = try Socket(domain: Int32(sockaddr_in.family))
        let listening: AsyncSocket
        do {
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: .inet(ip4: host, port: reservation.port))
            try socket.listen()
            listening = try AsyncSocket(socket: socket, pool: events)
        } catch {
            try? socket.close()
            throw error
        }
        self.reservation = reservation
        task = Task { await Self.accept(on: listening, service, events.watchdog) }
    }

    private static func accept(on listening: AsyncSocket, _ service: any Service, _ watchdog: Watchdog) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    let socket = try await listening.accept()
                    group.addTask { await ServerConnection(socket, service: service, watchdog: watchdog).serve() }
                } catch {
                    // Descriptors may be short for a moment; those that wait to be accepted are patient.
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            group.cancelAll()
        }
        try? listening.close()
    }

    /// Closes the port and every connection to it.
    func stop() async {
        task.cancel()
        await task.value
    }
}
