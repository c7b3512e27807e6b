import EventLoop
import ScenarioRuntime
import Synchronization

/// A clock that jumps to the next deadline as soon as nothing else is left to do, so that no test waits.
final class SteppedClock: RunClock {
    private struct Sleeper {
        var id: Int
        var deadline: Instant
        var continuation: CheckedContinuation<Bool, Never>
    }
    private struct State {
        var now: Instant
        var sleepers: [Sleeper] = []
        var next = 0
        var cancelled: Set<Int> = []
        /// Whether a task watches for the moment in which nothing is left to do.
        var isPumped = false
    }
    private let state: Mutex<State>
    private let loop: EventLoop
    let start: Instant

    init(loop: EventLoop) {
        self.loop = loop
        start = .now
        state = Mutex(State(now: start))
    }

    var now: Instant { state.withLock { $0.now } }
    /// Milliseconds since the clock was made.
    var elapsed: Double { Double((now - start) / .milliseconds(1)) }

    func sleep(until deadline: Instant) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let hasPassed = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume(returning: false) }
                pump()
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(returning: false)
        }
        if !hasPassed { throw CancellationError() }
    }

    /// Steps from deadline to deadline, each time once no more sleepers have come for a while.
    private func pump() {
        let isFirst = state.withLock { state in
            defer { state.isPumped = true }
            return !state.isPumped
        }
        guard isFirst else { return }
        Task(executorPreference: loop) {
            while true {
                var seen = -1
                while true {
                    let count = self.state.withLock { $0.next }
                    if count == seen { break }
                    seen = count
                    for _ in 0..<200 { await Task.yield() }
                }
                self.step()
                let isDone = self.state.withLock { state in
                    state.isPumped = !state.sleepers.isEmpty
                    return state.sleepers.isEmpty
                }
                if isDone { return }
            }
        }
    }

    private func step() {
        let sleeper = self.state.withLock { state -> Sleeper? in
            guard
                let first = state.sleepers.indices.min(by: { state.sleepers[$0].deadline < state.sleepers[$1].deadline }
                )
            else { return nil }
            let sleeper = state.sleepers.remove(at: first)
            state.now = max(state.now, sleeper.deadline)
            return sleeper
        }
        sleeper?.continuation.resume(returning: true)
    }
}
