/// Which series a page has named so far, by the hash of name and labels.
///
/// Every sample of a page is inserted in its turn. Half a million of them take twelve megabytes.
struct SeriesSet {
    /// The hash of each sample.
    private var hashes: [Int] = []
    /// Open addressing: the number of a sample, or ``empty``.
    private var slots: [UInt32]
    private static let empty = UInt32.max

    init() { slots = [UInt32](repeating: Self.empty, count: 64) }

    /// Adds the next sample; returns an earlier one of the same hash for which the closure holds.
    mutating func insert(_ hash: Int, _ isSame: (Int) -> Bool) -> Int? {
        if (hashes.count + 1) * 4 > slots.count * 3 { grow() }
        let mask = slots.count - 1
        var position = hash & mask
        var found: Int?
        while slots[position] != Self.empty {
            let other = Int(slots[position])
            if hashes[other] == hash, isSame(other) {
                found = other
                break
            }
            position = (position + 1) & mask
        }
        if found == nil { slots[position] = UInt32(hashes.count) }
        hashes.append(hash)
        return found
    }

    private mutating func grow() {
        slots = [UInt32](repeating: Self.empty, count: slots.count * 2)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var position = hash & mask
            while slots[position] != Self.empty { position = (position + 1) & mask }
            slots[position] = UInt32(number)
        }
    }
}
