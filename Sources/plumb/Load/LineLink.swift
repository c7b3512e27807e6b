import CLinux
import EventLoop
import Glibc

/// Lines to and from another process, over descriptors that never block; lives on the loop's thread.
///
/// `@unchecked Sendable`: only the loop's thread touches it.
final class LineLink: @unchecked Sendable {
    private let reading: Int32
    private let writing: Int32
    private let loop: EventLoop
    private var lines = LineBuffer()
    private var unsent: [UInt8] = []
    private var isOpen = true
    private var isWaitingToSend = false
    /// Told of each line, without its end.
    private let onLine: ([UInt8]) -> Void
    /// Told once, when no more lines can come: the other process has gone, or sends what is no line.
    private let onEnd: () -> Void
    /// The most bytes of a line, and of what waits to be sent.
    private static let most = 64 << 20

    /// Begins to read; the descriptors stay their owner's, who calls ``close()`` before closing them.
    init(
        reading: Int32, writing: Int32, on loop: EventLoop, onLine: @escaping ([UInt8]) -> Void,
        onEnd: @escaping () -> Void
    ) {
        self.reading = reading
        self.writing = writing
        self.loop = loop
        self.onLine = onLine
        self.onEnd = onEnd
        for descriptor in [reading, writing] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        do {
            try loop.watch(reading, for: .read) { [weak self] _ in self?.read() }
        } catch {
            loop.later { [weak self] in self?.end() }
        }
    }

    /// Sends a line as soon as there is room for it.
    func send(_ line: [UInt8]) {
        guard isOpen else { return }
        unsent += line
        if unsent.count > Self.most { return end() }
        if !isWaitingToSend { write() }
    }

    /// Sends what is left, for a process that is about to go; gives up after a while.
    func flush(within limit: Duration = .seconds(10)) {
        let deadline = Instant.now + limit
        while isOpen, !unsent.isEmpty, Instant.now < deadline {
            var waiting = pollfd(fd: writing, events: Int16(POLLOUT), revents: 0)
            _ = poll(&waiting, 1, 100)
            write()
        }
    }

    /// Stops reading and sending.
    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.unwatch(reading)
        loop.unwatch(writing)
    }

    private func end() {
        guard isOpen else { return }
        close()
        onEnd()
    }

    private func read() {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(reading, &chunk, chunk.count)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN && errno != EINTR { end() }
            return
        }
        // One that ends the link by what it says is not heard any further.
        lines.take(chunk[..<count]) { if isOpen { onLine($0) } }
        if lines.count > Self.most { end() }
    }

    private func write() {
        var sent = 0
        while sent < unsent.count {
            let count = unsent[sent...].withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            // The other process has gone; that is seen where its lines end.
            guard count > 0 else {
                unsent = []
                return
            }
            sent += count
        }
        unsent.removeFirst(sent)
        waitToSend(!unsent.isEmpty)
    }

    private func waitToSend(_ waits: Bool) {
        guard waits != isWaitingToSend else { return }
        isWaitingToSend = waits
        if !waits {
            loop.unwatch(writing)
        } else if (try? loop.watch(writing, for: .write) { [weak self] _ in self?.write() }) == nil {
            end()
        }
    }
}
