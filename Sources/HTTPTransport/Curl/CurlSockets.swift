internal import CLibCurl
internal import EventLoop

/// The sockets of a multi handle, as the loop watches them.
///
/// libcurl lets go of a socket when an answer has come, and asks for it again with the next request. A connection of its
/// own stays watched meanwhile, which spares two calls of the system for each request; what comes on it then ends that.
/// It lives on the loop's thread.
final class CurlSockets {
    private enum Watch {
        /// libcurl waits for it.
        ///
        /// Can transition to: resting, or leave.
        case awaited
        /// A connection between two requests.
        ///
        /// Can transition to: awaited, or leave.
        case resting
    }

    private let loop: EventLoop
    /// By `Int` as elsewhere: the runtime makes itself acquainted with each type of key, for as long as a request takes.
    private var watches: [Int: Watch] = [:]
    /// Those that libcurl tells of when it closes them: what it opens for itself, it closes without a word.
    private var connections: Set<Int> = []
    private var hasLeft = false
    /// A socket that stays open when libcurl closes it.
    private var kept: Int32?
    /// Called when a socket that libcurl waits for is ready.
    var onReady: (Int32, Readiness) -> Void = { _, _ in }

    init(on loop: EventLoop) { self.loop = loop }

    /// A connection has a socket.
    func opened(_ socket: Int32) { connections.insert(Int(socket)) }

    /// A connection's socket is about to be closed; true leaves it open.
    func closes(_ socket: Int32) -> Bool {
        connections.remove(Int(socket))
        if watches.removeValue(forKey: Int(socket)) != nil, !hasLeft { loop.unwatch(socket) }
        guard kept == socket else { return false }
        kept = nil
        return true
    }

    /// Takes a connection's socket away from libcurl, which is about to close it.
    func keep(_ socket: Int32) { kept = socket }

    /// libcurl asks to watch a socket, or to let it go.
    func watch(_ socket: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else { return letGo(socket) }
        var interest: Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.read) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
        if watches.updateValue(.awaited, forKey: Int(socket)) != nil {
            do { try loop.rewatch(socket, for: interest) } catch { begin(socket, interest) }
        } else {
            begin(socket, interest)
        }
    }

    private func begin(_ socket: Int32, _ interest: Interest) {
        // A socket that cannot be watched makes no progress, and the time-out says so.
        try? loop.watch(socket, for: interest) { [weak self] ready in self?.tell(socket, ready) }
    }

    /// Leaves the loop; what is closed later is nobody's business here.
    func leave() {
        guard !hasLeft else { return }
        hasLeft = true
        for socket in watches.keys { loop.unwatch(Int32(socket)) }
        watches = [:]
    }

    /// The same for one whose loop may be gone.
    func abandon() {
        hasLeft = true
        watches = [:]
    }

    private func letGo(_ socket: Int32) {
        guard watches[Int(socket)] != nil else { return }
        if connections.contains(Int(socket)) {
            watches[Int(socket)] = .resting
        } else {
            end(socket)
        }
    }

    private func tell(_ socket: Int32, _ ready: Readiness) {
        switch watches[Int(socket)] {
        case .awaited: onReady(socket, ready)
        // The server has closed it, or said what nobody asked; libcurl finds out when it needs the connection.
        case .resting: end(socket)
        case nil: break
        }
    }

    private func end(_ socket: Int32) {
        watches[Int(socket)] = nil
        if !hasLeft { loop.unwatch(socket) }
    }
}
