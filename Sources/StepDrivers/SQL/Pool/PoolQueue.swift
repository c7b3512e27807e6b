/// Decides who gets which connection of a pool, without opening or closing one itself.
///
/// A value: it is told what happened and answers what is to be done. Waiters are served in the order they came; no
/// more than `size + overflow` connections exist at once, those that are being opened or closed among them.
struct PoolQueue {
    typealias Connection = Int
    typealias Waiter = Int

    /// What is to be done now.
    enum Action: Equatable {
        /// Give an idle connection to a waiter.
        case lend(Connection, to: Waiter)
        /// Open a connection for a waiter; ``opened(for:)`` or ``failedToOpen()`` follows.
        case open(for: Waiter)
        /// Close a connection; ``closed()`` follows.
        case close(Connection)
    }

    let size: Int
    let overflow: Int
    /// Those that wait for their next user; the last used is used first, so that the others may go.
    private(set) var idle: [Connection] = []
    /// Who uses which.
    private(set) var lent: [Connection: Waiter] = [:]
    /// In the order they came.
    private(set) var waiting: [Waiter] = []
    private(set) var opening = 0
    private(set) var closing = 0
    private(set) var isDraining = false
    private var lastConnection = 0

    /// The connections that exist, or that the server may still see.
    var total: Int { idle.count + lent.count + opening + closing }

    /// Takes note of somebody who wants a connection.
    mutating func request(_ waiter: Waiter) -> [Action] {
        waiting.append(waiter)
        return serve()
    }

    /// The connection that ``takeIdle(for:)`` would give.
    var nextIdle: Connection? { waiting.isEmpty ? idle.last : nil }

    /// Gives an idle connection at once, where there is one and nobody waits; what ``request(_:)`` does then, in short.
    mutating func takeIdle(for waiter: Waiter) -> Connection? {
        guard waiting.isEmpty, let connection = idle.popLast() else { return nil }
        lent[connection] = waiter
        return connection
    }

    /// Takes note that a waiter goes away; one that a connection is being opened for is no longer among those waiting.
    mutating func cancel(_ waiter: Waiter) {
        waiting.removeAll { $0 == waiter }
    }

    /// Takes note that a connection is there, and returns its number; the waiter has it from now on.
    mutating func opened(for waiter: Waiter) -> Connection {
        opening -= 1
        lastConnection += 1
        lent[lastConnection] = waiter
        return lastConnection
    }

    /// Takes note that a connection could not be opened; whoever waits next may try.
    mutating func failedToOpen() -> [Action] {
        opening -= 1
        return serve()
    }

    /// Takes note that a connection came back; one that is not as it was when it was opened is closed.
    mutating func returned(_ connection: Connection, isUsable: Bool) -> [Action] {
        guard lent.removeValue(forKey: connection) != nil else { return [] }
        // Beyond its size the pool keeps none, unless somebody waits for it.
        let isSpare = waiting.isEmpty && idle.count + lent.count + opening >= size
        guard isUsable, !isSpare, !isDraining else {
            closing += 1
            return [.close(connection)]
        }
        idle.append(connection)
        return serve()
    }

    /// Takes note that a connection that was just lent turned out to be broken: it is closed, and its user served anew
    /// before all others.
    mutating func broken(_ connection: Connection) -> [Action] {
        guard let waiter = lent.removeValue(forKey: connection) else { return [] }
        closing += 1
        // The room of the broken one is used at once: the server has closed its end.
        opening += 1
        return [.close(connection), .open(for: waiter)]
    }

    /// Takes note that a connection is closed.
    mutating func closed() -> [Action] {
        closing -= 1
        return serve()
    }

    /// Keeps nothing any more: idle connections are closed, the others when they come back.
    mutating func drain() -> [Action] {
        isDraining = true
        let actions = idle.map { Action.close($0) }
        closing += idle.count
        idle = []
        return actions
    }

    private mutating func serve() -> [Action] {
        var actions: [Action] = []
        while let first = waiting.first {
            if let connection = idle.popLast() {
                waiting.removeFirst()
                lent[connection] = first
                actions.append(.lend(connection, to: first))
            } else if total < size + overflow {
                waiting.removeFirst()
                opening += 1
                actions.append(.open(for: first))
            } else {
                break
            }
        }
        return actions
    }

    init(size: Int, overflow: Int) {
        self.size = size
        self.overflow = overflow
    }
}
