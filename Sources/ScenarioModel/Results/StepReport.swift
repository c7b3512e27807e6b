public import Expressions

/// What became of a step, with what it sent and got.
public struct StepReport: Sendable, Hashable {
    public var id: String
    /// The title for people, where one is written.
    public var name: String?
    /// The step's kind, such as `http`, `wait`, `group`, `use`, or `check` where none is written.
    public var kind: String
    /// Where the step is written.
    public var place: Place
    public var verdict: Verdict
    /// Why it was skipped, or what a `repeat` came to: `98/100 passed, p95 412 ms`.
    public var reason: String?
    /// Whether it passed only after a retry.
    public var isFlaky: Bool = false
    /// Milliseconds from the run's start.
    public var startedMs: Double = 0
    public var ms: Double = 0
    /// The connection it used.
    public var target: String?
    /// Where its requests stand in the trace of its test; nil where it sent none.
    public var trace: Trace?
    /// What was sent and what came back, at the last attempt.
    public var exchange: Exchange?
    /// Earlier attempts that were retried, oldest first, with what each met.
    public var retries: [Retry] = []
    public var polls: Polls?
    /// Milliseconds from the end of its faults until a group had passed again.
    public var recoveredMs: Double?
    public var failures: [FailureReport] = []
    /// Captured values by name, secrets masked.
    public var captures: Value.Object = .init()
    /// The steps of a group or `use`, the elements of an `each`, the failed runs of a `repeat`.
    public var children: [StepReport] = []
    /// The aggregate of a `repeat`.
    public var aggregate: Value?
    /// How the runs of a `repeat` went over time, for plots: `{stretch_ms, over_time, histogram, failed_histogram}`.
    public var course: Value?
    /// The steps beside it that it waited for by a reference, `needs` or a watch, not by the order of the file alone.
    public var needs: [String] = []
    /// Facts worth a line: a number carried as text, a cleanup that may have left something.
    public var notes: [String] = []

    /// Creates a report of a step that is about to run.
    public init(id: String, name: String?, kind: String, place: Place, verdict: Verdict) {
        self.id = id
        self.name = name
        self.kind = kind
        self.place = place
        self.verdict = verdict
    }

    /// An attempt that was sent again.
    public struct Retry: Sendable, Hashable {
        /// What it met: `connect: refused`, `status 503`.
        public var cause: String
        public var ms: Double
        /// The pause before the next attempt, in milliseconds.
        public var waitedMs: Double
        /// Milliseconds from the run's start.
        public var startedMs: Double
        /// Its span in the step's trace; empty where it has none.
        public var spanID: String
        /// Creates a record of a retried attempt.
        public init(cause: String, ms: Double, waitedMs: Double, startedMs: Double = 0, spanID: String = "") {
            self.cause = cause
            self.ms = ms
            self.waitedMs = waitedMs
            self.startedMs = startedMs
            self.spanID = spanID
        }
    }

    /// The ids by which the logs of services and the report find each other.
    public struct Trace: Sendable, Hashable {
        /// The trace of the test.
        public var traceID: String
        /// The span of the step.
        public var spanID: String
        /// The span of the last attempt, which `traceparent` told.
        public var attemptSpanID: String
        /// When the last attempt began, in milliseconds from the run's start.
        public var startedMs: Double
        /// How long it took.
        public var ms: Double
        /// Creates a record of a step's ids.
        public init(traceID: String, spanID: String, attemptSpanID: String, startedMs: Double, ms: Double) {
            self.traceID = traceID
            self.spanID = spanID
            self.attemptSpanID = attemptSpanID
            self.startedMs = startedMs
            self.ms = ms
        }
    }

    /// How an `until` went.
    public struct Polls: Sendable, Hashable {
        public var count: Int
        public var ms: Double
        /// What the condition last yielded, as JSON, or its error.
        public var last: String
        /// Creates a record of polling.
        public init(count: Int, ms: Double, last: String) {
            self.count = count
            self.ms = ms
            self.last = last
        }
    }

    /// A request and its answer as people read them; values are masked and cut by the sink.
    public struct Exchange: Sendable, Hashable {
        /// One line: `POST http://127.0.0.1:8000/v1/chat/completions`.
        public var summary: String
        /// The request in full, a line each.
        public var request: [String]
        /// The answer's first line and headers, a line each, remarks in brackets; empty where none came.
        public var response: [String]
        /// The beginning of the answer's body as text.
        public var body: String?
        /// The body's true length in bytes.
        public var bodyBytes: Int?
        /// A command that sends the same request by hand.
        public var command: String?
        /// Phases in milliseconds: dns, connect, tls, first_byte, total.
        public var timing: Value.Object
        /// What a trace tells of it, by the names of OpenTelemetry's conventions.
        public var attributes: Value.Object
        /// Creates an exchange.
        public init(
            summary: String, request: [String] = [], response: [String] = [], body: String? = nil,
            bodyBytes: Int? = nil, command: String? = nil, timing: Value.Object = .init(),
            attributes: Value.Object = .init()
        ) {
            self.summary = summary
            self.request = request
            self.response = response
            self.body = body
            self.bodyBytes = bodyBytes
            self.command = command
            self.timing = timing
            self.attributes = attributes
        }
    }
}
