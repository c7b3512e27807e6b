internal import Glibc

/// The thread that stops evaluations which take too long or too much memory.
///
/// An evaluation only writes down that it runs. The thread looks ten times within the shortest limit
/// that matters; an evaluation that it meets twice is an old one, and its processor time and the
/// process's memory are compared with the limits. While nothing runs, the thread sleeps.
final class EvaluationWatchdog: Sendable {
    /// The watchdog of this process; its thread starts with the first evaluation.
    static let shared = EvaluationWatchdog()

    private let monitor = Monitor(Watch())
    private static let tick = Duration.milliseconds(10)
    private static let ticksUntilSleep = 100
    /// How many times the processor time an evaluation may take by the clock on the wall.
    private static let wallShare = 5

    private struct Watch: Sendable {
        var runs: [Int: Run] = [:]
        var lastIdentifier = 0
        /// The process whose thread watches; a fork has no thread.
        var process: pid_t = 0
        var thread: pthread_t?
        var isAsleep = false
        /// Whether the thread is to end.
        var isOver = false
    }

    /// An evaluator's place in the watch.
    private struct Run: Sendable {
        var limits: EvaluationLimits
        var handle: JQProgram.Handle?
        var clock: clockid_t = 0
        /// Counts the expressions evaluated, so that the thread can tell one from the next.
        var generation = 0
        var seen: Sighting?
        var stop: Stop?
        var isGivenUp = false

        mutating func begin(_ handle: JQProgram.Handle, _ clock: clockid_t) {
            self.handle = handle
            self.clock = clock
            generation += 1
            stop = nil
        }
    }

    private struct Sighting: Sendable {
        var generation: Int
        var processorTime: Int
        var wallTime: Int
    }

    /// Why a run was halted.
    enum Stop: Sendable {
        case time
        case memory
    }

    /// Adds an evaluator and returns its number.
    func enroll(_ limits: EvaluationLimits) -> Int {
        monitor.withLock { watch in
            watch.lastIdentifier += 1
            watch.runs[watch.lastIdentifier] = Run(limits: limits)
            return watch.lastIdentifier
        }
    }

    /// Takes an evaluator off the watch.
    func dismiss(_ identifier: Int) {
        monitor.withLock { $0.runs[identifier] = nil }
    }

    /// Notes that the evaluator runs a program on the calling thread; false where nobody can watch over it.
    func begin(_ identifier: Int, _ handle: JQProgram.Handle) -> Bool {
        var clock = clockid_t()
        unsafe pthread_getcpuclockid(pthread_self(), &clock)
        let (isAsleep, isMissing) = monitor.withLock { watch in
            watch.runs[identifier]?.begin(handle, clock)
            return (watch.isAsleep, watch.process == 0)
        }
        if isMissing, !start() {
            monitor.withLock { $0.runs[identifier]?.handle = nil }
            return false
        }
        if isAsleep { monitor.signal { $0.isAsleep = false } }
        return true
    }

    /// Notes that the next expression of the same program is due, which has the whole time for itself.
    func proceed(_ identifier: Int) {
        monitor.withLock { $0.runs[identifier]?.generation += 1 }
    }

    /// Notes that the program has ended, and returns why if it was halted.
    func end(_ identifier: Int) -> Stop? {
        monitor.withLock { watch in
            let stop = watch.runs[identifier]?.stop
            watch.runs[identifier]?.handle = nil
            return stop
        }
    }

    /// Ends the thread and waits until it is gone; the next evaluation starts another.
    ///
    /// A process that forks must have one thread: what another held at that moment, the allocator's lock
    /// for one, stays held in the child for good.
    func endThread() {
        let thread = monitor.withLock { watch -> pthread_t? in
            guard watch.process == getpid() else { return nil }
            watch.process = 0
            return watch.thread.take()
        }
        guard let thread else { return }
        monitor.signal { $0.isOver = true }
        pthread_join(thread, nil)
        monitor.withLock { $0.isOver = false }
    }

    /// Makes the watch begin anew in a process that was forked off one whose thread it does not have.
    func restartIfForked() {
        let process = getpid()
        monitor.withLock { watch in if watch.process != process { watch.process = 0 } }
    }

    /// Starts the thread unless another evaluator has; false where the system gives none.
    private func start() -> Bool {
        let process = getpid()
        let isFirst = monitor.withLock { watch in
            defer { watch.process = process }
            return watch.process == 0
        }
        guard isFirst else { return true }
        let thread = PlainThread.start { self.watch() }
        return monitor.withLock { watch in
            watch.thread = thread
            // The next evaluation tries again: there may be room then.
            if thread == nil { watch.process = 0 }
            return thread != nil
        }
    }

    private func watch() {
        Self.nameThread()
        var idleTicks = 0
        while true {
            _ = monitor.wait(atMost: Self.tick) { $0.isOver ? () : nil }
            let (excesses, isAsleep, isOver) = monitor.withLock { watch in
                let isIdle = watch.runs.values.allSatisfy { $0.handle == nil }
                idleTicks = isIdle ? idleTicks + 1 : 0
                watch.isAsleep = idleTicks > Self.ticksUntilSleep
                return (Self.look(&watch), watch.isAsleep, watch.isOver)
            }
            if isOver { return }
            for (excess, limits) in excesses { limits.onExcess(excess) }
            while isAsleep, monitor.wait(atMost: .seconds(60), { $0.isAsleep && !$0.isOver ? nil : () }) == nil {}
        }
    }

    /// Says what tools show of the calling thread.
    private static func nameThread() {
        let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let name = "plumb-watch"
        _ = unsafe write(descriptor, name, name.utf8.count)
        close(descriptor)
    }

    /// Looks at every evaluation once; returns what the process has to be ended for.
    private static func look(_ watch: inout Watch) -> [(EvaluationLimits.Excess, EvaluationLimits)] {
        var excesses: [(EvaluationLimits.Excess, EvaluationLimits)] = []
        for (identifier, var run) in watch.runs {
            guard let handle = run.handle, let used = nanoseconds(run.clock) else { continue }
            let now = nanoseconds(CLOCK_MONOTONIC) ?? 0
            if let seen = run.seen, seen.generation == run.generation {
                // The processor's time is what counts, so that a busy machine stops nobody; a run that
                // gets none at all still ends.
                let elapsed = max(used - seen.processorTime, (now - seen.wallTime) / Self.wallShare)
                let limit = Int(run.limits.time / .nanoseconds(1))
                let memory = residentBytes() ?? 0
                if run.stop == nil, elapsed > limit || memory > run.limits.memory / 4 * 3 {
                    run.stop = elapsed > limit ? .time : .memory
                    handle.halt()
                }
                let excess: EvaluationLimits.Excess? =
                    memory > run.limits.memory ? .memory : elapsed > limit + 1_000_000_000 ? .stuck : nil
                if let excess, !run.isGivenUp {
                    run.isGivenUp = true
                    excesses.append((excess, run.limits))
                }
            } else {
                run.seen = Sighting(generation: run.generation, processorTime: used, wallTime: now)
                run.isGivenUp = false
            }
            watch.runs[identifier] = run
        }
        return excesses
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int? {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// The resident memory of this process, from `/proc/self/statm`.
    private static func residentBytes() -> Int? {
        let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = unsafe withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            return unsafe String(decoding: UnsafeRawBufferPointer(rebasing: buffer[0..<max(0, count)]), as: UTF8.self)
        }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(CInt(_SC_PAGESIZE)) } : nil
    }
}
