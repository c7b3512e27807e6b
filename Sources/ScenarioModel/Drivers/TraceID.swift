/// The id of a trace: 128 bits, whose text is made when somebody reads it.
public struct TraceID: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The trace of a test, by its number in the run.
    public init(run: String, test: Int) {
        let place = "\(run)/\(test)"
        self.init(high: TraceHash.of("trace/" + place), low: TraceHash.of(place + "/trace"))
    }

    /// The trace that a run itself has, in which its root span stands.
    public init(run: String) { self.init(run: run, test: -1) }

    /// One of many traces that belong together, each by its number.
    public func numbered(_ number: Int) -> TraceID {
        let step = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
        return TraceID(high: TraceHash.mixed(high &+ step), low: TraceHash.mixed(low ^ step))
    }

    /// 32 hexadecimal digits in lower case.
    public var text: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            write(to: buffer, at: 0)
            return 32
        }
    }

    /// Writes the 32 digits.
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>, at place: Int) {
        TraceHash.write(high, to: buffer, at: place)
        TraceHash.write(low, to: buffer, at: place + 16)
    }
}

/// How the ids of traces and spans are made and written.
enum TraceHash {
    /// FNV-1a spreads the text over the number; SplitMix64 takes care of its higher bits in the end.
    static func of(_ text: String) -> UInt64 { mixed(TextHash.of(text)) }

    /// SplitMix64's last steps; never zero, which no id may be.
    static func mixed(_ state: UInt64) -> UInt64 {
        var z = state &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return z == 0 ? 1 : z
    }

    /// Writes 16 hexadecimal digits in lower case.
    static func write(_ number: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        bytes.storeBytes(of: digits(UInt32(number >> 32)).bigEndian, toByteOffset: start, as: UInt64.self)
        bytes.storeBytes(
            of: digits(UInt32(truncatingIfNeeded: number)).bigEndian, toByteOffset: start + 8, as: UInt64.self)
    }

    /// Eight digits at once, a byte each, the first of them the highest: each request has three numbers of such digits.
    private static func digits(_ number: UInt32) -> UInt64 {
        var nibbles = UInt64(number)
        nibbles = (nibbles << 16 | nibbles) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles << 8 | nibbles) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles << 4 | nibbles) & 0x0F0F_0F0F_0F0F_0F0F
        // One in each byte whose digit is a letter.
        let letters = ((nibbles + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        let distance = UInt64(UInt8(ascii: "a") - 10 - UInt8(ascii: "0"))
        return nibbles + 0x3030_3030_3030_3030 + letters * distance
    }
}
