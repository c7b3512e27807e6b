import Glibc

/// A pipe whose closing wakes every thread that waits beside a socket.
final class StopSignal: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    /// Opens the pipe.
    init() throws(SystemError) {
        (readEnd, writeEnd) = try Descriptor.pipe()
        Descriptor.setNonblocking(writeEnd)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Wakes all who wait, now and later.
    func stop() {
        // A byte that nobody reads keeps the pipe readable for all.
        var byte: UInt8 = 1
        write(writeEnd, &byte, 1)
    }

    /// Says whether `stop` was called.
    var isStopped: Bool {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// What ended a wait.
    enum Wake {
        case ready(Int16)
        case deadline
        case stopped
    }

    /// Waits for events of a descriptor, the stop or the deadline; with no descriptor, for the last two.
    func wait(_ descriptor: Int32 = -1, for events: Int32 = 0, until deadline: ContinuousClock.Instant) -> Wake {
        while true {
            var entries = [
                pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
            ]
            let left = max(.zero, ContinuousClock.now.duration(to: deadline))
            let count = poll(&entries, nfds_t(entries.count), left.roundedUpMilliseconds)
            if entries[0].revents != 0, count > 0 { return .stopped }
            if entries[1].revents != 0, count > 0 { return .ready(entries[1].revents) }
            if ContinuousClock.now >= deadline { return .deadline }
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up so that a wait never ends early; at most an hour.
    var roundedUpMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 3600 else { return 3_600_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
