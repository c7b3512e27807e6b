internal import EventLoop

/// What a test keeps with the driver: its sessions, and the targets that are its own.
///
/// Lives on the loop's thread.
final class SQLTestState {
    private var sessions: [String: SQLSession] = [:]
    /// Targets that the scenario derived, which end with the test.
    var ownTargets: [SQLTarget] = []

    /// How long a rollback may take when a test is over.
    static let grace = Duration.seconds(2)

    /// The session of a name on a target.
    func session(_ name: String, on target: String, _ loop: EventLoop) -> SQLSession {
        let key = target + "/" + name
        if let known = sessions[key] { return known }
        let session = SQLSession(name, on: loop)
        sessions[key] = session
        return session
    }

    /// Ends every session: what it had begun is rolled back, and its connection closed.
    func endSessions() async {
        let leases = sessions.values.compactMap(\.lease)
        sessions = [:]
        for lease in leases {
            _ = await lease.connection.reset(until: .now + Self.grace)
            lease.pool.giveBack(lease, isUsable: false)
        }
    }

    /// Ends everything.
    func end() async {
        await endSessions()
        for target in ownTargets { await target.close() }
        ownTargets = []
    }
}
