import FoundationEssentials

/// Texts made of valid ones by small damage: the same for the same seed, so that what fails fails again.
///
/// ```swift
/// for bytes in Mutations(of: ["a: 1\n"], words: ["[", "*a"], count: 1000, seed: 1) { read(bytes) }
/// ```
///
/// With `PLUMB_FUZZ_SECONDS` in the environment a sequence goes on for that long, and `PLUMB_FUZZ_SEED` changes its seed.
public struct Mutations: Sequence, IteratorProtocol {
    private let originals: [[UInt8]]
    private let words: [[UInt8]]
    private var left: Int
    private var chance: SplitMix
    private var deadline: ContinuousClock.Instant?

    /// Begins a sequence of so many texts; `words` are put in where chance wants.
    public init(of originals: [String], words: [String] = [], count: Int, seed: UInt64) {
        self.init(of: originals.map { Array($0.utf8) }, words: words, count: count, seed: seed)
    }

    /// Begins a sequence of so many texts made of bytes.
    public init(of originals: [[UInt8]], words: [String] = [], count: Int, seed: UInt64) {
        self.originals = originals.isEmpty ? [[]] : originals
        self.words = words.map { Array($0.utf8) } + Self.strange
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["PLUMB_FUZZ_SECONDS"].flatMap { Double($0) }
        left = seconds == nil ? count : .max
        deadline = seconds.map { .now + .seconds($0) }
        chance = SplitMix(state: seed &+ (environment["PLUMB_FUZZ_SEED"].flatMap { UInt64($0) } ?? 0) &* 0x1_0001)
    }

    public mutating func next() -> [UInt8]? {
        guard left > 0, deadline.map({ $0 > .now }) ?? true else { return nil }
        left -= 1
        var bytes = originals[chance.below(originals.count)]
        for _ in 0...chance.below(4) { damage(&bytes) }
        return bytes
    }

    /// What readers stumble over: ends, control characters, half a character, what is no character at all.
    private static let strange: [[UInt8]] = [
        [0], [0x0A], [0x0D, 0x0A], [0x09], [0x1B], [0x7F], [0xC3], [0xE2, 0x80], [0xFF], [0xC0, 0xAF],
        [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBB, 0xBF], [0xE2, 0x80, 0xA8], [0xF0, 0x9F, 0x98, 0x80],
    ]

    private mutating func damage(_ bytes: inout [UInt8]) {
        let place = chance.below(bytes.count + 1)
        switch chance.below(7) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(chance.below(8))
        case 1 where place < bytes.count: bytes[place] = UInt8(chance.below(256))
        case 2: bytes.removeSubrange(place..<Swift.min(bytes.count, place + 1 + chance.below(8)))
        case 3: bytes.insert(contentsOf: words[chance.below(words.count)], at: place)
        case 4:
            // A piece of it again, many times at most as long as is still quick.
            let piece = bytes[place..<Swift.min(bytes.count, place + 1 + chance.below(12))]
            for _ in 0...chance.below(40) where bytes.count < 20_000 { bytes.insert(contentsOf: piece, at: place) }
        case 5:
            let other = originals[chance.below(originals.count)]
            let start = chance.below(other.count + 1)
            bytes.replaceSubrange(place..., with: other[start...])
        default: bytes.removeSubrange(place...)
        }
    }
}

/// SplitMix64: a small generator with one number of state.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number from 0 up to a bound, which is above 0.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
