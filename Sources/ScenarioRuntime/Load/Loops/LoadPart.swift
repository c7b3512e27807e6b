import ScenarioModel

/// The part of a load that one of its loops has: which of its runs and users, and how much of what is bounded.
///
/// Runs are dealt out in rounds, one to each loop. The places in a round move on from time to time, so that each loop
/// meets every row as often as one loop alone would, whatever the numbers of loops and of rows have in common.
struct LoadPart: Hashable, Sendable {
    /// The part of a loop that has the load to itself.
    static let whole = LoadPart(index: 0, of: 1, cases: 1)

    let index: Int
    let count: Int
    /// The rounds after which a loop that kept its place would meet the same rows again.
    private let cycle: Int

    /// Creates the part of a loop among so many, for a load that draws so many tests in turn.
    init(index: Int, of count: Int, cases: Int) {
        self.index = index
        self.count = max(1, count)
        var (divisor, rest) = (self.count, max(1, cases))
        while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
        cycle = max(1, cases) / divisor
    }

    /// The number of the run that the loop has in a round.
    func number(inRound round: Int) -> Int { round * count + (index + round / cycle) % count }

    /// Whether the run of that number is the loop's.
    func owns(_ number: Int) -> Bool { count == 1 || self.number(inRound: number / count) == number }

    /// How many of the runs whose numbers lie below a bound are the loop's.
    func runs(below bound: Int) -> Int {
        let round = bound / count
        return round + (number(inRound: round) < bound ? 1 : 0)
    }

    /// The loop's share of what all may have together: the shares of all loops come to the total.
    func share(of total: Int) -> Int { total / count + (index < total % count ? 1 : 0) }

    /// The numbers of the loop's users.
    func users(of total: Int) -> StrideTo<Int> { stride(from: index, to: total, by: count) }
}

extension Terms {
    /// The loop's share of the target's connections; a loop that had none could do nothing.
    func limited(to part: LoadPart) -> Terms {
        guard part.count > 1 else { return self }
        var own = self
        let most = pool.size.addingReportingOverflow(pool.overflow)
        own.pool.size = max(1, part.share(of: pool.size))
        own.pool.overflow = max(0, part.share(of: most.overflow ? .max : most.partialValue) - own.pool.size)
        own.maxConnections = maxConnections.map { max(1, part.share(of: $0)) }
        return own
    }
}
