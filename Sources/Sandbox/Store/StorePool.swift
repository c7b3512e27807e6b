internal import Synchronization

/// The gateway's connections to its store: so many that are kept, so many more in a rush.
final class StorePool: Sendable {
    /// What the pool has done and is doing.
    struct Figures: Sendable, Hashable {
        var inUse = 0
        var idle = 0
        var waiting = 0
        var opened = 0
        var reused = 0
        var mostInUse = 0
    }

    /// The bounds.
    struct Size: Sendable {
        /// Connections that are kept.
        var kept = 4
        /// Connections beyond them, which are closed when they come back.
        var overflow = 4
        /// How long a request waits for one.
        var timeout = Duration.seconds(2)
    }

    /// What a request is to do for its connection.
    private enum Way {
        case take(any StoreConnection)
        case open
        case wait
    }

    private struct State {
        var figures = Figures()
        var idle: [any StoreConnection] = []
        /// What a break never gives back; a connection must be closed before its last owner goes.
        var leaked: [any StoreConnection] = []
        var waiters: [(number: Int, continuation: CheckedContinuation<Grant, Never>)] = []
        var lastWaiter = 0
        var isClosed = false

        mutating func use(isNew: Bool) {
            figures.inUse += 1
            figures.mostInUse = max(figures.mostInUse, figures.inUse)
            if isNew { figures.opened += 1 } else { figures.reused += 1 }
        }
    }

    /// What a waiter gets.
    private enum Grant: Sendable {
        case connection(any StoreConnection)
        /// Room for a new one.
        case room
        case nothing
    }

    let size: Size
    private let store: any CompletionStore
    private let breaks: Set<SandboxBreak>
    private let state = Mutex(State())

    init(_ store: any CompletionStore, size: Size, breaks: Set<SandboxBreak>) {
        self.store = store
        self.size = size
        self.breaks = breaks
    }

    var figures: Figures {
        state.withLock { state in
            var figures = state.figures
            figures.idle = state.idle.count
            figures.waiting = state.waiters.count
            return figures
        }
    }

    /// Lends a connection to a body; one that failed is lent again, since its transaction was rolled back.
    func withConnection(
        _ body: (any StoreConnection) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        let connection = try await take()
        do {
            try await body(connection)
            await giveBack(connection)
        } catch {
            if breaks.contains(.storeConnectionLeaked) {
                state.withLock { $0.leaked.append(connection) }
            } else {
                await giveBack(connection)
            }
            throw error
        }
    }

    /// Closes what is idle; what is lent is closed when it comes back.
    func close() async {
        let (unused, waiters) = state.withLock { state in
            state.isClosed = true
            defer {
                state.idle = []
                state.leaked = []
                state.waiters = []
            }
            return (state.idle + state.leaked, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .nothing) }
        for connection in unused { await connection.close() }
    }

    // MARK: Taking

    private func take() async throws(StoreError) -> any StoreConnection {
        let way = state.withLock { state -> Way in
            if let connection = state.idle.popLast() {
                state.use(isNew: false)
                return .take(connection)
            }
            guard state.figures.inUse < size.kept + size.overflow || breaks.contains(.storePoolUnbounded) else {
                return .wait
            }
            state.use(isNew: true)
            return .open
        }
        switch way {
        case .take(let connection): return connection
        case .open: return try await open()
        case .wait:
            switch await grant() {
            case .connection(let connection): return connection
            case .room: return try await open()
            case .nothing:
                throw StoreError(
                    reason: .exhausted, message: "no connection to the store was free within \(size.timeout)")
            }
        }
    }

    private func open() async throws(StoreError) -> any StoreConnection {
        do {
            return try await store.connect()
        } catch {
            // The room that was taken for it goes to the next.
            let waiter = state.withLock { state -> CheckedContinuation<Grant, Never>? in
                state.figures.opened -= 1
                guard !state.waiters.isEmpty else {
                    state.figures.inUse -= 1
                    return nil
                }
                state.figures.opened += 1
                return state.waiters.removeFirst().continuation
            }
            waiter?.resume(returning: .room)
            throw error
        }
    }

    private func grant() async -> Grant {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int? in
                guard !state.isClosed else { return nil }
                state.lastWaiter += 1
                state.waiters.append((state.lastWaiter, continuation))
                return state.lastWaiter
            }
            guard let number else { return continuation.resume(returning: .nothing) }
            Task { [self] in
                try? await Task.sleep(for: size.timeout)
                let late = state.withLock { state -> CheckedContinuation<Grant, Never>? in
                    guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
                    return state.waiters.remove(at: index).continuation
                }
                late?.resume(returning: .nothing)
            }
        }
    }

    // MARK: Giving back

    private func giveBack(_ connection: any StoreConnection) async {
        enum Fate {
            case lent(CheckedContinuation<Grant, Never>)
            case kept
            case closed(CheckedContinuation<Grant, Never>?)
        }
        let fate = state.withLock { state -> Fate in
            let isReused = !breaks.contains(.storeConnectionsNotReused) && !state.isClosed
            if !state.waiters.isEmpty {
                let waiter = state.waiters.removeFirst().continuation
                guard isReused else {
                    state.figures.opened += 1
                    return .closed(waiter)
                }
                state.figures.reused += 1
                return .lent(waiter)
            }
            state.figures.inUse -= 1
            guard isReused, state.figures.inUse + state.idle.count < size.kept else { return .closed(nil) }
            state.idle.append(connection)
            return .kept
        }
        switch fate {
        case .lent(let waiter): waiter.resume(returning: .connection(connection))
        case .kept: break
        case .closed(let waiter):
            await connection.close()
            waiter?.resume(returning: .room)
        }
    }
}
