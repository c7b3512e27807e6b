internal import EventLoop

/// The connections to one service that wait for their next request, and what requests to it look like.
///
/// Lives on the loop's thread.
final class PlainRoute {
    /// As libcurl has it: what waited longer may be gone on the other side.
    private static let longestRest = Duration.seconds(118)
    /// More connections than this are closed when their request is over.
    private static let most = 256
    /// Each request is held against as many.
    private static let layoutLimit = 8

    let origin: Origin
    let settings: ConnectionSettings
    private var idle: [PlainConnection] = []
    private var layouts: [PlainLayout] = []
    /// Whether nobody will ask for its connections any more.
    private(set) var isGivenUp = false

    init(origin: Origin, settings: ConnectionSettings) {
        self.origin = origin
        self.settings = settings
    }

    /// The bytes of a request, known or made now; nil where it is none for a plain connection.
    func layout(of exchange: Exchange) -> PlainLayout? {
        if let place = layouts.lastIndex(where: { $0.serves(exchange) }) { return layouts[place] }
        guard let made = PlainLayout(exchange, self) else { return nil }
        guard made.serves(exchange) else { return made }
        if layouts.count >= Self.layoutLimit { layouts.removeFirst() }
        layouts.append(made)
        return made
    }

    /// A connection that waits and is still open, as far as is known; the one that was used last.
    ///
    /// The loop tells of one that closes in its next turn. What cannot be sent again, or would hide a fault that was
    /// struck on purpose, is given none that is not seen to be open now, which takes a call of the system.
    func take(for exchange: Exchange) -> PlainConnection? {
        let wantsProof = !exchange.request.isIdempotent || settings.connectTo != nil
        while let last = idle.popLast() {
            if Instant.now - last.restingSince >= Self.longestRest {
                // Those before it have waited longer still.
                last.close()
                closeAll()
                return nil
            }
            if !wantsProof || last.isOpen { return last }
            last.close()
        }
        return nil
    }

    /// Keeps a connection for the next request.
    func keep(_ connection: PlainConnection) {
        guard !isGivenUp, idle.count < Self.most else { return connection.close() }
        idle.append(connection)
    }

    /// Forgets a connection that closed while it waited.
    func lose(_ connection: PlainConnection) {
        idle.removeAll { $0 === connection }
    }

    /// Closes all that wait, and those in use when their request is over.
    func giveUp() {
        isGivenUp = true
        closeAll()
    }

    private func closeAll() {
        for connection in idle { connection.close() }
        idle = []
    }
}
