/// The place of a request in a trace, as W3C Trace Context names it.
///
/// A trace is a test: a trace of a whole run would be larger than most trace stores take, and nobody could read it. All
/// ids follow from the run's id, which is new for each run, so that no two runs share a trace although they share a
/// seed; what a report derives once more is what the worker sent.
public struct SpanContext: Sendable, Hashable {
    /// 32 hexadecimal digits in lower case.
    public let traceID: String
    /// What the span's id is made of.
    public let span: UInt64
    /// Whether services are asked to keep the trace.
    public let isRecorded: Bool

    /// Creates a place of known ids; their texts are made when somebody reads them, which for most attempts nobody does.
    public init(traceID: String, span: UInt64, isRecorded: Bool = true) {
        self.traceID = traceID
        self.span = span
        self.isRecorded = isRecorded
    }

    /// 16 hexadecimal digits in lower case.
    public var spanID: String { Self.text(of: span) }

    /// The header of that name, version 00.
    public var traceparent: String { "00-\(traceID)-\(spanID)-0\(isRecorded ? 1 : 0)" }

    /// The trace of a test, by its number in the run.
    public static func traceID(run: String, test: Int) -> String {
        let place = "\(run)/\(test)"
        return hexadecimal(hash("trace/" + place)) + hexadecimal(hash(place + "/trace"))
    }

    /// The trace that a run itself has, in which its root span stands.
    public static func traceID(run: String) -> String { traceID(run: run, test: -1) }

    /// The id of a span, by what tells it from all others of its run.
    public static func spanID(run: String, path: String) -> String {
        text(of: mixed(hash(path, after: hash(run, after: start))))
    }

    /// The span of a step at a place of a test: its trail among iterations, its id, and where it is written.
    public static func span(run: String, test: Int, trail: String, step: String, offset: Int) -> UInt64 {
        let place = hash(step, after: hash(trail, after: hash(run, after: start)) &+ 1)
        return mixed(place ^ mixed(UInt64(truncatingIfNeeded: test) << 32 | UInt64(truncatingIfNeeded: offset)))
    }

    /// The span of a request that a step sends, by a number that no other request of the worker has.
    public static func span(within span: UInt64, number: Int) -> UInt64 {
        mixed(span &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The text of a span's id.
    public static func text(of span: UInt64) -> String { hexadecimal(span) }

    private static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func hash(_ text: String) -> UInt64 { mixed(hash(text, after: start)) }

    /// FNV-1a spreads the text over the number; SplitMix64 takes care of its higher bits in the end.
    private static func hash(_ text: String, after state: UInt64) -> UInt64 {
        text.utf8.reduce(state) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// SplitMix64's last steps; never zero, which no id may be.
    private static func mixed(_ state: UInt64) -> UInt64 {
        var z = state &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return z == 0 ? 1 : z
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 16) { buffer in
            for place in 0..<16 { buffer[place] = digits[Int(number >> UInt64(60 - 4 * place) & 15)] }
            return 16
        }
    }
}
