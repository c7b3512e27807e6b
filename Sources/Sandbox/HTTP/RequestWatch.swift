internal import CLinux
internal import FlyingFox
internal import FlyingSocks
internal import Glibc
internal import Synchronization

/// Ends connections whose request is too slow in coming, or whose head has no end.
///
/// FlyingFox reads a head without a bound and names the connection only once it is read, so the kernel is asked how many
/// bytes of it were taken. A connection is watched from the first wait for a request up to where its handler begins; what
/// the handler reads has bounds of its own.
final class RequestWatch: Sendable {
    /// How long a request may take from its first bytes to its last.
    private let timeLimit: Duration
    /// The bytes of a head, with a body that comes along with it.
    private static let byteLimit = 192 << 10

    private struct Coming {
        var file: Int32
        /// Tells the socket from a later one with the same descriptor.
        var inode: UInt
        /// The bytes that were taken from the connection before this request.
        var taken: Int
        /// When its first bytes had come.
        var begun: ContinuousClock.Instant?
    }

    private struct State {
        var ports: Set<UInt16> = []
        var coming: [HTTPRequest.Address: Coming] = [:]
        var served: Set<HTTPRequest.Address> = []
    }

    private let state = Mutex(State())

    init(timeLimit: Duration = .seconds(20)) { self.timeLimit = timeLimit }

    /// Watches the connections to a port from now on.
    func serve(_ port: UInt16) { state.withLock { _ = $0.ports.insert(port) } }

    /// Notes that a connection waits for bytes, and says how long it may at most.
    func waits(_ socket: Socket, atMost idle: Duration) -> Duration {
        guard let peer = try? socket.remotePeer(), case .ip4(_, let port)? = try? socket.sockname() else { return idle }
        let address = HTTPRequest.Address.make(from: peer)
        let file = socket.file.rawValue
        return state.withLock { state in
            guard state.ports.contains(port), !state.served.contains(address) else { return idle }
            guard var coming = state.coming[address], coming.inode == Self.inode(file) else {
                state.coming[address] = Coming(
                    file: file, inode: Self.inode(file), taken: max(0, plumb_tcp_taken(file)), begun: nil)
                return idle
            }
            // It waits again: if something came, the rest has not.
            if coming.begun == nil, plumb_tcp_taken(file) <= coming.taken { return idle }
            let begun = coming.begun ?? .now
            coming.begun = begun
            state.coming[address] = coming
            return min(idle, max(.zero, begun + timeLimit - .now))
        }
    }

    /// Finds the connections to a listening socket's port that nobody has waited for yet.
    ///
    /// Who sends without a pause never makes the server wait, and FlyingFox tells nobody of what it accepts: the
    /// descriptors themselves are looked through, which takes less than a millisecond.
    func accepts(on listening: Socket) {
        guard case .ip4(_, let port)? = try? listening.sockname() else { return }
        for file in 3..<Self.mostFiles {
            let inode = Self.inode(file)
            let socket = Socket(file: .init(rawValue: file))
            guard inode != 0, file != listening.file.rawValue, case .ip4(_, port)? = try? socket.sockname(),
                let peer = try? socket.remotePeer()
            else { continue }
            let address = HTTPRequest.Address.make(from: peer)
            state.withLock { state in
                guard !state.served.contains(address), state.coming[address]?.inode != inode else { return }
                state.coming[address] = Coming(
                    file: file, inode: inode, taken: max(0, plumb_tcp_taken(file)), begun: nil)
            }
        }
    }

    private static let mostFiles: Int32 = 1024

    /// Notes that a request has come and is being answered.
    func begins(_ address: HTTPRequest.Address?) {
        guard let address else { return }
        state.withLock { state in
            state.coming[address] = nil
            _ = state.served.insert(address)
        }
    }

    /// Notes that a request was answered; the next one on its connection is watched anew.
    func ends(_ address: HTTPRequest.Address?) {
        guard let address else { return }
        state.withLock { _ = $0.served.remove(address) }
    }

    /// Ends the connections whose head goes on and on, and forgets those that are closed.
    func sweep() {
        state.withLock { state in
            for (address, coming) in state.coming {
                guard Self.inode(coming.file) == coming.inode else {
                    state.coming[address] = nil
                    continue
                }
                guard plumb_tcp_taken(coming.file) - coming.taken > Self.byteLimit else { continue }
                _ = send(
                    coming.file, Self.refusal, Self.refusal.utf8.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                shutdown(coming.file, Int32(SHUT_RDWR))
                state.coming[address] = nil
            }
        }
    }

    private static let refusal =
        "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    /// The number of the socket behind a descriptor; 0 where there is none.
    private static func inode(_ file: Int32) -> UInt {
        var status = stat()
        return fstat(file, &status) == 0 ? UInt(status.st_ino) : 0
    }
}
