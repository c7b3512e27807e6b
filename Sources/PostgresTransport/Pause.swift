internal import EventLoop

/// Where the one operation of a connection waits: for its socket, a thread's answer, the deadline, or its cancellation.
///
/// `@unchecked Sendable`: used on the loop's thread only; threads and cancellation hand it to the loop.
final class Pause: @unchecked Sendable {
    /// What ended a wait.
    enum Wake { case ready, expired, cancelled }

    private let loop: EventLoop
    /// Tells this operation from earlier and later ones, whose cancellation may still be under way.
    private var operation: UInt64 = 0
    private var interruption: Wake?
    private var isSignalled = false
    private var continuation: CheckedContinuation<Wake, Never>?

    init(on loop: EventLoop) { self.loop = loop }

    /// Whether an operation runs.
    private(set) var isBusy = false

    /// Runs an operation whose waits end at the deadline, and at once when the task is cancelled.
    func during<Result>(
        until deadline: ContinuousClock.Instant, isCancellable: Bool = true, _ body: () async -> Result
    ) async -> Result {
        loop.checkIsolated()
        precondition(!isBusy, "a connection does one thing at a time")
        operation += 1
        let number = operation
        isBusy = true
        isSignalled = false
        interruption = isCancellable && Task.isCancelled ? .cancelled : nil
        let timer = loop.schedule(at: deadline) { self.interrupt(number, .expired) }
        defer {
            loop.cancel(timer)
            isBusy = false
        }
        guard isCancellable else { return await body() }
        return await withTaskCancellationHandler {
            await body()
        } onCancel: {
            loop.execute { self.interrupt(number, .cancelled) }
        }
    }

    /// Goes on with an operation that was interrupted, to tidy up within a bound; nothing cancels this.
    func grace(_ time: Duration, _ body: () async -> Void) async {
        operation += 1
        let number = operation
        isSignalled = false
        interruption = nil
        let timer = loop.schedule(after: time) { self.interrupt(number, .expired) }
        await body()
        loop.cancel(timer)
    }

    /// Waits for a signal; an operation that was interrupted does not wait any more.
    func next() async -> Wake {
        if let interruption { return interruption }
        if isSignalled {
            isSignalled = false
            return .ready
        }
        return await withCheckedContinuation { continuation = $0 }
    }

    /// Whether the operation was interrupted already.
    var wasInterrupted: Wake? { interruption }

    /// Tells the operation that what it waits for is there.
    func signal() {
        guard let waiting = continuation else {
            isSignalled = true
            return
        }
        continuation = nil
        waiting.resume(returning: .ready)
    }

    /// The number of the operation, for signals that may come late.
    var current: UInt64 { operation }

    /// Signals an operation unless it has ended.
    func signal(_ number: UInt64) {
        if isBusy, number == operation { signal() }
    }

    private func interrupt(_ number: UInt64, _ wake: Wake) {
        guard isBusy, number == operation, interruption == nil else { return }
        interruption = wake
        guard let waiting = continuation else { return }
        continuation = nil
        waiting.resume(returning: wake)
    }
}
