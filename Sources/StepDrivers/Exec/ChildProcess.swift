internal import CLinux
internal import EventLoop
internal import Glibc

/// A program that runs in a process group of its own, with bounded output and a deadline.
///
/// Its pipes are watched by the loop. A thread of its own waits for the program's end without reaping it, so that its
/// number cannot pass to another process before the loop has ended the rest of the group; then the loop reaps it.
///
/// `@unchecked Sendable`: used on the loop's thread only; other threads and cancellation hand it to the loop.
final class ChildProcess: @unchecked Sendable {
    /// The most bytes of output that are kept of each stream.
    static let outputLimit = 4 << 20

    /// How a program ended.
    enum End {
        case exited(Int)
        case signalled(Int)
        case notStarted(String)
        case timedOut
        case tooMuch
        case cancelled
    }

    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []
    private let loop: EventLoop
    private var process: pid_t = 0
    private var pipes: [Int32] = []
    /// Why the group was killed, where it was.
    private var verdict: End?
    private var isCancelled = false
    private var continuation: CheckedContinuation<End, Never>?

    init(on loop: EventLoop) { self.loop = loop }

    /// Runs a command to its end, or kills its group at the deadline or when the task is cancelled.
    func run(_ command: PreparedCommand, until deadline: Instant) async -> End {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.continuation = continuation
                start(command, deadline)
            }
        } onCancel: {
            loop.execute { self.kill(.cancelled) }
        }
    }

    private func start(_ command: PreparedCommand, _ deadline: Instant) {
        if isCancelled { return finish(.cancelled) }
        let spawned: SpawnedProcess
        switch SpawnedProcess.spawn(command) {
        case .failure(let failure): return finish(.notStarted(failure.reason))
        case .success(let process): spawned = process
        }
        process = spawned.process
        watch(spawned.output) { $0.output.append(contentsOf: $1) }
        watch(spawned.errors) { $0.errors.append(contentsOf: $1) }
        let timer = loop.schedule(at: deadline) { self.kill(.timedOut) }
        WaitingThread.wait(for: process) { [loop] in
            loop.execute {
                loop.cancel(timer)
                self.reap()
            }
        }
    }

    private func watch(_ pipe: Int32, _ keep: @escaping (ChildProcess, ArraySlice<UInt8>) -> Void) {
        pipes.append(pipe)
        do {
            try loop.watch(pipe, for: .read) { _ in self.drain(pipe, keep) }
        } catch {
            // Without a watcher the output is read once, at the end.
        }
        drains[pipe] = { self.drain(pipe, keep) }
    }

    private var drains: [Int32: () -> Void] = [:]

    private func drain(_ pipe: Int32, _ keep: (ChildProcess, ArraySlice<UInt8>) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while pipes.contains(pipe) {
            let count = read(pipe, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                if count == 0 { closePipe(pipe) }
                return
            }
            keep(self, buffer[..<count])
            if max(output.count, errors.count) > Self.outputLimit {
                output.removeLast(max(0, output.count - Self.outputLimit))
                errors.removeLast(max(0, errors.count - Self.outputLimit))
                kill(.tooMuch)
                return
            }
        }
    }

    private func closePipe(_ pipe: Int32) {
        guard let index = pipes.firstIndex(of: pipe) else { return }
        pipes.remove(at: index)
        drains[pipe] = nil
        loop.unwatch(pipe)
        close(pipe)
    }

    /// Ends the whole group for a reason; its end is told by the thread that waits.
    private func kill(_ reason: End) {
        isCancelled = true
        guard process > 0, verdict == nil else { return }
        verdict = reason
        for pipe in pipes { closePipe(pipe) }
        killGroup()
    }

    private func killGroup() { _ = Glibc.kill(-process, SIGKILL) }

    /// The program has ended and is not reaped yet: takes what it wrote, ends what it left behind, and reaps it.
    private func reap() {
        for drain in Array(drains.values) { drain() }
        killGroup()
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        process = 0
        for pipe in pipes { closePipe(pipe) }
        if let verdict { return finish(verdict) }
        let signal = Int(plumb_term_signal(status))
        finish(signal > 0 ? .signalled(signal) : .exited(Int(plumb_exit_status(status))))
    }

    private func finish(_ end: End) {
        continuation?.resume(returning: end)
        continuation = nil
    }
}

/// A thread that waits for the end of one process.
private enum WaitingThread {
    private final class Errand {
        let process: pid_t
        let done: @Sendable () -> Void
        init(_ process: pid_t, _ done: @escaping @Sendable () -> Void) {
            self.process = process
            self.done = done
        }
    }

    /// Calls back, on a thread of its own, once a process has ended; it is not reaped.
    static func wait(for process: pid_t, _ done: @escaping @Sendable () -> Void) {
        let errand = Unmanaged.passRetained(Errand(process, done))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                // The argument is the errand that was retained for this one thread.
                guard let argument else { return nil }
                let errand = Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue()
                var info = siginfo_t()
                while waitid(P_PID, id_t(errand.process), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
                errand.done()
                return nil
            }, errand.toOpaque())
        guard code == 0 else {
            // Without a thread the program is ended rather than left alone.
            errand.release()
            _ = Glibc.kill(-process, SIGKILL)
            return done()
        }
        pthread_detach(thread)
    }
}
