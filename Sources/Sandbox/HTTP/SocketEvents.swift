internal import CLinux
internal import FlyingSocks
internal import Foundation
internal import Glibc
internal import Synchronization

/// One thread that waits, by epoll, for the sockets of a whole sandbox.
///
/// FlyingSocks' own pool occupies a thread of Dispatch for each server, and a sandbox has a dozen. Each wait is one
/// registration that fires once and names the wait, not the socket: a descriptor that is closed and used anew in between
/// cannot be mistaken for the old one.
final class SocketEvents: AsyncSocketPool {
    private typealias Waiter = CheckedContinuation<Void, any Error>

    private struct State {
        var lastID: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var isStopped = false
    }

    private static let eventsAtOnce = 64
    /// How long a connection may be silent, or not take what is written to it.
    private static let idleLimit = Duration.seconds(60)

    let watchdog: Watchdog
    private let epoll: Int32
    private let wakeUp: Int32
    private let state = Mutex(State())

    /// Starts the thread; `stop` ends it.
    init(watchdog: Watchdog) throws {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SocketError.makeFailed("epoll_create1") }
        let wakeUp = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = 0
        guard wakeUp >= 0, epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event) == 0 else {
            let error = SocketError.makeFailed("eventfd")
            close(epoll)
            if wakeUp >= 0 { close(wakeUp) }
            throw error
        }
        self.watchdog = watchdog
        self.epoll = epoll
        self.wakeUp = wakeUp
        let thread = Thread { self.loop() }
        thread.name = "sandbox sockets"
        thread.start()
    }

    deinit {
        close(epoll)
        close(wakeUp)
    }

    /// Ends the thread and every wait.
    func stop() {
        state.withLock { $0.isStopped = true }
        eventfd_write(wakeUp, 1)
    }

    // MARK: AsyncSocketPool

    func prepare() async throws {}

    /// Waits for the server's end: the thread serves all servers, whichever runs.
    func run() async throws {
        while true { try await Task.sleep(for: .seconds(86_400)) }
    }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        // A response leaves in two writes, head and body; without this the second waits for the peer's delayed
        // acknowledgement of the first, 40 ms. Accepted connections inherit it from the listening socket.
        try? socket.setValue(true, for: .noDelay)
        if (try? socket.getValue(for: .isListening)) == true { return try await wait(for: socket, events) }
        let watch = watchdog.arm(socket, for: Self.idleLimit)
        defer { watchdog.disarm(watch) }
        try await wait(for: socket, events)
    }

    private func wait(for socket: Socket, _ events: Socket.Events) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let isAccepted = state.withLock { state in
                    if !state.isStopped { state.waiters[id] = waiter }
                    return !state.isStopped
                }
                guard isAccepted else { return waiter.resume(throwing: CancellationError()) }
                // A cancellation before the waiter was there has not found it.
                if Task.isCancelled { return resume(id, .failure(CancellationError())) }
                if let error = register(socket, events, id) { resume(id, .failure(error)) }
            }
        } onCancel: {
            resume(id, .failure(CancellationError()))
        }
    }

    /// Asks for one event; what went wrong, if anything did.
    private func register(_ socket: Socket, _ events: Socket.Events, _ id: UInt64) -> SocketError? {
        var event = epoll_event()
        event.events = EPOLLONESHOT.rawValue | EPOLLRDHUP.rawValue
        if events.contains(.read) { event.events |= EPOLLIN.rawValue }
        if events.contains(.write) { event.events |= EPOLLOUT.rawValue }
        event.data.u64 = id
        // A descriptor that was never registered, or was closed since, is not there to be modified.
        if epoll_ctl(epoll, EPOLL_CTL_MOD, socket.file.rawValue, &event) == 0 { return nil }
        if errno == ENOENT, epoll_ctl(epoll, EPOLL_CTL_ADD, socket.file.rawValue, &event) == 0 { return nil }
        return .makeFailed("epoll_ctl")
    }

    private func resume(_ id: UInt64, _ result: Result<Void, any Error>) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(with: result)
    }

    // MARK: The thread

    private func loop() {
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsAtOnce)
        while !state.withLock({ $0.isStopped }) {
            let count = epoll_wait(epoll, &events, Int32(events.count), Watchdog.periodInMilliseconds)
            for index in 0..<max(0, Int(count)) { resume(events[index].data.u64, .success(())) }
            watchdog.sweep()
        }
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(throwing: CancellationError()) }
    }
}

extension SocketOption where Self == BoolSocketOption {
    fileprivate static var noDelay: Self { BoolSocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY) }
    fileprivate static var isListening: Self { BoolSocketOption(name: SO_ACCEPTCONN) }
}
