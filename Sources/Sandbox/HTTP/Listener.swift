internal import FlyingFox
internal import FlyingSocks

/// A running HTTP server on one port.
struct Listener: Sendable {
    private let server: HTTPServer
    private let task: Task<Void, Never>

    /// Starts a server on a reserved port and returns when it accepts connections.
    init(host: String, port: UInt16, service: any Service, events: SocketEvents) async throws {
        let configuration = HTTPServer.Configuration(
            address: try .inet(ip4: host, port: port),
            timeout: 120,
            sharedRequestBufferSize: 65_536,
            pool: events,
            logger: .disabled)
        let server = HTTPServer(config: configuration, handler: ServiceHandler(service: service))
        self.server = server
        self.task = Task { try? await server.run() }
        do {
            try await server.waitUntilListening()
        } catch {
            task.cancel()
            throw error
        }
    }

    /// Closes the port and every connection to it.
    func stop() async {
        await server.stop(timeout: 0)
        await task.value
    }
}
