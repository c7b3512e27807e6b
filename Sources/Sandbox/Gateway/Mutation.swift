internal import Synchronization

/// What a gateway that is broken on purpose remembers between requests.
final class Mutation: Sendable {
    private struct State {
        var requests = 0
        var isStuck = false
        /// When the next completion may be made, where they are made one at a time.
        var nextTurn = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// Waits as the breaks about speed want it.
    func delay(_ breaks: Set<SandboxBreak>, streams: Bool) async throws {
        guard !breaks.isEmpty else { return }
        let (count, turn) = state.withLock { state in
            state.requests += 1
            state.nextTurn = max(state.nextTurn, .now) + .milliseconds(300)
            return (state.requests, state.nextTurn)
        }
        if breaks.contains(.slowTail), !streams, count % 8 == 0 { try await Task.sleep(for: .seconds(3)) }
        if breaks.contains(.slowFirstToken), streams { try await Task.sleep(for: .seconds(3)) }
        if breaks.contains(.lowThroughput), !streams { try await Task.sleep(until: turn) }
    }

    func getStuck() {
        state.withLock { $0.isStuck = true }
    }

    func refuseIfStuck() async throws {
        guard state.withLock({ $0.isStuck }) else { return }
        try await Task.sleep(for: .seconds(1))
        throw APIError(status: 503, message: "The gateway is stuck.", type: "server_error", code: "stuck")
    }
}
