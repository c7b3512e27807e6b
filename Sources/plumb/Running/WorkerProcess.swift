import CLinux
import EventLoop
import Expressions
import Glibc
import ScenarioModel

/// A worker as the command sees it: a process, the events that come from it, and a way to tell it to stop.
struct WorkerProcess {
    let pid: pid_t
    /// The end that events are read from; it does not block.
    let events: Int32
    /// The end that it is told to stop by, or, of a loop of a load, what to do.
    let control: Int32
    /// A file in memory that stands in the place of the worker's standard error.
    private let words: Int32

    /// Forks a worker; nil where the system refuses.
    ///
    /// The command has one thread at this point: nothing of Swift's concurrency has been started in it, and the
    /// watch over expressions of `cases` is ended, so the child begins in a sound state.
    static func start(_ plan: RunPlan, blackBox: BlackBox) -> WorkerProcess? {
        fork(blackBox) { events, control in
            Worker.main(plan, events: events, control: control, blackBox: blackBox)
        }
    }

    /// Forks the worker of a load, on the same terms.
    static func start(_ order: LoadOrder, blackBox: BlackBox) -> WorkerProcess? {
        fork(blackBox) { events, control in
            Worker.main(order, events: events, control: control, blackBox: blackBox)
        }
    }

    /// Forks another loop of a load out of the one that leads, on the same terms: there is no event loop yet.
    ///
    /// `inherited` are descriptors that the new process must not hold open: those by which others see this one's end.
    static func start(_ order: LoadOrder, blackBox: BlackBox, closing inherited: [Int32]) -> WorkerProcess? {
        let leader = getpid()
        return fork(blackBox) { events, control in
            for descriptor in inherited { close(descriptor) }
            Worker.main(following: leader, order, events: events, control: control, blackBox: blackBox)
        }
    }

    private static func fork(_ blackBox: BlackBox, _ work: @escaping (Int32, Int32) -> Never) -> WorkerProcess? {
        var eventPipe: [Int32] = [0, 0]
        var controlPipe: [Int32] = [0, 0]
        guard plumb_pipe(&eventPipe) == 0 else { return nil }
        guard plumb_pipe(&controlPipe) == 0 else {
            for end in eventPipe { close(end) }
            return nil
        }
        // Without such a file the worker speaks for itself.
        let words = plumb_memory_file("stderr")
        blackBox.clear()
        ExpressionEngine.endThreads()
        let pid = plumb_fork()
        if pid == 0 {
            close(eventPipe[0])
            close(controlPipe[1])
            if words >= 0 { dup2(words, STDERR_FILENO) }
            // What never returns keeps nothing alive for its callers; the page is written until the process ends.
            _ = Unmanaged.passRetained(blackBox)
            let (events, control) = (eventPipe[1], controlPipe[0])
            ForkedThread.run { work(events, control) }
        }
        close(eventPipe[1])
        close(controlPipe[0])
        guard pid > 0 else {
            close(eventPipe[0])
            close(controlPipe[1])
            if words >= 0 { close(words) }
            return nil
        }
        _ = fcntl(eventPipe[0], F_SETFL, O_NONBLOCK)
        // A wide pipe, so that the worker seldom waits for the command; smaller is only slower.
        _ = plumb_widen_pipe(eventPipe[0], 1 << 20)
        return WorkerProcess(pid: pid, events: eventPipe[0], control: controlPipe[1], words: words)
    }

    /// Tells the worker to end its tests, clean up and go.
    func stop() { _ = write(control, "s", 1) }

    /// The descriptors that are held of it.
    var ends: [Int32] { [events, control, words].filter { $0 >= 0 } }

    /// Ends the worker at once.
    func kill() { _ = Glibc.kill(pid, SIGKILL) }

    /// Whether the process ends by itself in a while; it stays to be reaped.
    func isGone(within limit: Duration) -> Bool {
        let deadline = Instant.now + limit
        while true {
            var information = siginfo_t()
            if waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) != 0 { return true }
            if information.si_signo != 0 { return true }
            guard Instant.now < deadline else { return false }
            usleep(1000)
        }
    }

    /// Waits for the end of a worker whose events have ended; says how it went, and the first line that it wrote to
    /// standard error.
    func reap() -> (ending: Ending, words: String?) {
        close(events)
        close(control)
        defer { if words >= 0 { close(words) } }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = plumb_term_signal(status)
        if signal != 0 { return (.signal(signal), firstLine()) }
        return (.exit(plumb_exit_status(status)), firstLine())
    }

    private func firstLine() -> String? {
        guard words >= 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 300)
        let count = pread(words, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return LastWords.told(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }

    /// How a worker ended.
    enum Ending: Equatable {
        case exit(Int32)
        case signal(Int32)
    }
}
