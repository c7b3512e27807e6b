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
    /// Whether the task that runs the operation can end it.
    private var isCancellable = false
    /// When the operation's time is over; nil when it does not end by that.
    private var deadline: Instant?
    /// The timer that looks at the deadline, not later than it.
    private var timer: (token: TimerToken, at: Instant)?

    init(on loop: EventLoop) { self.loop = loop }

    /// Whether an operation runs.
    private(set) var isBusy = false

    /// Begins an operation whose waits end at the deadline, and at once when the task is cancelled; ``end()`` follows.
    func begin(until deadline: Instant, isCancellable: Bool = true) {
        loop.checkIsolated()
        precondition(!isBusy, "a connection does one thing at a time")
        operation += 1
        isBusy = true
        isSignalled = false
        self.isCancellable = isCancellable
        interruption = isCancellable && Task.isCancelled ? .cancelled : nil
        arm(deadline)
    }

    /// Ends the operation; its timer stays for the next one, until ``rest()``.
    func end() {
        isBusy = false
        deadline = nil
    }

    /// Takes the timer back, when no operation follows soon.
    func rest() {
        guard let timer else { return }
        loop.cancel(timer.token)
        self.timer = nil
    }

    /// Runs an operation whose waits end at the deadline, and at once when the task is cancelled.
    func during<Result>(
        until deadline: Instant, isCancellable: Bool = true, _ body: () async -> Result
    ) async -> Result {
        begin(until: deadline, isCancellable: isCancellable)
        defer {
            end()
            rest()
        }
        return await body()
    }

    /// Goes on with an operation that was interrupted, to tidy up within a bound; nothing cancels this.
    func grace(_ time: Duration, _ body: () async -> Void) async {
        operation += 1
        let number = operation
        isSignalled = false
        isCancellable = false
        interruption = nil
        deadline = nil
        let timer = loop.schedule(after: time) { self.interrupt(number, .expired) }
        await body()
        loop.cancel(timer)
    }

    /// Waits for a signal; an operation that was interrupted does not wait any more.
    func next() async -> Wake {
        if isCancellable, Task.isCancelled { interruption = interruption ?? .cancelled }
        if let interruption { return interruption }
        if isSignalled {
            isSignalled = false
            return .ready
        }
        guard isCancellable else { return await suspended() }
        let number = operation
        return await withTaskCancellationHandler {
            await suspended()
        } onCancel: {
            loop.execute { self.interrupt(number, .cancelled) }
        }
    }

    /// Suspends the task, unless what it waits for has come on the way here.
    private func suspended() async -> Wake {
        await withCheckedContinuation { waiting in
            if let interruption {
                waiting.resume(returning: interruption)
            } else if isSignalled {
                isSignalled = false
                waiting.resume(returning: .ready)
            } else {
                continuation = waiting
            }
        }
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

    /// Sees to it that a timer looks at the deadline: one that comes earlier will do, and looks again.
    private func arm(_ deadline: Instant) {
        self.deadline = deadline
        if let timer {
            if timer.at <= deadline { return }
            loop.cancel(timer.token)
        }
        timer = (loop.schedule(at: deadline) { self.look() }, deadline)
    }

    private func look() {
        timer = nil
        guard isBusy, let deadline else { return }
        if deadline <= .now { interrupt(operation, .expired) } else { arm(deadline) }
    }
}
