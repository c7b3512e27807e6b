internal import Glibc
internal import Synchronization

/// One thread that owns descriptors, deadlines and jobs, and runs Swift tasks and actors.
///
/// A turn of the loop runs the jobs that are ready, fires the timers that are due, waits for
/// descriptors until the next timer, and calls the watchers of those that became ready. Jobs that
/// jobs enqueue run in the same turn up to a budget, so that a busy task cannot starve the sockets.
///
/// Actors join by returning `loop.asUnownedSerialExecutor()` as their `unownedExecutor`, tasks by
/// `Task(executorPreference: loop)`. Between them there is neither a thread hop nor a lock.
///
/// Child tasks (task groups, `async let`) stay on the loop; a plain `Task { }` leaves it for the
/// runtime's own threads unless it is given the loop again.
///
/// A process that forks creates the loop after the fork: the two would share one epoll instance.
public final class EventLoop: Sendable {
    private enum Work {
        case job(UnownedJob)
        case action(() -> Void)
    }

    /// What belongs to the loop's thread.
    private final class Confined {
        var ready: [Work] = []
        var running: [Work] = []
        var timers = TimerQueue()
        var watches = WatchTable()
        var lastGeneration: UInt32 = 0
        var events: [Poller.Event] = []
    }

    /// How many jobs run before descriptors get their turn.
    private static let jobsPerTurn = 1024
    /// How many jobs run before the next descriptor of the same turn has its turn.
    private static let jobsPerEvent = 64

    private let poller: Poller
    /// What other threads have asked for.
    private let mail = Mutex<[Mail]>([])
    private let hasMail = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    /// The thread inside `run`, 0 when there is none.
    private let thread = Atomic<UInt>(0)

    /// The loop's thread alone touches it: every road to it asks for the thread first.
    private nonisolated(unsafe) let confined = Confined()

    /// Creates a loop that does not run yet.
    ///
    /// - Throws: `EventLoopError` when the process has no descriptors left.
    public init() throws(EventLoopError) {
        poller = try Poller()
    }
}

// MARK: - Running

extension EventLoop {
    /// Whether the caller is on the loop's thread.
    public var isOnLoop: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs the loop on the calling thread until the body has ended, and returns its value.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let outcome = Outcome<Value>()
        Task(executorPreference: self) {
            let value = await body()
            outcome.value.withLock { $0 = value }
            self.poller.interrupt()
        }
        var value: Value?
        run {
            value = outcome.value.withLock { $0 }
            return value != nil
        }
        guard let value else { preconditionFailure("the loop was stopped before the body ended") }
        return value
    }

    /// Runs the loop on the calling thread until the condition holds after a turn, or ``stop()`` is called.
    public func run(until isDone: () -> Bool) {
        let own = UInt(pthread_self())
        let (isFirst, _) = thread.compareExchange(expected: 0, desired: own, ordering: .sequentiallyConsistent)
        precondition(isFirst, "the event loop runs already")
        defer { thread.store(0, ordering: .sequentiallyConsistent) }
        while !isStopping.load(ordering: .relaxed) {
            runReadyWork()
            fireTimers()
            if isDone() { return }
            poller.wait(atMost: timeToWait(), into: &state.events)
            callWatchers()
        }
    }

    /// Runs the loop on a thread of its own until ``stop()`` is called.
    public func start() {
        let box = unsafe Unmanaged.passRetained(self)
        var handle = pthread_t()
        let code = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let loop = unsafe Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue()
                loop.run { false }
                return nil
            }, unsafe box.toOpaque())
        precondition(code == 0, "no thread for the event loop")
        pthread_detach(handle)
    }

    /// Ends ``run(until:)`` soon, from any thread.
    ///
    /// Tasks that still wait on the loop never resume.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        poller.interrupt()
    }

    /// The state of the loop's thread, which the caller must be on.
    private var state: Confined {
        checkIsolated()
        return unsafe confined
    }

    private func timeToWait() -> Duration? {
        if !state.ready.isEmpty || hasMail.load(ordering: .acquiring) { return .zero }
        return state.timers.nextDeadline().map { max(.zero, $0 - .now) }
    }

    private func runReadyWork(atMost limit: Int = jobsPerTurn) {
        var budget = limit
        repeat {
            if hasMail.load(ordering: .acquiring) { openMail() }
            guard !state.ready.isEmpty else { return }
            swap(&state.ready, &state.running)
            for work in state.running {
                switch work {
                case .job(let job): run(job)
                case .action(let action): action()
                }
            }
            budget -= state.running.count
            state.running.removeAll(keepingCapacity: true)
        } while budget > 0
    }

    private func openMail() {
        mail.withLock { mail in
            hasMail.store(false, ordering: .releasing)
            for item in mail {
                switch item {
                case .job(let job): state.ready.append(.job(job))
                case .action(let action): state.ready.append(.action(action))
                }
            }
            mail.removeAll(keepingCapacity: true)
        }
    }

    private func fireTimers() {
        guard !state.timers.isEmpty else { return }
        let now = Instant.now
        while let action = state.timers.popDue(at: now) { action() }
    }

    private func callWatchers() {
        for event in state.events {
            // A watcher called before may have removed this one, or watched a new socket of the same number.
            guard let watch = state.watches[event.descriptor], watch.generation == event.generation else { continue }
            watch.handler(event.readiness)
            // What the event set going goes on at once: its data is in the processor's caches now, and after the other
            // events it would not be.
            runReadyWork(atMost: Self.jobsPerEvent)
        }
    }
}

// MARK: - Jobs and actions

extension EventLoop {
    fileprivate enum Mail: Sendable {
        case job(UnownedJob)
        case action(@Sendable () -> Void)
    }

    /// Runs an action on the loop's thread in its next turn, from any thread.
    public func execute(_ action: @escaping @Sendable () -> Void) {
        if isOnLoop {
            state.ready.append(.action(action))
        } else {
            post(.action(action))
        }
    }

    /// Runs an action in the loop's next batch of jobs.
    ///
    /// Only on the loop's thread.
    public func later(_ action: @escaping () -> Void) {
        checkIsolated()
        state.ready.append(.action(action))
    }

    fileprivate func enqueueJob(_ job: UnownedJob) {
        if isOnLoop {
            state.ready.append(.job(job))
        } else {
            post(.job(job))
        }
    }

    private func post(_ item: Mail) {
        let isFirst = mail.withLock { mail in
            mail.append(item)
            hasMail.store(true, ordering: .releasing)
            return mail.count == 1
        }
        if isFirst { poller.interrupt() }
    }

    private func run(_ job: UnownedJob) {
        unsafe job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }
}

// MARK: - Timers

extension EventLoop {
    /// Runs an action once its time has come.
    ///
    /// Only on the loop's thread.
    @discardableResult
    public func schedule(
        at deadline: Instant, _ action: @escaping () -> Void
    ) -> TimerToken {
        checkIsolated()
        return state.timers.add(at: deadline, action)
    }

    /// Runs an action after a while.
    ///
    /// Only on the loop's thread.
    @discardableResult
    public func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerToken {
        schedule(at: .now + delay, action)
    }

    /// Takes back an action; one that ran already is no mistake.
    ///
    /// Only on the loop's thread.
    public func cancel(_ token: TimerToken) {
        checkIsolated()
        state.timers.cancel(token)
    }
}

// MARK: - Descriptors

extension EventLoop {
    /// Calls the handler on the loop's thread whenever the descriptor is ready, level-triggered.
    ///
    /// Only on the loop's thread. A descriptor has one watcher; watching it again replaces it.
    /// Call ``unwatch(_:)`` before closing the descriptor.
    ///
    /// - Throws: `EventLoopError` when the kernel cannot watch such a descriptor, as with a plain file.
    public func watch(
        _ descriptor: Int32, for interest: Interest, _ handler: @escaping (Readiness) -> Void
    ) throws(EventLoopError) {
        checkIsolated()
        if state.watches.remove(descriptor) { poller.remove(descriptor) }
        state.lastGeneration &+= 1
        try poller.add(descriptor, generation: state.lastGeneration, interest: interest)
        state.watches[descriptor] = Watch(generation: state.lastGeneration, interest: interest, handler: handler)
    }

    /// Changes what the watcher of a descriptor waits for.
    ///
    /// Only on the loop's thread.
    ///
    /// - Throws: `EventLoopError` when the descriptor is not watched or was closed.
    public func rewatch(_ descriptor: Int32, for interest: Interest) throws(EventLoopError) {
        checkIsolated()
        guard let watch = state.watches[descriptor] else { throw EventLoopError(call: "epoll_ctl", code: ENOENT) }
        guard watch.interest != interest else { return }
        try poller.modify(descriptor, generation: watch.generation, interest: interest)
        state.watches[descriptor]?.interest = interest
    }

    /// Ends watching a descriptor; its handler is not called again.
    ///
    /// Only on the loop's thread.
    public func unwatch(_ descriptor: Int32) {
        checkIsolated()
        guard state.watches.remove(descriptor) else { return }
        poller.remove(descriptor)
    }
}

// MARK: - Executor

extension EventLoop: SerialExecutor, TaskExecutor {
    public func enqueue(_ job: consuming ExecutorJob) {
        enqueueJob(UnownedJob(job))
    }

    /// Traps when the caller is not on the loop's thread.
    public func checkIsolated() {
        precondition(isOnLoop, "not on the event loop's thread")
    }

    public func isIsolatingCurrentContext() -> Bool? { isOnLoop }
}

/// Carries the value of `run` out of its task.
private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
