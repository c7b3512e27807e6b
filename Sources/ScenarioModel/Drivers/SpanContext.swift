/// The place of a request in a trace, as W3C Trace Context names it.
///
/// A trace is a test: a trace of a whole run would be larger than most trace stores take, and nobody could read it. All
/// ids follow from the run's id, which is new for each run, so that no two runs share a trace although they share a
/// seed; what a report derives once more is what the worker sent.
public struct SpanContext: Sendable, Hashable {
    /// The trace that the span stands in.
    public let trace: TraceID
    /// What the span's id is made of.
    public let span: UInt64
    /// Whether services are asked to keep the trace.
    public let isRecorded: Bool

    /// Creates a place of known ids; their texts are made when somebody reads them, which for most attempts nobody does.
    public init(trace: TraceID, span: UInt64, isRecorded: Bool = true) {
        self.trace = trace
        self.span = span
        self.isRecorded = isRecorded
    }

    /// 16 hexadecimal digits in lower case.
    public var spanID: String { Self.text(of: span) }

    /// The header of that name, version 00.
    public var traceparent: String {
        String(unsafeUninitializedCapacity: 55) { buffer in
            let dash = UInt8(ascii: "-")
            let zero = UInt8(ascii: "0")
            (buffer[0], buffer[1], buffer[2], buffer[35], buffer[52], buffer[53]) = (zero, zero, dash, dash, dash, zero)
            trace.write(to: buffer, at: 3)
            TraceHash.write(span, to: buffer, at: 36)
            buffer[54] = isRecorded ? zero + 1 : zero
            return 55
        }
    }

    /// The id of a span, by what tells it from all others of its run.
    public static func spanID(run: String, path: String) -> String {
        text(of: TraceHash.mixed(TextHash.of(path, after: TextHash.of(run))))
    }

    /// The span of a step at a place of a test: its trail among iterations, its id, and where it is written.
    public static func span(run: String, test: Int, trail: String, step: String, offset: Int) -> UInt64 {
        let place = TextHash.of(step, after: TextHash.of(trail, after: TextHash.of(run)) &+ 1)
        return TraceHash.mixed(
            place ^ TraceHash.mixed(UInt64(truncatingIfNeeded: test) << 32 | UInt64(truncatingIfNeeded: offset)))
    }

    /// The span of a request that a step sends, by a number that no other request of the worker has.
    public static func span(within span: UInt64, number: Int) -> UInt64 {
        TraceHash.mixed(span &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The text of a span's id.
    public static func text(of span: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            TraceHash.write(span, to: buffer, at: 0)
            return 16
        }
    }
}
