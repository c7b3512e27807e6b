internal import Glibc

/// A port that a proxy listens on; it can be made to refuse without being given up.
public final class ProxyListener {
    let descriptor: Int32
    public let port: Int
    /// Whether the descriptor is this object's to close.
    private let isOwned: Bool
    private(set) var isRefusing = false
    private static let backlog: Int32 = 512
    private static let tries = 16

    /// Listens on an address of this machine; port 0 takes a free one.
    ///
    /// - Throws: `ProxyError` when the address is none of this machine or the port is taken.
    public convenience init(host: String = "127.0.0.1", port: Int = 0) throws(ProxyError) {
        self.init(descriptor: try Self.open(host, port), isOwned: true)
    }

    /// Takes a listening descriptor that others hold as well, as one that was inherited.
    public convenience init(inherited descriptor: Int32) {
        // One that held it before may have died while it refused.
        _ = listen(descriptor, Self.backlog)
        self.init(descriptor: descriptor, isOwned: false)
    }

    private init(descriptor: Int32, isOwned: Bool) {
        self.descriptor = descriptor
        self.isOwned = isOwned
        port = Socket.port(of: descriptor)
    }

    deinit { if isOwned { Glibc.close(descriptor) } }

    /// Opens a listening socket; it does not wait, and is closed by exec.
    public static func open(_ host: String = "127.0.0.1", _ port: Int = 0) throws(ProxyError) -> Int32 {
        if port != 0 { return try bind(host, port, isLast: true) }
        // Only a port that was asked for by its number stays bound while it refuses.
        for turn in 1...tries {
            let probe = try bind(host, 0, isLast: true)
            let free = Socket.port(of: probe)
            Glibc.close(probe)
            if let descriptor = try? bind(host, free, isLast: turn == tries) { return descriptor }
        }
        throw ProxyError("no free port on \(host)")
    }

    private static func bind(_ host: String, _ port: Int, isLast: Bool) throws(ProxyError) -> Int32 {
        guard case .success(let found) = Socket.addresses(of: .network(host: host, port: port)),
            let address = found.first
        else { throw ProxyError("'\(host)' is no address of this machine") }
        let descriptor = try Socket.stream(address.family)
        Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        guard address.with({ Glibc.bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0 else {
            let reason = Socket.reason(errno)
            Glibc.close(descriptor)
            throw ProxyError("cannot listen on \(host):\(port): \(reason)")
        }
        return descriptor
    }

    /// The port that a listening descriptor is bound to.
    public static func port(of descriptor: Int32) -> Int { Socket.port(of: descriptor) }

    /// Refuses connections, as a port does on which nobody listens; connections that wait are reset.
    func refuse() {
        guard !isRefusing else { return }
        isRefusing = true
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Takes connections again.
    func resume() {
        guard isRefusing else { return }
        isRefusing = false
        _ = listen(descriptor, Self.backlog)
    }

    /// The next connection that waits; nil where there is none.
    func accept() -> Int32? {
        while true {
            // Glibc's module has no accept4; programs that the process starts close what they inherit.
            let taken = Glibc.accept(descriptor, nil, nil)
            if taken >= 0 {
                _ = fcntl(taken, F_SETFL, O_NONBLOCK)
                _ = fcntl(taken, F_SETFD, FD_CLOEXEC)
                Socket.set(taken, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                return taken
            }
            if errno != EINTR && errno != ECONNABORTED { return nil }
        }
    }
}
