import Glibc
import Synchronization

/// Descriptors that no child process inherits.
///
/// Glibc's module has neither `pipe2` nor `accept4`, so the close-on-exec flag follows in a second call; one lock
/// keeps a spawn from falling between the two.
enum Descriptor {
    private static let spawnLock = Mutex(())

    /// Runs what opens descriptors, or spawns, while nobody else does.
    static func exclusively<Result, Failure>(
        _ body: () throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try spawnLock.withLock { _ throws(Failure) in try body() }
    }

    /// Opens a pipe: the end to read from, and the end to write to.
    static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
        try exclusively { () throws(SystemError) in
            var ends: [Int32] = [0, 0]
            guard Glibc.pipe(&ends) == 0 else { throw SystemError("pipe", errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
    }

    /// Accepts a connection whose descriptor does not block; nil where there is none.
    static func accept(_ listener: Int32) -> Int32? {
        exclusively {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { return nil }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            setNonblocking(descriptor)
            return descriptor
        }
    }

    /// Makes reads and writes return at once; on an open descriptor this cannot fail.
    static func setNonblocking(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
}
