internal import EventLoop
internal import GRDBSQLite
internal import Glibc
internal import Synchronization

/// Watches over a connection's statements: what they may reach, whether they must stop, what they leave behind.
///
/// SQLite calls it on the connection's thread; a deadline or a cancellation comes from others.
final class StatementGuard: Sendable {
    /// Why a statement was told to stop.
    enum Stop: Sendable {
        case deadline
        case cancelled
    }

    /// What came up while a statement was prepared and run.
    struct Record: Sendable {
        /// What it tried that is forbidden.
        var forbidden: String?
        /// The first of `INSERT`, `UPDATE`, `DELETE` that the statement itself does.
        var change: String?
        /// Whether it waited for a lock as long as it may.
        var gaveUpWaiting = false
    }

    private struct State {
        var stop: Stop?
        var record = Record()
        var isChanged = false
        var waitsSince: Instant?
    }

    private let isStopped = Atomic<Bool>(false)
    private let isWatching = Atomic<Bool>(false)
    private let state = Mutex(State())
    private let busyTimeout: Duration

    init(busyTimeout: Duration) {
        self.busyTimeout = busyTimeout
    }

    /// Why the running statement was told to stop, if it was.
    var stop: Stop? { state.withLock { $0.stop } }

    /// What came up since ``begin()``.
    var record: Record { state.withLock { $0.record } }

    /// Whether the connection has settings or temporary objects that it was not opened with.
    var isChanged: Bool { state.withLock { $0.isChanged } }

    /// Forgets the last statement.
    func begin() {
        state.withLock {
            $0.stop = nil
            $0.record = Record()
        }
        isStopped.store(false, ordering: .sequentiallyConsistent)
    }

    /// Has the running statement stop soon; the first reason holds.
    func stop(_ reason: Stop) {
        state.withLock { if $0.stop == nil { $0.stop = reason } }
        isStopped.store(true, ordering: .sequentiallyConsistent)
    }

    /// Begins to forbid and to note what statements do.
    func watch() {
        isWatching.store(true, ordering: .sequentiallyConsistent)
    }

    /// Whether to try for another connection's lock once more, after a short sleep.
    func waits(tries: Int) -> Bool {
        let now = Instant.now
        let since = state.withLock { state in
            if tries == 0 { state.waitsSince = now }
            return state.waitsSince ?? now
        }
        guard !isStopped.load(ordering: .relaxed), now - since < busyTimeout else {
            state.withLock { $0.record.gaveUpWaiting = true }
            return false
        }
        usleep(useconds_t(min(1 << min(tries, 5), 20)) * 1000)
        return true
    }

    /// Installs the guard in a connection, which must not outlive it.
    func install(in connection: OpaquePointer, maximumLength: Int) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, Int32(clamping: maximumLength))
        unsafe sqlite3_limit(connection, SQLITE_LIMIT_SQL_LENGTH, Int32(clamping: maximumLength))
        unsafe sqlite3_progress_handler(
            connection, 1000,
            { context in
                guard let context = unsafe context else { return 0 }
                let own = unsafe Unmanaged<StatementGuard>.fromOpaque(context).takeUnretainedValue()
                return own.isStopped.load(ordering: .relaxed) ? 1 : 0
            }, context)
        unsafe sqlite3_set_authorizer(
            connection,
            { context, action, first, second, _, trigger in
                guard let context = unsafe context else { return SQLITE_DENY }
                let own = unsafe Unmanaged<StatementGuard>.fromOpaque(context).takeUnretainedValue()
                let words = unsafe (first.map { unsafe String(cString: $0) }, second.map { unsafe String(cString: $0) })
                return own.allows(action, words.0, words.1, inTrigger: unsafe trigger != nil) ? SQLITE_OK : SQLITE_DENY
            }, context)
    }

    private func allows(_ action: Int32, _ first: String?, _ second: String?, inTrigger: Bool) -> Bool {
        guard isWatching.load(ordering: .relaxed) else { return true }
        let verdict = Permission.of(action, first, second)
        state.withLock { state in
            switch verdict {
            case .forbidden(let what): if state.record.forbidden == nil { state.record.forbidden = what }
            case .changesConnection: state.isChanged = true
            case .change(let verb): if !inTrigger, state.record.change == nil { state.record.change = verb }
            case .allowed: break
            }
        }
        if case .forbidden = verdict { return false }
        return true
    }
}
