import EventLoop

/// What one connection has been through, and what becomes of the bytes that come next.
///
/// A value: it is told what arrived and when, and answers; a ``ProxyConnection`` carries it out.
struct Passage {
    /// Bytes and when they may go on.
    struct Piece {
        var bytes: ArraySlice<UInt8>
        var release: Instant
    }

    /// How a connection ends, once the pieces before it have gone.
    enum End: Equatable {
        case reset
        case close
        /// The caller gets these bytes and then the end.
        case respond([UInt8])
    }

    /// What becomes of bytes that arrived.
    struct Outcome {
        var pieces: [Piece] = []
        var end: End?
    }

    /// What a trouble does to the turn that is under way.
    private struct Turn {
        var number: Int
        var isStruck: Bool
        var passed = 0
        var events = EventCount()
    }

    /// Between two pieces of a slice, so that the system does not join them.
    private static let pieceGap: Duration = .milliseconds(1)
    /// How much of a second a paced piece takes at most.
    private static let piecesPerSecond = 20

    private var turn = 0
    private var last: Trouble.Direction?
    private var turns: [Int: Turn] = [:]
    private var free: [Trouble.Direction: Instant] = [:]
    private var chance: ProxyChance
    /// The strikes by which it was met, which end it when they are lifted.
    private(set) var strikes: Set<Int> = []

    init(seed: UInt64) { chance = ProxyChance(seed) }

    /// Notes bytes that passed while no trouble was in force.
    mutating func passed(_ direction: Trouble.Direction) {
        if direction == .request, last != .request { turn += 1 }
        last = direction
    }

    /// Decides on bytes that arrived.
    mutating func take(
        _ bytes: [UInt8], _ direction: Trouble.Direction, at now: Instant, _ troubles: inout Troubles
    ) -> Outcome {
        passed(direction)
        var outcome = Outcome()
        var bytes = bytes[...]
        var pace: [Trouble] = []
        for index in troubles.records.indices {
            guard draw(index, &troubles) else { continue }
            let record = troubles.records[index]
            let trouble = record.trouble
            let concerns = trouble.directions.contains(direction)
            if direction == .request {
                if let answer = trouble.respond { return Outcome(end: .respond(answer)) }
                if trouble.resetAfter == 0 { return Outcome(end: .reset) }
            }
            if trouble.hangs, concerns { return Outcome() }
            if direction == .response { cut(&bytes, trouble, record.number, &outcome) }
            if let share = trouble.corrupt, concerns { damage(&bytes, share) }
            if concerns { pace.append(trouble) }
        }
        outcome.pieces = pieces(bytes, direction, now, pace)
        return outcome
    }

    /// How much later the end of one direction arrives.
    mutating func delayOfEnd(_ direction: Trouble.Direction, _ troubles: inout Troubles) -> Duration {
        var delay = Duration.zero
        for index in troubles.records.indices {
            guard let slow = troubles.records[index].trouble.slowClose,
                troubles.records[index].trouble.directions.contains(direction), draw(index, &troubles)
            else { continue }
            delay = max(delay, slow)
        }
        return delay
    }

    /// Whether a silence is in force that hides the end of a direction too.
    mutating func hidesEnd(_ direction: Trouble.Direction, _ troubles: inout Troubles) -> Bool {
        for index in troubles.records.indices {
            let trouble = troubles.records[index].trouble
            if trouble.hangs, trouble.directions.contains(direction), draw(index, &troubles) { return true }
        }
        return false
    }

    private mutating func draw(_ index: Int, _ troubles: inout Troubles) -> Bool {
        let record = troubles.records[index]
        // Refusals are counted by connection, where it is made.
        if record.trouble.refuses { return false }
        if let known = turns[record.number], known.number == turn { return known.isStruck }
        let isStruck = troubles.draws(index)
        turns[record.number] = Turn(number: turn, isStruck: isStruck)
        if isStruck { strikes.insert(record.strike) }
        return isStruck
    }

    /// Cuts an answer where a trouble ends it.
    private mutating func cut(
        _ bytes: inout ArraySlice<UInt8>, _ trouble: Trouble, _ number: Int, _ outcome: inout Outcome
    ) {
        guard var state = turns[number] else { return }
        if let most = trouble.resetAfter, state.passed + bytes.count >= most {
            bytes = bytes.prefix(max(0, most - state.passed))
            outcome.end = .reset
        }
        if let most = trouble.truncateAfter, state.passed + bytes.count >= most {
            bytes = bytes.prefix(max(0, most - state.passed))
            outcome.end = .close
        }
        if let most = trouble.cutEventsAfter, let end = state.events.end(ofEvent: most, in: bytes) {
            bytes = bytes[..<end]
            outcome.end = .close
        }
        state.passed += bytes.count
        turns[number] = state
    }

    private mutating func damage(_ bytes: inout ArraySlice<UInt8>, _ share: Double) {
        guard share > 0 else { return }
        for index in bytes.indices where chance.share() < share {
            bytes[index] ^= UInt8(1) << UInt8(chance.next() & 7)
        }
    }

    private mutating func pieces(
        _ bytes: ArraySlice<UInt8>, _ direction: Trouble.Direction, _ now: Instant, _ pace: [Trouble]
    ) -> [Piece] {
        guard !bytes.isEmpty else { return [] }
        var delay = Duration.zero
        var size = bytes.count
        var gap = Duration.zero
        var slowest: Int?
        for trouble in pace {
            if let latency = trouble.latency {
                delay += max(.zero, latency + trouble.jitter * (2 * chance.share() - 1))
            }
            if let slice = trouble.slice {
                size = min(size, max(1, slice))
                gap = Self.pieceGap
            }
            if let bandwidth = trouble.bandwidth {
                slowest = min(slowest ?? .max, max(1, bandwidth))
                size = min(size, max(1, bandwidth / Self.piecesPerSecond))
            }
        }
        var release = max(now + delay, free[direction] ?? now)
        var pieces: [Piece] = []
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            // A slow line has carried the last byte before the piece is there.
            if let slowest { release += .seconds(1) * piece.count / slowest }
            pieces.append(Piece(bytes: piece, release: release))
            if !rest.isEmpty { release += gap }
        }
        free[direction] = release
        return pieces
    }
}

/// Counts server-sent events in an answer by their lines, whatever chunks they come in.
struct EventCount {
    private var isInHead = true
    private var line: [UInt8] = []
    private var hasField = false
    private var count = 0

    /// The place behind an event of this number; nil where it has not ended yet.
    mutating func end(ofEvent number: Int, in bytes: ArraySlice<UInt8>) -> Int? {
        if number <= 0 { return bytes.startIndex }
        for index in bytes.indices {
            guard bytes[index] == 0x0A else {
                // The beginning of a line tells what it is.
                if bytes[index] != 0x0D, line.count < 8 { line.append(bytes[index]) }
                continue
            }
            let isEmpty = line.isEmpty
            defer { line = [] }
            if isInHead {
                if isEmpty { isInHead = false }
            } else if isEmpty {
                if hasField { count += 1 }
                hasField = false
                if count >= number { return index + 1 }
            } else if ["data", "event", "id:", "retry"].contains(where: { line.starts(with: $0.utf8) }) {
                hasField = true
            }
        }
        return nil
    }
}
