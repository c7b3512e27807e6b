public import Diagnostics

/// Trouble that a step, a group or the command line puts on a target or a link (language.md §2, `faults`).
public struct Fault: Sendable {
    /// Where the trouble is put: a target, or a link such as `gateway->mixtral`.
    public var place: String
    public var span: SourceSpan
    /// What it is, each with its value as far as that is known; see ``FaultSettings``.
    public var settings: ValueTemplate

    /// Creates a fault.
    public init(place: String, span: SourceSpan, settings: ValueTemplate) {
        self.place = place
        self.span = span
        self.settings = settings
    }

    /// Whether the place is a way from one service to another.
    public var isLink: Bool { Self.isLink(place) }

    /// Whether a name is one of a way from one service to another.
    public static func isLink(_ name: String) -> Bool { name.contains("->") }

    /// The two ends of a link.
    public static func ends(of link: String) -> (from: String, to: String)? {
        guard let arrow = link.range(of: "->") else { return nil }
        return (String(link[..<arrow.lowerBound]), String(link[arrow.upperBound...]))
    }
}

extension String {
    /// The first place of a text in this one.
    fileprivate func range(of text: String) -> Range<String.Index>? { ranges(of: text).first }
}

/// The trouble of one fault with every value known.
public struct FaultSettings: Sendable, Hashable {
    public var latency: Duration?
    public var jitter: Duration?
    /// Bytes per second.
    public var bandwidth: Int?
    public var hangs = false
    public var refuses = false
    /// Bytes of an answer before the reset; 0 for at once.
    public var resetAfter: Int?
    public var truncateAfter: Int?
    public var slice: Int?
    public var slowClose: Duration?
    public var corrupt: Double?
    public var respond: Response?
    public var cutEventsAfter: Int?
    public var direction = Direction.response
    public var first: Int?
    public var chance: Double?

    /// The way of the bytes that it acts on.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        case request, response, both
    }

    /// An answer in the service's place.
    public struct Response: Sendable, Hashable {
        public var status: Int
        public var headers: [(name: String, value: String)]
        public var body: String

        public static func == (left: Response, right: Response) -> Bool { left.bytes == right.bytes }
        public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

        /// The answer as HTTP/1.1 has it; the connection ends behind it.
        public var bytes: [UInt8] {
            var text = "HTTP/1.1 \(status) Injected\r\n"
            for header in headers { text += "\(header.name): \(header.value)\r\n" }
            text += "content-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n" + body
            return Array(text.utf8)
        }
    }

    /// Why a value cannot be one of a fault.
    public struct Problem: Error, Sendable, Hashable {
        /// The key with the bad value; nil where the fault as a whole is wrong.
        public var key: String?
        public var message: String
        public var hint: String
    }

    /// Creates settings without trouble.
    public init() {}

    /// Keys that are trouble by themselves; the others say how and when.
    public static let kinds = [
        "latency", "bandwidth", "hang", "refuse", "reset", "truncate", "slice", "slow_close", "corrupt", "respond",
        "cut_sse_after",
    ]
}
