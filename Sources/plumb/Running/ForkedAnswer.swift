import CLinux
import EventLoop
import Expressions
import Glibc

/// The answer of a process that is forked for one question, before the run's own workers are.
///
/// The command stays without threads, and what a library does with hostile bytes does not reach it.
enum ForkedAnswer {
    /// What the process wrote before it ended; nil where the time or the bound passed first, or there is no process.
    ///
    /// `work` is done in the other process, and is given the descriptor to write to.
    static func bytes(within limit: Duration, most: Int, _ work: @escaping (Int32) -> Void) -> [UInt8]? {
        var ends: [Int32] = [0, 0]
        guard plumb_pipe(&ends) == 0 else { return nil }
        ExpressionEngine.endThreads()
        let pid = plumb_fork()
        if pid == 0 {
            close(ends[0])
            Worker.prepareProcess()
            let end = ends[1]
            ForkedThread.run {
                work(end)
                _exit(0)
            }
        }
        close(ends[1])
        defer { close(ends[0]) }
        guard pid > 0 else { return nil }
        let bytes = answer(from: ends[0], until: .now + limit, most: most)
        if bytes == nil { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return bytes
    }

    /// Writes all of it, unless nobody reads any more.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        _ = bytes.withUnsafeBytes { Streams.write($0, to: descriptor) }
    }

    private static func answer(
        from descriptor: Int32, until deadline: Instant, most: Int
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let left = (deadline - .now).components.seconds
            var waiting = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            guard left > 0, bytes.count <= most else { return nil }
            // A signal, such as the interrupt, ends the wait: nothing has begun that would need a cleanup.
            guard poll(&waiting, 1, Int32(min(left, 3600) * 1000)) > 0 else { return nil }
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }
}
