/// The troubles that are in force on one proxy, and which turns they strike.
///
/// A turn is what a caller sends and what comes back, until it sends again; `first` and `chance` are decided anew for
/// each.
struct Troubles {
    /// A trouble with what is counted of it.
    struct Record {
        let number: Int
        /// The call by which it was put in force, and is lifted.
        let strike: Int
        let trouble: Trouble
        fileprivate(set) var turnsStruck = 0
        fileprivate var chance: ProxyChance
    }

    private(set) var records: [Record] = []
    private var lastNumber = 0

    var isCalm: Bool { records.isEmpty }

    /// Whether connections are refused by the system itself: no `first` and no `chance` have to be counted.
    var refusesAll: Bool {
        records.contains { $0.trouble.refuses && $0.trouble.first == nil && $0.trouble.chance == nil }
    }

    /// Puts troubles in force; the seed makes their chance repeatable.
    mutating func add(_ troubles: [Trouble], strike: Int, seed: UInt64) {
        for trouble in troubles {
            lastNumber += 1
            records.append(
                Record(
                    number: lastNumber, strike: strike, trouble: trouble,
                    chance: ProxyChance(seed &+ UInt64(lastNumber))))
        }
    }

    /// Ends the troubles of one strike.
    mutating func remove(strike: Int) { records.removeAll { $0.strike == strike } }

    /// Decides whether a trouble strikes the next turn or connection, and counts it.
    mutating func draws(_ index: Int) -> Bool {
        let trouble = records[index].trouble
        if let first = trouble.first, records[index].turnsStruck >= first { return false }
        if let chance = trouble.chance, records[index].chance.share() >= chance { return false }
        records[index].turnsStruck += 1
        return true
    }

    /// Decides whether a new connection is ended at once, where refusals are counted.
    mutating func refusesNext() -> Bool {
        var refuses = false
        for index in records.indices where records[index].trouble.refuses {
            if draws(index) { refuses = true }
        }
        return refuses
    }
}

/// Numbers that look random and follow from a seed (SplitMix64).
struct ProxyChance {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 up to 1.
    mutating func share() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
