internal import EventLoop
internal import Glibc

/// How exchanges go over plain connections.
extension HTTPTransport {
    /// As many as there are multi handles: one for each service that scenarios ask.
    private static let routeLimit = 64

    /// The bytes of a request that may go over a plain connection; nil for all others.
    func plainLayout(of exchange: Exchange, _ known: KnownRequest?) -> PlainLayout? {
        if let layout = known?.layout, !layout.route.isGivenUp, layout.serves(exchange) { return layout }
        guard PlainLayout.isPossible(exchange) else { return nil }
        let layout = route(to: exchange.url.origin, exchange.request.settings).layout(of: exchange)
        known?.layout = layout
        return layout
    }

    private func route(to origin: Origin, _ settings: ConnectionSettings) -> PlainRoute {
        if let known = routes.first(where: { $0.origin == origin && $0.settings == settings }) { return known }
        if routes.count >= Self.routeLimit {
            for route in routes { route.giveUp() }
            routes.removeAll()
        }
        let made = PlainRoute(origin: origin, settings: settings)
        routes.append(made)
        return made
    }

    /// Sends a request over a connection that is its own until it has ended.
    func carry(_ exchange: Exchange, _ layout: PlainLayout, on connection: PlainConnection, id: Int) {
        guard exchange.willSend(on: nil) else {
            connection.close()
            return settle(id, TransferReport(end: .cancelled))
        }
        connection.carry(exchange, layout, id: id, scratch: &scratch)
    }

    /// libcurl has opened a connection for an exchange.
    func opened(_ socket: Int32, for id: Int, _ layout: PlainLayout, _ times: TransferReport.Times) {
        guard let exchange = running[id]?.exchange else {
            close(socket)
            return
        }
        let connection: PlainConnection
        do {
            connection = try PlainConnection(socket, to: layout.route, opened: times, on: loop, receiveBuffer)
        } catch {
            exchange.fail(.unreachable, "the connection cannot be watched: \(systemMessage(error.code))")
            return settle(id, TransferReport(end: .cancelled))
        }
        connection.onEnd = { [unowned self] id, end in ended(id, end) }
        running[id]?.carrier = .plain(connection, layout)
        carry(exchange, layout, on: connection, id: id)
    }

    private func ended(_ id: Int, _ end: PlainConnection.End) {
        guard let item = running[id], case .plain(let connection, let layout) = item.carrier else { return }
        // Where it must not be sent again, the exchange says so.
        guard end == .stale, item.exchange.maySendAgain() else { return settle(id, connection.report(.finished(0))) }
        guard let (transfer, multi) = open(for: item.exchange, id: id) else {
            return settle(id, TransferReport(end: .cancelled))
        }
        running[id]?.carrier = .opening(transfer, multi, layout)
    }
}
