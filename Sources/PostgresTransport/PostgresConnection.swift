internal import EventLoop
internal import Glibc

/// A connection to a PostgreSQL server, which does one thing at a time.
///
/// libpq speaks the protocol, on the loop's thread and without ever waiting there; looking up a name and asking the
/// server to cancel, for which libpq only has calls that wait, have threads of their own.
///
/// `@unchecked Sendable`: used on the loop's thread only, which every operation checks.
public final class PostgresConnection: @unchecked Sendable {
    /// What the connection is good for.
    enum State {
        /// Can transition to: inDoubt, closed.
        case ready
        /// A statement may still be under way, or a cancellation; nothing can be asked any more.
        ///
        /// Can transition to: closed.
        case inDoubt
        case closed
    }

    /// How long a cancelled statement may take to end before the connection is given up.
    static let cancelGrace = Duration.milliseconds(800)

    let loop: EventLoop
    let pause: Pause
    var state = State.ready
    var statements = StatementCache()
    /// Nil when it is closed.
    private(set) var handle: PQHandle?
    private var watched: Int32 = -1
    /// Whether the socket is watched for room to write.
    var isWaitingForRoom = false

    init(_ handle: PQHandle, on loop: EventLoop, _ pause: Pause) {
        self.handle = handle
        self.loop = loop
        self.pause = pause
    }

    deinit {
        guard loop.isOnLoop else { return }
        pause.rest()
        if watched >= 0 { loop.unwatch(watched) }
    }

    /// Where a connection's transaction stands, as the server last said.
    public enum Transaction: Sendable { case none, open, failed, unknown }

    public var transaction: Transaction {
        guard state == .ready, let handle else { return .unknown }
        return switch handle.transaction {
        case .idle: .none
        case .open: .open
        case .failed: .failed
        case .active, .unknown: .unknown
        }
    }

    /// The server's version as it says it: `15.8 (Debian 15.8-0+deb12u1)`.
    public var serverVersion: String { handle?.setting("server_version") ?? "" }

    /// The number of the server's process for this connection.
    public var backend: Int32 { handle?.backend ?? 0 }

    /// Whether the connection is encrypted.
    public var isEncrypted: Bool { handle?.isEncrypted ?? false }

    /// What the server reports of a setting, such as `TimeZone`.
    public func setting(_ name: String) -> String? { handle?.setting(name) }

    /// Whether a statement can be asked: connected, nothing under way, and not closed by the server as far as it is
    /// known here.
    ///
    /// Looks at the socket without waiting.
    public var isReady: Bool {
        loop.checkIsolated()
        guard state == .ready, !pause.isBusy, let handle, !handle.isBad else { return false }
        if handle.isSilent { return true }
        hearIdleServer()
        return state == .ready
    }

    /// What the server said beside its answers since this was last asked.
    public func takeNotices() -> [PostgresNotice] { handle?.takeNotices() ?? [] }

    /// Ends the connection with a farewell to the server, waiting for nothing.
    public func close() {
        loop.checkIsolated()
        unwatch()
        pause.rest()
        state = .closed
        handle = nil
    }
}

// MARK: - The socket

extension PostgresConnection {
    /// Watches the socket for what the server says; returns false when the kernel does not.
    func watch() -> Bool {
        guard let handle, handle.socket >= 0 else { return false }
        watched = handle.socket
        do {
            try loop.watch(watched, for: .read) { [weak self] _ in
                // An event of the turn in which the last owner let go of it.
                guard let self else { return }
                if pause.isBusy { pause.signal() } else { hearIdleServer() }
            }
            return true
        } catch {
            watched = -1
            return false
        }
    }

    /// Waits for room to write as well, while something is left to send.
    func watchForWriting(_ isNeeded: Bool) {
        guard watched >= 0 else { return }
        try? loop.rewatch(watched, for: isNeeded ? [.read, .write] : .read)
    }

    func unwatch() {
        guard watched >= 0 else { return }
        loop.unwatch(watched)
        watched = -1
    }

    /// Reads what the server says unasked: notices, changed settings, or its end.
    private func hearIdleServer() {
        guard let handle, state == .ready else { return }
        var isFine = handle.consume()
        // The words with which the server goes are read before the end of the stream is seen.
        while isFine, !handle.isBad, handle.waitingByteCount > 0 { isFine = handle.consume() }
        if isFine, !handle.isBad, !handle.isSilent { isFine = handle.consume() }
        if !isFine || handle.isBad {
            unwatch()
            state = .inDoubt
        }
    }
}
