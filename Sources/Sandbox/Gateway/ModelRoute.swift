internal import Synchronization

/// The replicas of one model, and whose turn it is.
final class ModelRoute: Sendable {
    /// How long a replica that could not be reached is passed over.
    static let coolDown = Duration.milliseconds(250)

    /// A replica as the gateway sees it.
    struct Replica: Sendable {
        var name: String
        var port: UInt16
    }

    private struct State {
        var turn = 0
        var coolUntil: [Int: ContinuousClock.Instant] = [:]
    }

    let model: String
    let replicas: [Replica]
    private let breaks: Set<SandboxBreak>
    private let state = Mutex(State())

    init(model: String, replicas: [Replica], breaks: Set<SandboxBreak>) {
        self.model = model
        self.replicas = replicas
        self.breaks = breaks
    }

    /// The replicas in the order in which to try them for the next request.
    ///
    /// They take turns; those that lately could not be reached come last.
    func order(at now: ContinuousClock.Instant = .now) -> [Int] {
        state.withLock { state in
            let turn = state.turn
            state.turn += 1
            if breaks.contains(.oneReplica) { return [0] }
            if breaks.contains(.skewedReplicas) { return [turn % 10 == 9 ? replicas.count - 1 : 0] }
            if breaks.contains(.noFailover) { return [turn % replicas.count] }
            let order = replicas.indices.map { (turn + $0) % replicas.count }
            guard !state.coolUntil.isEmpty else { return order }
            func isCool(_ index: Int) -> Bool { state.coolUntil[index].map { $0 > now } ?? false }
            return order.filter { !isCool($0) } + order.filter { isCool($0) }
        }
    }

    /// Remembers whether a replica could be reached.
    func note(_ index: Int, isReachable: Bool, at now: ContinuousClock.Instant = .now) {
        state.withLock { $0.coolUntil[index] = isReachable ? nil : now + Self.coolDown }
    }
}
