import Glibc

/// A port that answers nothing to a new connection, as a black hole does: for time-outs of the connect phase.
///
/// Its queue of unaccepted connections is full, so the kernel drops what else comes.
public final class SilentListener: Sendable {
    /// The port.
    public let port: Int
    private let descriptors: [Int32]

    /// Opens the port and fills its queue.
    public init() throws {
        let listener = try Loopback.bound()
        var opened = [listener]
        do {
            guard listen(listener, 0) == 0 else { throw SystemError("listen", errno) }
            port = try Loopback.port(of: listener)
            for _ in 0..<4 {
                let filler = try Loopback.stream()
                opened.append(filler)
                _ = Loopback.withAddress(port: port) { connect(filler, $0, $1) }
                // The handshake on loopback takes microseconds; one that is dropped stays unfinished.
                usleep(2000)
            }
            descriptors = opened
        } catch {
            for descriptor in opened { close(descriptor) }
            throw error
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
