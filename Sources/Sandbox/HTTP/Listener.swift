internal import FlyingFox
internal import FlyingSocks

/// A running HTTP server on one port.
struct Listener: Sendable {
    /// Held so that the port stays the sandbox's while the server is started again.
    private let reservation: PortReservation
    private let task: Task<Void, Never>

    /// Starts a server on a reserved port and returns when it accepts connections.
    init(host: String, reservation: PortReservation, service: any Service, events: SocketEvents) async throws {
        let configuration = HTTPServer.Configuration(
            address: try .inet(ip4: host, port: reservation.port),
            timeout: 120,
            sharedRequestBufferSize: 65_536,
            pool: events,
            logger: .disabled)
        let server = HTTPServer(
            config: configuration, handler: ServiceHandler(service: service, watch: events.requests))
        events.requests.serve(reservation.port)
        self.reservation = reservation
        task = Task {
            // The server ends when a connection cannot be accepted, as where descriptors are short for a moment.
            while !Task.isCancelled {
                try? await server.run()
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
        do {
            try await server.waitUntilListening()
        } catch {
            task.cancel()
            throw error
        }
    }

    /// Closes the port and every connection to it.
    func stop() async {
        task.cancel()
        await task.value
    }
}
