/// Keeps one replica's port, and listens on it or not.
actor ReplicaHost {
    nonisolated let service: ModelService
    nonisolated let port: UInt16
    private let host: String
    private let reservation: PortReservation
    private let events: SocketEvents
    private var listener: Listener?

    /// Takes the port, a free one for 0; nothing listens yet.
    init(service: ModelService, host: String, port: UInt16, events: SocketEvents) throws {
        let reservation = try PortReservation(host: host, port: port)
        self.service = service
        self.host = host
        self.port = reservation.port
        self.events = events
        self.reservation = reservation
    }

    var isListening: Bool { listener != nil }

    /// Begins to listen; does nothing if it does.
    func open() throws {
        guard listener == nil else { return }
        listener = try Listener(host: host, reservation: reservation, service: service, events: events)
    }

    /// Closes the port and every connection to it.
    func close() async {
        let closing = listener
        listener = nil
        await closing?.stop()
    }
}
