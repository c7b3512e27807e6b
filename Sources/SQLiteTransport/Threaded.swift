internal import EventLoop
internal import Synchronization

/// A wait on the loop for what happens on another thread, bounded whatever that thread does.
final class Threaded<Value: Sendable>: Sendable {
    private let continuation = Mutex<CheckedContinuation<Value?, Never>?>(nil)

    /// Has work begun elsewhere and waits for its value.
    ///
    /// At the deadline, or when the task is cancelled, `interrupt` is called; the wait goes on until the work has
    /// ended, but no longer than `grace`.
    ///
    /// - Returns: The value; nil when the work did not end in time.
    static func value(
        on loop: EventLoop, until deadline: Instant, grace: Duration,
        interrupt: @escaping @Sendable (StatementGuard.Stop) -> Void,
        begin: (@escaping @Sendable (Value) -> Void) -> Void
    ) async -> Value? {
        let wait = Threaded()
        let strike = loop.schedule(at: deadline) { interrupt(.deadline) }
        let end = loop.schedule(at: deadline + grace) { wait.end(nil) }
        defer {
            loop.cancel(strike)
            loop.cancel(end)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                wait.continuation.withLock { $0 = continuation }
                begin { value in wait.end(value) }
            }
        } onCancel: {
            // Work that has not begun yet finds the word when it does.
            interrupt(.cancelled)
            loop.execute { loop.schedule(after: grace) { wait.end(nil) } }
        }
    }

    private func end(_ value: Value?) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
    }
}
