internal import CLinux
internal import Glibc

/// The kernel's side of the loop: one epoll instance and one eventfd that interrupts its wait.
final class Poller: Sendable {
    /// What the kernel said about one descriptor.
    struct Event {
        let descriptor: Int32
        let generation: UInt32
        let readiness: Readiness
    }

    private let epoll: Int32
    private let wake: Int32

    init() throws(EventLoopError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw EventLoopError(call: "epoll_create1", code: errno) }
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wake >= 0 else {
            let code = errno
            close(epoll)
            throw EventLoopError(call: "eventfd", code: code)
        }
        do {
            try control(EPOLL_CTL_ADD, wake, generation: 0, events: EPOLLIN.rawValue)
        } catch {
            close(wake)
            close(epoll)
            throw error
        }
    }

    deinit {
        close(wake)
        close(epoll)
    }

    func add(_ descriptor: Int32, generation: UInt32, interest: Interest) throws(EventLoopError) {
        try control(EPOLL_CTL_ADD, descriptor, generation: generation, events: interest.events)
    }

    func modify(_ descriptor: Int32, generation: UInt32, interest: Interest) throws(EventLoopError) {
        try control(EPOLL_CTL_MOD, descriptor, generation: generation, events: interest.events)
    }

    /// Takes a descriptor out.
    ///
    /// One that is closed already has left by itself, so a failure means nothing.
    func remove(_ descriptor: Int32) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Ends the wait of the loop's thread, from any thread.
    func interrupt() {
        eventfd_write(wake, 1)
    }

    /// Waits until something is ready, the time-out passes (nil: no limit) or ``interrupt()`` is called.
    func wait(atMost timeout: Duration?, into ready: inout [Event]) {
        ready.removeAll(keepingCapacity: true)
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { buffer in
            let count = unsafe wait(atMost: timeout, buffer)
            // A signal (EINTR) is a wait that ended early: the caller looks at its clock and waits again.
            for index in 0..<max(0, Int(count)) {
                let tag = unsafe buffer[index].data.u64
                let events = unsafe buffer[index].events
                let descriptor = Int32(truncatingIfNeeded: tag)
                if descriptor == wake {
                    var value: eventfd_t = 0
                    unsafe eventfd_read(wake, &value)
                } else {
                    ready.append(
                        Event(
                            descriptor: descriptor, generation: UInt32(truncatingIfNeeded: tag >> 32),
                            readiness: Readiness(events: events)))
                }
            }
        }
    }

    private func wait(atMost timeout: Duration?, _ buffer: UnsafeMutableBufferPointer<epoll_event>) -> Int32 {
        guard let timeout, timeout > .zero else {
            return unsafe epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), timeout == nil ? -1 : 0)
        }
        let parts = timeout.components
        let seconds = Int(min(parts.seconds, 3600))
        var limit = timespec(tv_sec: seconds, tv_nsec: Int(parts.attoseconds / 1_000_000_000))
        let count = unsafe epoll_pwait2(epoll, buffer.baseAddress, Int32(buffer.count), &limit, nil)
        // Linux before 5.11 does not know the call, and some sandboxes forbid it; milliseconds, rounded up, do as well.
        guard count < 0, errno == ENOSYS || errno == EPERM else { return count }
        let milliseconds = Int32(clamping: seconds * 1000 + (limit.tv_nsec + 999_999) / 1_000_000)
        return unsafe epoll_wait(epoll, buffer.baseAddress, Int32(buffer.count), milliseconds)
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, generation: UInt32, events: UInt32
    ) throws(EventLoopError) {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        guard unsafe epoll_ctl(epoll, operation, descriptor, &event) == 0 else {
            throw EventLoopError(call: "epoll_ctl", code: errno)
        }
    }
}

extension Interest {
    fileprivate var events: UInt32 {
        (contains(.read) ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0)
    }
}

extension Readiness {
    fileprivate init(events: UInt32) {
        self = []
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { insert(.readable) }
        if events & EPOLLOUT.rawValue != 0 { insert(.writable) }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { insert(.failed) }
    }
}
