public import EventLoop
internal import Glibc
internal import Synchronization

extension PostgresConnection {
    /// Connects to the first server of the settings that takes the connection.
    ///
    /// - Throws: What the last address came to, when the time is over or all were tried; nothing is left open then.
    public static func open(
        _ settings: PostgresSettings, on loop: EventLoop, until deadline: Instant
    ) async throws(PostgresError) -> PostgresConnection {
        loop.checkIsolated()
        if let problem = PQLibrary.problem() { throw problem }
        let settings = try StartupKeywords.expanded(settings)
        let redaction = Redaction(settings)
        var hosts = try HostEntry.list(settings, defaults: Conninfo.defaults())
        let prefersStandby = settings["target_session_attrs"] == "prefer-standby"
        var keywords = settings
        if prefersStandby {
            // One round asks for a standby, a second one takes any.
            keywords["target_session_attrs"] = "standby"
            hosts += hosts
        }
        let opening = Opening(loop: loop, redaction: redaction, settings: keywords)
        var tries = 0
        let result = await opening.pause.during(until: deadline) {
            () async -> Result<PostgresConnection, PostgresError> in
            var turns = AddressTurns(hosts, until: deadline)
            while true {
                switch turns.next(at: .now) {
                case .giveUp(let error): return .failure(error)
                case .lookUp(let host):
                    if prefersStandby, tries >= hosts.count / 2 { opening.settings["target_session_attrs"] = "any" }
                    switch await opening.lookUp(host) {
                    case .success(let addresses): turns.found(addresses)
                    case .failure(let error): if turns.failed(error) { return .failure(error) }
                    }
                case .connect(let entry, let until):
                    tries += 1
                    switch await opening.connect(to: entry, until: until) {
                    case .success(let connection): return .success(connection)
                    case .failure(let error): if turns.failed(error) { return .failure(error) }
                    }
                }
            }
        }
        return try result.get()
    }
}

/// One connection in the making.
private final class Opening {
    let pause: Pause
    var settings: PostgresSettings
    private let loop: EventLoop
    private let redaction: Redaction
    private let begun = Instant.now

    init(loop: EventLoop, redaction: Redaction, settings: PostgresSettings) {
        pause = Pause(on: loop)
        self.loop = loop
        self.redaction = redaction
        self.settings = settings
    }

    /// Finds the addresses of a name on a thread; one that answers too late is not waited for.
    func lookUp(_ host: String) async -> Result<[String], PostgresError> {
        if Resolver.isAddress(host) { return .success([host]) }
        let found = Finding()
        let number = pause.current
        let hasBegun = BackgroundThread.run { [loop, pause] in
            let result = Resolver.addresses(of: host)
            found.result.withLock { $0 = result }
            loop.execute { pause.signal(number) }
        }
        guard hasBegun else {
            return .failure(
                PostgresError(
                    .dns, "no thread is left for looking up '\(host)'", hint: "raise 'ulimit -u'", phase: .dns))
        }
        while true {
            let wake = await pause.next()
            switch found.result.withLock({ $0 }) {
            case .success(let addresses): return .success(addresses)
            case .failure(let failure):
                return .failure(
                    PostgresError(
                        .dns, "'\(host)' has no address: \(failure.reason)", hint: "correct 'host' of the target",
                        phase: .dns))
            case nil: break
            }
            switch wake {
            case .ready: continue
            case .expired:
                return .failure(
                    PostgresError(
                        .dns, "'\(host)' has no address after \((Instant.now - begun).words)",
                        hint: "the name server does not answer", phase: .dns))
            case .cancelled: return .failure(Self.cancelled)
            }
        }
    }

    /// Goes through libpq's steps of connecting to one address.
    func connect(
        to entry: HostEntry, until deadline: Instant
    ) async -> Result<PostgresConnection, PostgresError> {
        guard let handle = PQHandle(StartupKeywords.list(settings, at: entry)) else {
            return .failure(PostgresError(.unreachable, "no memory is left for a connection", phase: .connect))
        }
        var stage = PQHandle.Stage.connecting
        if handle.isBad { return .failure(failure(of: handle, at: entry, stage)) }
        var step = PQHandle.Poll.writing
        var isLate = false
        let timer = loop.schedule(at: deadline) { [pause] in
            isLate = true
            pause.signal()
        }
        defer { loop.cancel(timer) }
        while true {
            switch step {
            case .ready:
                let connection = PostgresConnection(handle, on: loop, pause)
                guard connection.watch() else {
                    return .failure(
                        PostgresError(.unreachable, "the kernel does not watch the connection", phase: .connect))
                }
                return .success(connection)
            case .failed: return .failure(failure(of: handle, at: entry, stage))
            case .reading, .writing:
                // libpq may close its socket and open another one, of the same number even, at every step.
                let socket = handle.socket
                do {
                    try loop.watch(socket, for: step == .reading ? .read : .write) { [pause] _ in pause.signal() }
                } catch {
                    return .failure(
                        PostgresError(.unreachable, "the connection cannot be watched: \(error)", phase: .connect))
                }
                let wake = await pause.next()
                loop.unwatch(socket)
                if wake == .cancelled { return .failure(Self.cancelled) }
                if wake == .expired || isLate { return .failure(expired(entry, stage)) }
                step = handle.poll()
                if !handle.isBad, handle.stage != .ready { stage = handle.stage }
            }
        }
    }

    private func failure(of handle: PQHandle, at entry: HostEntry, _ stage: PQHandle.Stage) -> PostgresError {
        ConnectFailure.error(redaction.clean(handle.complaint), at: entry, stage: stage)
    }

    private func expired(_ entry: HostEntry, _ stage: PQHandle.Stage) -> PostgresError {
        let time = (Instant.now - begun).words
        switch stage {
        case .securing:
            return PostgresError(
                .connectTimeout, "no TLS with \(entry.place) after \(time)",
                hint: "the server took the connection and answers nothing", phase: .tls)
        case .starting:
            return PostgresError(
                .connectTimeout, "\(entry.place) took the connection, and says nothing after \(time)",
                hint: "is this the port of a PostgreSQL server?", phase: .connect)
        case .connecting, .ready:
            return PostgresError(
                .connectTimeout, "no connection to \(entry.place) after \(time)",
                hint: "a firewall may swallow it; correct 'host' and 'port', or raise 'connection_timeout'",
                phase: .connect)
        }
    }

    private static let cancelled = PostgresError(.cancelled, "connecting was cancelled", phase: .connect)
}

/// What a thread found out about a name.
private final class Finding: Sendable {
    let result = Mutex<Result<[String], Resolver.Failure>?>(nil)
}

extension Duration {
    /// For messages: `250 ms`, `5 s`, `1.5 s`.
    var words: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let tenths = milliseconds % 1000 / 100
        return tenths == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds / 1000).\(tenths) s"
    }
}
