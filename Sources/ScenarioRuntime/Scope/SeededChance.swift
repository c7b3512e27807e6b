import ScenarioModel

/// Numbers that look random and depend on a text alone: the same seed gives the same run.
struct SeededChance {
    private var state: UInt64

    /// Begins a sequence that the text determines.
    init(_ text: String) {
        // FNV-1a spreads the text over the state; SplitMix64 takes it from there.
        state = TextHash.of(text)
    }

    /// The next 64 bits (SplitMix64).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 up to 1.
    mutating func share() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// Sixteen hexadecimal digits.
    var identifier: String {
        var copy = self
        let text = String(copy.next(), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
