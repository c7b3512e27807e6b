import EventLoop

/// Which address is tried next, and for how long.
///
/// A server's addresses are tried in turn, as are the servers of a list, until one answers: with yes or with a refusal
/// that the others would repeat. Each gets an equal share of the time that is left, so that one that is silent leaves
/// time for the others.
struct AddressTurns {
    /// What comes next.
    enum Action: Equatable {
        /// Find the addresses of a name.
        case lookUp(String)
        /// Connect, until the share of the time is over.
        case connect(HostEntry, until: Instant)
        /// Nothing is left to try.
        case giveUp(PostgresError)
    }

    private var open: [HostEntry]
    private var failures: [PostgresError] = []
    private let deadline: Instant

    init(_ hosts: [HostEntry], until deadline: Instant) {
        open = hosts
        self.deadline = deadline
    }

    /// Says what to do now.
    mutating func next(at now: Instant) -> Action {
        guard let entry = open.first else {
            return .giveUp(summary)
        }
        if entry.needsLookup { return .lookUp(entry.host) }
        let share = max(.zero, deadline - now) / open.count
        open.removeFirst()
        return .connect(entry, until: open.isEmpty ? deadline : now + share)
    }

    /// Takes the addresses of the name that was to be looked up.
    mutating func found(_ addresses: [String]) {
        guard let entry = open.first else { return }
        open.replaceSubrange(
            0...0, with: addresses.map { HostEntry(host: entry.host, address: $0, port: entry.port) })
    }

    /// Takes a failure, and says whether it ends the round.
    mutating func failed(_ error: PostgresError) -> Bool {
        if error.kind == .dns, !open.isEmpty { open.removeFirst() }
        failures.append(error)
        return !Self.concernsOneAddress(error)
    }

    /// Whether another address may do better.
    private static func concernsOneAddress(_ error: PostgresError) -> Bool {
        switch error.kind {
        case .dns, .refused, .unreachable, .connectTimeout, .reset: true
        // The server is not what 'target_session_attrs' asks for.
        case .rejected: error.complaint?.sqlstate == nil
        default: false
        }
    }

    /// One error for all addresses: the last one's, with what the others came to where that differs.
    private var summary: PostgresError {
        guard var last = failures.last else {
            return PostgresError(.dns, "no server is named", hint: "give 'host'", phase: .dns)
        }
        var others: [String] = []
        for failure in failures.dropLast() where failure.message != last.message && !others.contains(failure.message) {
            others.append(failure.message)
        }
        if !others.isEmpty { last.message += "; before that: " + others.prefix(4).joined(separator: "; ") }
        return last
    }
}
