internal import Dispatch
public import EventLoop
internal import Glibc

/// A TCP proxy before one service, which does to the connections what troubles say.
///
/// It passes bytes on as they come while nothing is in force. Lives on its loop's thread.
public final class FaultProxy {
    /// The most connections at a time; more wait in the system's queue.
    static let mostConnections = 4096

    let loop: EventLoop
    let service: ServiceAddress
    let connectLimit: Duration
    private let listener: ProxyListener
    private var connections: [ObjectIdentifier: ProxyConnection] = [:]
    var troubles = Troubles()
    private var lastStrike = 0
    private var isClosed = false
    private var accepted = 0
    private let seed: UInt64
    /// One buffer for all connections: what it holds has gone on before anything else happens.
    let buffer = ReadBuffer()
    private var known: [Socket.Address]?
    private var waiting: [(Result<[Socket.Address], ProxyError>) -> Void] = []

    /// Why the service could not be reached the last time it was tried; nil where it was.
    public internal(set) var complaint: String?

    /// Puts a proxy on a listener; nothing is connected before somebody comes.
    public init(
        _ listener: ProxyListener, to service: ServiceAddress, on loop: EventLoop, seed: UInt64 = 0,
        connectLimit: Duration = .seconds(5)
    ) throws(ProxyError) {
        self.listener = listener
        self.service = service
        self.loop = loop
        self.seed = seed
        self.connectLimit = connectLimit
        try watch()
    }

    /// The port that it listens on.
    public var port: Int { listener.port }
    /// How many connections it carries now.
    public var connectionCount: Int { connections.count }

    /// Puts troubles in force, on open connections too; returns what lifts them.
    ///
    /// Chance follows from the seed.
    public func strike(_ added: [Trouble], seed: UInt64) -> Int {
        lastStrike += 1
        troubles.add(added, strike: lastStrike, seed: seed)
        if added.contains(where: \.refuses) {
            // A service that refuses is gone, and so are its connections.
            for connection in Array(connections.values) { connection.end(.reset) }
        }
        settleRefusal()
        return lastStrike
    }

    /// Ends troubles; connections that they struck are closed.
    public func lift(_ strike: Int) {
        troubles.remove(strike: strike)
        for connection in Array(connections.values) where connection.wasStruck(by: strike) { connection.end(.close) }
        settleRefusal()
    }

    /// Closes the port and all connections.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        if !listener.isRefusing { loop.unwatch(listener.descriptor) }
        for connection in Array(connections.values) { connection.end(.close) }
    }

    private func watch() throws(ProxyError) {
        do throws(EventLoopError) {
            // Whoever is not retained by its owner any more hears nothing.
            try loop.watch(listener.descriptor, for: .read) { [weak self] _ in self?.acceptAll() }
        } catch {
            throw ProxyError("\(error)")
        }
    }

    private func settleRefusal() {
        guard !isClosed, listener.isRefusing != troubles.refusesAll else { return }
        if troubles.refusesAll {
            loop.unwatch(listener.descriptor)
            listener.refuse()
        } else {
            listener.resume()
            do throws(ProxyError) { try watch() } catch { complaint = error.description }
        }
    }

    private func acceptAll() {
        while !isClosed, connections.count < Self.mostConnections, let caller = listener.accept() {
            accepted += 1
            if troubles.refusesNext() {
                Socket.reset(caller)
                continue
            }
            let connection = ProxyConnection(caller, self, seed: seed &+ UInt64(accepted))
            connections[ObjectIdentifier(connection)] = connection
            connection.begin()
        }
        if connections.count >= Self.mostConnections { pause() }
    }

    /// Leaves further connections in the system's queue until one has ended.
    private func pause() { try? loop.rewatch(listener.descriptor, for: []) }

    func ended(_ connection: ProxyConnection) {
        connections[ObjectIdentifier(connection)] = nil
        guard !isClosed, !listener.isRefusing, connections.count == Self.mostConnections - 1 else { return }
        try? loop.rewatch(listener.descriptor, for: .read)
    }

    /// Gives the service's addresses to a body; a name is looked up once, on another thread.
    func withAddresses(_ body: @escaping (Result<[Socket.Address], ProxyError>) -> Void) {
        if let known { return body(.success(known)) }
        if case .network(let host, _) = service, !Socket.isNumeric(host) {
            waiting.append(body)
            guard waiting.count == 1 else { return }
            let service = service
            let loop = loop
            let answer = Answer(self)
            DispatchQueue.global().async {
                let found = Socket.addresses(of: service)
                loop.execute { answer.proxy?.found(found) }
            }
            return
        }
        found(Socket.addresses(of: service), body)
    }

    private func found(
        _ result: Result<[Socket.Address], ProxyError>, _ body: ((Result<[Socket.Address], ProxyError>) -> Void)? = nil
    ) {
        if case .success(let addresses) = result { known = addresses }
        let bodies = waiting + (body.map { [$0] } ?? [])
        waiting = []
        for body in bodies { body(result) }
    }

    /// Carries the proxy to another thread and back.
    ///
    /// `@unchecked Sendable`: it is looked at on the loop's thread only.
    private final class Answer: @unchecked Sendable {
        private(set) weak var proxy: FaultProxy?
        init(_ proxy: FaultProxy) { self.proxy = proxy }
    }
}

/// Memory that bytes are read into.
final class ReadBuffer {
    /// Large enough that a fast connection costs few calls.
    static let size = 256 << 10
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)

    deinit { bytes.deallocate() }
}
