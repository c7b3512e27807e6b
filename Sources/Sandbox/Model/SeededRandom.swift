/// A small generator (SplitMix64) whose whole sequence follows from its seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to 1, without 1.
    mutating func unit() -> Double {
        Double(next() >> 11) / Double(1 << 53)
    }
}

extension UInt64 {
    /// Hashes text by FNV-1a; unlike `Hasher` it gives the same number in every process.
    init(hashing text: String, from basis: UInt64 = 0xCBF2_9CE4_8422_2325) {
        self = text.utf8.reduce(basis) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// The number as 16 hexadecimal digits.
    var hex: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
