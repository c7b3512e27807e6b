internal import FlyingSocks
internal import Glibc
internal import Synchronization

/// Ends socket waits that outlive their deadline, by shutting the socket down under them.
///
/// A timer per wait would cost more than the wait itself; one sweep every few milliseconds looks at all of them.
final class Watchdog: Sendable {
    /// How late a deadline may strike.
    static let periodInMilliseconds: Int32 = 20

    private struct Watch {
        var file: Int32
        var deadline: ContinuousClock.Instant
    }

    private struct State {
        var lastID: UInt64 = 0
        var watches: [UInt64: Watch] = [:]
        var nextSweep = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// Starts a watch over a socket that its caller keeps open until `disarm`.
    func arm(_ socket: Socket, for limit: Duration) -> UInt64 {
        let deadline = ContinuousClock.now + limit
        return state.withLock { state in
            state.lastID += 1
            state.watches[state.lastID] = Watch(file: socket.file.rawValue, deadline: deadline)
            return state.lastID
        }
    }

    /// Ends a watch, and tells whether the wait had ended in time.
    @discardableResult
    func disarm(_ id: UInt64) -> Bool {
        state.withLock { $0.watches.removeValue(forKey: id) != nil }
    }

    /// Ends the waits that are over their time; `SocketEvents` calls it every few milliseconds.
    func sweep() {
        let now = ContinuousClock.now
        state.withLock { state in
            guard state.nextSweep <= now else { return }
            state.nextSweep = now + .milliseconds(Int64(Self.periodInMilliseconds))
            for (id, watch) in state.watches where watch.deadline <= now {
                // Inside the lock, so the owner cannot have closed the descriptor and let it be used anew.
                _ = shutdown(watch.file, Int32(SHUT_RDWR))
                state.watches[id] = nil
            }
        }
    }
}
