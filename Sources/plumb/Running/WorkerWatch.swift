import CLinux
import EventLoop
import Expressions
import Glibc
import ScenarioModel

/// Follows workers: it reads their events until they close them, and hears the signals that end a run.
///
/// A first signal asks the worker to stop, and gives it a while; a second one leaves at once.
final class WorkerWatch<Event: WorkerEvent> {
    private let signals: Signals
    /// What a worker may take to end after a first signal.
    private let grace: Duration
    private var lines = LineBuffer()
    private(set) var isInterrupted = false
    private var graceEnds: Instant?
    /// Milliseconds for which events gather before they are read: each look costs this process and the worker a switch.
    private static var gathering: Int32 { 10 }
    /// Milliseconds after which a quiet worker is looked at again.
    private static var rest: Int32 { 50 }
    /// Bytes that are read in one go, and how many such goes there are before signals are heard again.
    private static var chunk: Int { 1 << 16 }
    private static var chunks: Int { 16 }

    /// What the session is told.
    enum Notice {
        case event(Event)
        /// A first signal was heard.
        case interrupted
        /// The process is about to leave, without waiting for the worker.
        case leaving
        /// Nothing else is to be done at the moment.
        case idle
    }

    init(_ signals: Signals, grace: Duration) {
        self.signals = signals
        self.grace = grace
    }

    /// Reads a worker's events until it closes them.
    func follow(_ worker: WorkerProcess, _ tell: (Notice) -> Void) {
        lines = LineBuffer()
        var chunk = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            let hasEvents = wait(for: worker)
            for _ in signals.read() { hear(worker, tell) }
            if let graceEnds, Instant.now > graceEnds { worker.kill() }
            if hasEvents, !readEvents(of: worker, &chunk, tell) { return }
            tell(.idle)
        }
    }

    /// Waits for events, a signal or a while; says whether there are events, or their end.
    private func wait(for worker: WorkerProcess) -> Bool {
        var waiting = [
            pollfd(fd: worker.events, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&waiting, 2, Self.rest)
        guard waiting[0].revents != 0 else { return false }
        // Without an event asked for, a descriptor tells only that its other side is closed.
        waiting[0].events = 0
        if waiting[0].revents & Int16(POLLHUP) == 0 { _ = poll(&waiting, 2, Self.gathering) }
        return true
    }

    /// Takes the events that are there; says whether more may come.
    private func readEvents(of worker: WorkerProcess, _ chunk: inout [UInt8], _ tell: (Notice) -> Void) -> Bool {
        for _ in 0..<Self.chunks {
            let count = read(worker.events, &chunk, chunk.count)
            if count > 0 {
                lines.take(chunk[..<count]) { line in
                    if let value = try? JSON.parse(line).value, let event = try? Event(json: value) {
                        tell(.event(event))
                    }
                }
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                return false
            }
            if count < chunk.count { break }
        }
        return true
    }

    private func hear(_ worker: WorkerProcess, _ tell: (Notice) -> Void) {
        if isInterrupted {
            tell(.leaving)
            worker.kill()
            _exit(130)
        }
        isInterrupted = true
        graceEnds = .now + grace
        tell(.interrupted)
        worker.stop()
    }
}

/// Makes lines of the bytes that come; each byte is looked at once, for a line may be longer than many reads.
struct LineBuffer {
    private var unfinished: [UInt8] = []

    /// The bytes of a line that has no end yet.
    var count: Int { unfinished.count }

    /// Takes bytes, and hands on each line that they complete, without its end.
    mutating func take(_ bytes: ArraySlice<UInt8>, _ body: ([UInt8]) -> Void) {
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            unfinished += rest[..<end]
            rest = rest[(end + 1)...]
            body(unfinished)
            unfinished.removeAll(keepingCapacity: true)
        }
        unfinished += rest
    }
}
