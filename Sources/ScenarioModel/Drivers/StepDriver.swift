public import Expressions

/// The working face of a driver: carries out the requests of one kind on the event loop.
///
/// A driver lives on one loop and is called there only.
public protocol StepDriver: AnyObject {
    /// The key of its kind.
    var kind: String { get }
    /// Whether it keeps to a target's bound of connections by itself, because it pools them.
    var hasPools: Bool { get }
    /// Sends a prepared request once and waits for its answer until the deadline, with one attempt's limits.
    ///
    /// Cancelling the task ends the attempt at once; what comes back then is not used.
    func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt
    /// Ends what a test must not keep open while it cleans up: pinned connections, which may hold locks.
    ///
    /// Neither this nor ``endSession(_:)`` need be called for a session that is empty.
    func endSteps(_ session: TestSession) async
    /// Ends what a test kept open: cookies, connections of its own targets.
    func endSession(_ session: TestSession) async
    /// Opens a target and says what answered, for `plumb doctor`.
    func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination
    /// Ends what the driver holds.
    func shutDown() async
}

extension StepDriver {
    public var hasPools: Bool { false }
    public func endSteps(_ session: TestSession) async {}
}

/// The bounds of one attempt.
public struct AttemptLimits: Sendable {
    /// For all of the attempt, connecting included.
    public var timeout: Duration
    /// For connecting.
    public var connect: Duration
    /// Names the step to the server and in its logs.
    public var label: String
    /// Of the pool that the attempt's connection comes from, where its kind has pools.
    public var pool: PoolBounds
    /// Whether the step is marked `idempotent`, so that what was lost on the way may be sent once more.
    public var mayRepeat: Bool
    /// Which attempt of its poll it is, from 1.
    public var number: Int
    /// The step that services are told of; nil where none sends.
    public var origin: StepOrigin?
    /// The attempt's own place in the trace of its test.
    public var span: SpanContext?
    /// Hears, on the driver's loop, how far an attempt of many requests is; nil where nobody follows it.
    public var onProgress: (@Sendable (StepProgress) -> Void)?

    /// Creates limits.
    public init(
        timeout: Duration, connect: Duration, label: String = "", pool: PoolBounds = PoolBounds(),
        mayRepeat: Bool = false, number: Int = 1, origin: StepOrigin? = nil, span: SpanContext? = nil,
        onProgress: (@Sendable (StepProgress) -> Void)? = nil
    ) {
        self.timeout = timeout
        self.connect = connect
        self.label = label
        self.pool = pool
        self.mayRepeat = mayRepeat
        self.number = number
        self.origin = origin
        self.span = span
        self.onProgress = onProgress
    }
}

/// How far an attempt is that does one thing many times.
public struct StepProgress: Sendable, Hashable {
    public var done: Int
    /// How many there are in all, where that is known beforehand.
    public var total: Int?
    /// What is counted, in the plural: `points`.
    public var unit: String

    /// Creates a count.
    public init(done: Int, of total: Int?, unit: String) {
        self.done = done
        self.total = total
        self.unit = unit
    }
}

/// What one attempt came to.
public struct Attempt {
    /// The members of the result, `error` among them.
    public var result: SharedValue
    /// What was sent and what came, for reports; computed when asked for.
    public var exchange: () -> StepReport.Exchange
    /// The service's own code, which `retry: {on: …}` may name: `503`, `40P01`.
    public var code: String?
    /// Requests that went on the wire.
    public var requests: Int
    /// What few attempts have; kept apart, since every attempt is handed through many calls.
    private let rest: Rest?

    private final class Rest {
        let error: StepError?
        let retryAfter: Duration?
        let notes: [String]
        let secrets: [String]
        let place: Place?

        init(_ error: StepError?, _ retryAfter: Duration?, _ notes: [String], _ secrets: [String], _ place: Place?) {
            self.error = error
            self.retryAfter = retryAfter
            self.notes = notes
            self.secrets = secrets
            self.place = place
        }
    }

    /// The error where there is one; an answer that the service refused is no transport error.
    public var error: StepError? { rest?.error }
    /// How long the service asks to wait before the next try.
    public var retryAfter: Duration? { rest?.retryAfter }
    /// Facts worth a line in the step's report: a number carried as text, a header that could not be read.
    public var notes: [String] { rest?.notes ?? [] }
    /// Secrets that the driver came by, such as a token it fetched; masked from now on.
    public var secrets: [String] { rest?.secrets ?? [] }
    /// What of the scenario the error is about, where the service told; left out: the step.
    public var place: Place? { rest?.place }
    /// Whether it met an error.
    public var isInError: Bool { rest?.error != nil }

    /// Creates an attempt's outcome.
    public init(
        result: SharedValue, error: StepError?, exchange: @escaping () -> StepReport.Exchange, code: String? = nil,
        retryAfter: Duration? = nil, requests: Int = 1, notes: [String] = [], secrets: [String] = [],
        place: Place? = nil
    ) {
        self.result = result
        self.exchange = exchange
        self.code = code
        self.requests = requests
        let isPlain = error == nil && retryAfter == nil && notes.isEmpty && secrets.isEmpty && place == nil
        rest = isPlain ? nil : Rest(error, retryAfter, notes, secrets, place)
    }
}

/// An error that is a step's result (language.md §2, "Errors are results").
public struct StepError: Error, Sendable, Hashable {
    public var kind: Kind
    /// One sentence, lower case, no full stop.
    public var message: String
    /// How far it came: `dns`, `connect`, `tls`, `request`, `first_byte`, `body`.
    public var phase: String?
    /// The fields that the service itself gives, such as an SQLSTATE and its detail.
    public var fields: Value.Object
    public var hint: String?

    /// The classes of errors, the same for all kinds of step.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case dns, refused, unreachable
        case connectTimeout = "connect_timeout"
        case tls, auth, reset, truncated, `protocol`, timeout
        case tooLarge = "too_large"
        case poolExhausted = "pool_exhausted"
        case rejected
    }

    /// Creates an error.
    public init(
        _ kind: Kind, _ message: String, phase: String? = nil, fields: Value.Object = .init(), hint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.phase = phase
        self.fields = fields
        self.hint = hint
    }

    /// What is known of it beside its message, a line each: the phase, and the service's own words.
    public var facts: [String] {
        var facts = phase.map { ["phase: \($0)"] } ?? []
        for (name, value) in fields
        where !["position", "statement"].contains(name) && (hint == nil || value.string != hint) {
            facts.append("\(name): \(value.tostring)")
        }
        return facts
    }

    /// Whether nothing was sent, so that any request may be tried again.
    public var isBeforeSending: Bool {
        switch kind {
        case .dns, .refused, .unreachable, .connectTimeout: true
        default: false
        }
    }

    /// The value of a result's `error` member.
    public var value: Value {
        var object = Value.Object()
        object["kind"] = .string(kind.rawValue)
        object["message"] = .string(message)
        object["phase"] = phase.map { .string($0) } ?? .null
        for (key, value) in fields { object[key] = value }
        return .object(object)
    }
}

/// What a test keeps with drivers between its steps.
public final class TestSession {
    /// The test's name, which servers are told.
    public let test: String
    private var kept: [String: AnyObject] = [:]

    /// Creates an empty session.
    public init(test: String) { self.test = test }

    /// Whether no driver keeps anything, so that there is nothing to end.
    public var isEmpty: Bool { kept.isEmpty }

    /// A driver's own state, by a key of its choice.
    public subscript(key: String) -> AnyObject? {
        get { kept[key] }
        set { kept[key] = newValue }
    }
}

/// What `plumb doctor` learned of a target.
public struct Examination: Sendable {
    public var isReachable: Bool
    /// What answered: version, latency, pool; or what went wrong.
    public var facts: [String]
    /// What to do when nothing answered.
    public var advice: String?

    /// Creates an examination's outcome.
    public init(isReachable: Bool, facts: [String], advice: String? = nil) {
        self.isReachable = isReachable
        self.facts = facts
        self.advice = advice
    }
}
