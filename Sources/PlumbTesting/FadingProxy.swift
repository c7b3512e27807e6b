import Glibc
import Synchronization

/// A TCP proxy that can go silent: nothing passes any more, and nothing closes, as when a cable is cut.
///
/// It can also keep back no more than the end of a connection, as when the last packet is late.
public final class FadingProxy: Sendable {
    public let port: Int
    private let listener: Int32
    private let stopping: StopSignal
    private let silence = Silence()

    /// Passes connections on to a port of 127.0.0.1.
    public init(to target: Int) throws {
        listener = try Loopback.bound()
        stopping = try StopSignal()
        guard listen(listener, 64) == 0 else { throw SystemError("listen", errno) }
        port = try Loopback.port(of: listener)
        try TestThread.detach { [listener, stopping, silence] in
            Self.serve(listener, target, stopping, silence)
            close(listener)
        }
    }

    deinit { stopping.stop() }

    /// Lets nothing pass from now on.
    public func goSilent() { silence.hasBegun.store(true, ordering: .sequentiallyConsistent) }

    /// Closes no connection from now on, whoever closes its other side.
    public func keepEndsBack() { silence.isOfEnds.store(true, ordering: .sequentiallyConsistent) }

    private final class Silence: Sendable {
        let hasBegun = Atomic<Bool>(false)
        let isOfEnds = Atomic<Bool>(false)
        var isHere: Bool { hasBegun.load(ordering: .sequentiallyConsistent) }
    }

    /// One thread moves the bytes of all connections, a poll every 10 ms at the latest.
    private static func serve(_ listener: Int32, _ target: Int, _ stopping: StopSignal, _ silence: Silence) {
        var pairs: [(Int32, Int32)] = []
        var keptBack: [(Int32, Int32)] = []
        defer {
            for (near, far) in pairs + keptBack {
                close(near)
                close(far)
            }
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while !stopping.isStopped {
            if silence.isHere {
                usleep(10_000)
                continue
            }
            var entries = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            for (near, far) in pairs {
                entries.append(pollfd(fd: near, events: Int16(POLLIN), revents: 0))
                entries.append(pollfd(fd: far, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&entries, nfds_t(entries.count), 10) > 0, !silence.isHere else { continue }
            var ended: Set<Int32> = []
            for (index, pair) in pairs.enumerated() {
                for (entry, from, to) in [(1 + 2 * index, pair.0, pair.1), (2 + 2 * index, pair.1, pair.0)]
                where entries[entry].revents != 0 {
                    let count = recv(from, &chunk, chunk.count, Int32(MSG_DONTWAIT))
                    if count > 0 {
                        sendAll(chunk[..<count], to)
                    } else if count == 0 || errno != EAGAIN {
                        ended.insert(pair.0)
                    }
                }
            }
            for (near, far) in pairs where ended.contains(near) {
                guard !silence.isOfEnds.load(ordering: .sequentiallyConsistent) else {
                    keptBack.append((near, far))
                    continue
                }
                close(near)
                close(far)
            }
            pairs.removeAll { ended.contains($0.0) }
            if entries[0].revents != 0, let near = Descriptor.accept(listener), let far = try? Loopback.stream() {
                _ = Loopback.withAddress(port: target) { connect(far, $0, $1) }
                pairs.append((near, far))
            }
        }
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) {
        var left = bytes
        while !left.isEmpty {
            let count = left.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                left = left.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&entry, 1, 1000) > 0 else { return }
            } else {
                return
            }
        }
    }
}
