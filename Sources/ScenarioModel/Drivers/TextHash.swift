/// FNV-1a: a number that follows from a text alone, the same in every process.
public enum TextHash {
    /// The number of no text.
    public static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The number of a text, or of one that continues what led to a state.
    public static func of(_ text: String, after state: UInt64 = start) -> UInt64 {
        text.utf8.reduce(state) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
