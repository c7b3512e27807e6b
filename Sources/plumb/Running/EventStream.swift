import EventLoop
import Glibc
import ScenarioModel

/// The worker's end of the stream of events: lines gather for a turn of the loop and leave in one write.
///
/// What is gathered when the process dies is lost, so whoever is about to call code that may take the
/// process down writes first. Lives on the loop's thread.
///
/// `@unchecked Sendable`: only the loop's thread touches it.
final class EventStream: @unchecked Sendable {
    private let descriptor: Int32
    private let mask: SecretMask
    private let loop: EventLoop
    private var gathered: [UInt8] = []
    private var isScheduled = false
    /// More than this does not wait for the turn's end, in bytes.
    private static let most = 1 << 16

    init(_ descriptor: Int32, mask: SecretMask, loop: EventLoop) {
        self.descriptor = descriptor
        self.mask = mask
        self.loop = loop
    }

    /// Adds an event, its secrets masked.
    func send(_ event: some WorkerEvent) {
        event.appendJSONLine(to: &gathered, masking: mask)
        if gathered.count >= Self.most { return write() }
        guard !isScheduled else { return }
        isScheduled = true
        loop.later {
            self.isScheduled = false
            self.write()
        }
    }

    /// Writes what is gathered; ends the process where nobody reads any more.
    func write() {
        // The command has gone, and this process follows.
        if !gathered.withUnsafeBytes({ Streams.write($0, to: descriptor) }) { _exit(70) }
        gathered.removeAll(keepingCapacity: true)
    }
}
