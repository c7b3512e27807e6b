import CLinux
import Glibc
import Synchronization

/// The outcome of a task for a thread that waits for it, as the commands do that are not asynchronous themselves.
final class Awaited<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, any Error>?>(nil)
    private let ready: Int32
    private let notify: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without a pipe the wait below falls back to looking now and then.
        _ = plumb_pipe(&ends)
        ready = ends[0]
        notify = ends[1]
    }

    deinit {
        close(ready)
        close(notify)
    }

    /// Ends the wait.
    func end(_ result: Result<Value, any Error>) {
        outcome.withLock { $0 = result }
        _ = write(notify, "x", 1)
    }

    /// Waits for the end.
    func wait() -> Result<Value, any Error> {
        while true {
            if let result = outcome.withLock({ $0 }) { return result }
            var waiting = pollfd(fd: ready, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, 100)
        }
    }
}
