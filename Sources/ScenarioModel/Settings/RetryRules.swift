/// The part of a `retry` mapping that one place sets; what it leaves out comes from the place before.
public struct RetryPart: Sendable {
    /// Retries after the first try.
    public var max: Setting<Late<Int>>?
    public var on: Setting<[RetryCause]>?
    public var backoff: Setting<Duration>?
    /// The share of the pause, 0 to 1, that is left to chance.
    public var jitter: Setting<Double>?

    /// Creates a part that sets nothing.
    public init() {}

    /// This part where it speaks, else the other.
    public func over(_ below: RetryPart) -> RetryPart {
        var part = self
        part.max = max ?? below.max
        part.on = on ?? below.on
        part.backoff = backoff ?? below.backoff
        part.jitter = jitter ?? below.jitter
        return part
    }

    /// Plumb's own rules: no retry.
    public static var builtIn: RetryPart {
        var part = RetryPart()
        part.max = Setting(.known(0), .builtIn)
        part.on = Setting([.connect], .builtIn)
        part.backoff = Setting(.milliseconds(200), .builtIn)
        part.jitter = Setting(0.5, .builtIn)
        return part
    }
}

/// What a retry answers to (language.md §2, `retry`).
public enum RetryCause: Sendable, Hashable, CustomStringConvertible {
    /// Nothing was sent: dns, refused, unreachable, connect_timeout.
    case connect
    case reset
    case timeout
    /// A service's own code: an HTTP status or an SQLSTATE.
    case code(String)

    public var description: String {
        switch self {
        case .connect: "connect"
        case .reset: "reset"
        case .timeout: "timeout"
        case .code(let code): code
        }
    }
}

/// A value that is known from the text, or only once a template is evaluated.
public enum Late<Known: Sendable>: Sendable {
    case known(Known)
    case template(ValueTemplate)

    /// The value where the text alone tells it.
    public var known: Known? { if case .known(let value) = self { value } else { nil } }
}
