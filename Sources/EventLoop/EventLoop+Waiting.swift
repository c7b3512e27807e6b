internal import Synchronization

extension EventLoop {
    /// Suspends the task until an instant.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Instant) async throws(CancellationError) {
        let wait = Wait()
        let hasPassed = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard wait.begin(continuation) else { return }
                if isOnLoop {
                    wait.arm(on: self, at: deadline)
                } else {
                    execute { wait.arm(on: self, at: deadline) }
                }
            }
        } onCancel: {
            wait.end(hasPassed: false)
            execute { wait.disarm(on: self) }
        }
        if !hasPassed { throw CancellationError() }
    }

    /// Suspends the task for a while.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        try await sleep(until: .now + duration)
    }

    /// Runs an operation and cancels it at the deadline; always waits for it to end.
    ///
    /// The operation's value is returned even if the deadline struck: it knows how far it came.
    /// Without a deadline the operation simply runs.
    ///
    /// - Returns: The value, and whether the deadline cancelled the operation.
    public func withDeadline<Value: Sendable>(
        _ deadline: Instant?, _ operation: @escaping @Sendable () async -> Value
    ) async -> (value: Value, deadlineStruck: Bool) {
        guard let deadline else { return (await operation(), false) }
        let task = Task(executorPreference: self, operation: operation)
        let timer = Task(executorPreference: self) {
            guard (try? await self.sleep(until: deadline)) != nil else { return false }
            task.cancel()
            return true
        }
        let value = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        timer.cancel()
        return (value, await timer.value)
    }

    /// Runs an operation to its end although the surrounding task may be cancelled, as clean-up needs it.
    public func withoutCancellation<Value: Sendable>(
        _ operation: @escaping @Sendable () async -> Value
    ) async -> Value {
        await Task(executorPreference: self, operation: operation).value
    }
}

/// One suspended `sleep`: the timer and the cancellation both try to end it, the first one does.
private final class Wait: Sendable {
    private enum State {
        /// Nobody waits yet.
        ///
        /// Can transition to: waiting, ended.
        case idle
        /// Can transition to: ended.
        case waiting(CheckedContinuation<Bool, Never>, TimerToken?)
        /// Holds the timer that is still to be taken back after a cancellation.
        case ended(TimerToken?)
    }

    private let state = Mutex(State.idle)

    /// Registers who waits; resumes at once and returns false when the task was cancelled already.
    func begin(_ continuation: CheckedContinuation<Bool, Never>) -> Bool {
        let isWaiting = state.withLock { state in
            guard case .idle = state else { return false }
            state = .waiting(continuation, nil)
            return true
        }
        if !isWaiting { continuation.resume(returning: false) }
        return isWaiting
    }

    func arm(on loop: EventLoop, at deadline: Instant) {
        let isWaiting = state.withLock { state in
            guard case .waiting = state else { return false }
            return true
        }
        guard isWaiting else { return }
        let token = loop.schedule(at: deadline) { self.end(hasPassed: true) }
        state.withLock { state in
            switch state {
            case .waiting(let continuation, _): state = .waiting(continuation, token)
            case .idle, .ended: state = .ended(token)
            }
        }
    }

    func disarm(on loop: EventLoop) {
        let token = state.withLock { state -> TimerToken? in
            guard case .ended(let token) = state else { return nil }
            return token
        }
        if let token { loop.cancel(token) }
    }

    func end(hasPassed: Bool) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            switch state {
            case .waiting(let continuation, let token):
                state = .ended(token)
                return continuation
            case .idle:
                state = .ended(nil)
                return nil
            case .ended:
                return nil
            }
        }
        continuation?.resume(returning: hasPassed)
    }
}
