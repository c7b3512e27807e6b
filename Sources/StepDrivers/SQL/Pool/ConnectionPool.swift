internal import EventLoop
internal import ScenarioModel
internal import ScenarioSyntax

/// The connections to one database that steps share; ``PoolQueue`` decides, this carries out.
///
/// `@unchecked Sendable`: lives on the loop's thread, as the database and its connections do.
final class ConnectionPool: @unchecked Sendable {
    private enum Grant {
        case connection(Int)
        /// There is room: the waiter opens one itself.
        case room
    }

    /// What happened so far, for results and reports.
    struct Figures: Hashable {
        var size: Int
        var overflow: Int
        var inUse: Int
        var idle: Int
        var waiting: Int
        /// Connections that were opened since the start.
        var opened: Int
        /// How often one was used again.
        var reused: Int
    }

    let database: any Database
    let bounds: PoolBounds
    private let loop: EventLoop
    private let room: WaitingRoom<Grant>
    private var queue: PoolQueue
    private var connections: [Int: any DatabaseConnection] = [:]
    /// Who waits for a connection or has one, by the number of the waiter.
    private var users: [Int: String] = [:]
    private var lastWaiter = 0
    private var opened = 0
    private var reused = 0
    /// Closings under way, which the end of the pool waits for.
    private var closings: [Int: Task<Void, Never>] = [:]

    init(_ database: any Database, _ bounds: PoolBounds, on loop: EventLoop) {
        self.database = database
        self.bounds = bounds
        self.loop = loop
        room = WaitingRoom(on: loop)
        queue = PoolQueue(size: max(1, bounds.size), overflow: max(0, bounds.overflow))
    }

    var figures: Figures {
        Figures(
            size: queue.size, overflow: queue.overflow, inUse: queue.lent.count + queue.opening,
            idle: queue.idle.count, waiting: queue.waiting.count, opened: opened, reused: reused)
    }

    // MARK: Lending

    /// Lends an idle connection at once, where there is one that can be used and nobody waits for it.
    func leaseIdle(_ user: String) -> Lease? {
        guard let next = queue.nextIdle, let connection = connections[next], connection.isReusable,
            let number = queue.takeIdle(for: lastWaiter + 1)
        else { return nil }
        lastWaiter += 1
        users[lastWaiter] = user
        reused += 1
        connection.label = user
        return Lease(pool: self, waiter: lastWaiter, number: number, connection: connection, waited: .zero)
    }

    /// Lends a connection that can be used: an idle one, or a new one where there is room, else the next that comes back.
    func lease(_ user: String, limits: AttemptLimits, until deadline: Instant) async throws(StepError)
        -> Lease
    {
        let begun = Instant.now
        lastWaiter += 1
        let waiter = lastWaiter
        users[waiter] = user
        do throws(StepError) {
            let grant = try await grant(waiter, since: begun, until: deadline)
            let waited = Instant.now - begun
            if case .connection(let number) = grant, let connection = connections[number] {
                if connection.isReusable {
                    reused += 1
                    connection.label = user
                    return Lease(pool: self, waiter: waiter, number: number, connection: connection, waited: waited)
                }
                for case .close(let broken) in queue.broken(number) { close(broken) }
            }
            return try await open(waiter, user, limits, waited, until: deadline)
        } catch {
            users[waiter] = nil
            throw error
        }
    }

    private func grant(
        _ waiter: Int, since begun: Instant, until deadline: Instant
    ) async throws(StepError) -> Grant {
        // Nobody waits where something is free, so what comes back at once is for this waiter.
        switch queue.request(waiter).first {
        case .lend(let number, _): return .connection(number)
        case .open: return .room
        case .close, nil: break
        }
        let end = await room.wait(as: waiter, until: min(begun + bounds.timeout, deadline))
        if case .granted(let grant) = end { return grant }
        if let grant = room.withdraw(waiter) { return grant }
        queue.cancel(waiter)
        guard case .expired = end else {
            throw StepError(.timeout, "the step was ended while it waited for a connection", phase: "pool")
        }
        throw exhausted(after: Instant.now - begun)
    }

    private func open(
        _ waiter: Int, _ user: String, _ limits: AttemptLimits, _ waited: Duration,
        until deadline: Instant
    ) async throws(StepError) -> Lease {
        let begun = Instant.now
        let connection: any DatabaseConnection
        do throws(StepError) {
            connection = try await database.open(label: user, until: min(begun + limits.connect, deadline))
        } catch {
            carryOut(queue.failedToOpen())
            throw error
        }
        let number = queue.opened(for: waiter)
        connections[number] = connection
        opened += 1
        return Lease(
            pool: self, waiter: waiter, number: number, connection: connection, isNew: true, waited: waited,
            connecting: Instant.now - begun)
    }

    private func exhausted(after duration: Duration) -> StepError {
        let seconds = DurationText.format(duration.inWholeMilliseconds)
        var counts: [String: Int] = [:]
        for waiter in queue.lent.values { counts[users[waiter] ?? "?", default: 0] += 1 }
        let holders = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var names = holders.prefix(5).map { $0.value > 1 ? "\($0.key) (\($0.value))" : $0.key }
        if holders.count > 5 { names.append("\(holders.count - 5) more") }
        let opening = queue.opening > 0 ? ", \(queue.opening) being opened" : ""
        return StepError(
            .poolExhausted,
            "pool exhausted after \(seconds): \(queue.lent.count) in use by \(names.joined(separator: ", "))\(opening)",
            phase: "pool",
            hint:
                "raise 'pool: { size, max_overflow }' of the target '\(database.name)', or let fewer steps run at once")
    }

    // MARK: Taking back

    /// Takes a connection back; it is closed unless it could be brought into its first state.
    func giveBack(_ lease: Lease, isUsable: Bool) {
        users[lease.waiter] = nil
        carryOut(queue.returned(lease.number, isUsable: isUsable))
    }

    private func carryOut(_ actions: [PoolQueue.Action]) {
        for action in actions {
            switch action {
            case .lend(let number, let waiter): room.admit(waiter, .connection(number))
            case .open(let waiter): room.admit(waiter, .room)
            case .close(let number): close(number)
            }
        }
    }

    private func close(_ number: Int) {
        guard let connection = connections.removeValue(forKey: number) else { return }
        let closing = Closing(connection: connection)
        closings[number] = Task(executorPreference: loop) {
            await closing.connection.close()
            self.closings[number] = nil
            self.carryOut(self.queue.closed())
        }
    }

    /// Closes what is idle, and everything else as it comes back; returns when nothing is open any more.
    func drain() async {
        carryOut(queue.drain())
        while let (_, closing) = closings.first { await closing.value }
    }

    /// `@unchecked Sendable`: the task that closes the connection runs on the loop's thread, where it lives.
    private struct Closing: @unchecked Sendable {
        let connection: any DatabaseConnection
    }
}

extension ConnectionPool {
    /// A connection in somebody's hands.
    ///
    /// `@unchecked Sendable`: handed on between tasks of the loop's thread only.
    struct Lease: @unchecked Sendable {
        let pool: ConnectionPool
        let waiter: Int
        let number: Int
        let connection: any DatabaseConnection
        /// Whether it was opened for this user.
        var isNew = false
        /// How long its user waited for the pool.
        let waited: Duration
        /// How long connecting took.
        var connecting = Duration.zero
    }
}
