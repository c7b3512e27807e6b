internal import FlyingSocks
internal import Glibc

/// A port that is held without listening on it: connections to it are refused, and nobody else can take it.
final class PortReservation: Sendable {
    private let socket: Socket
    let port: UInt16

    /// Takes a port, a free one for 0.
    init(host: String, port: UInt16) throws {
        let socket = try Socket(domain: Int32(sockaddr_in.family))
        let bound: UInt16
        do {
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: .inet(ip4: host, port: port))
            guard case .ip4(_, let number) = try socket.sockname() else { throw SocketError.unsupportedAddress }
            bound = number
        } catch {
            try? socket.close()
            throw error
        }
        self.socket = socket
        self.port = bound
    }

    deinit {
        try? socket.close()
    }
}
