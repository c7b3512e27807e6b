/// What happens in a run, as it happens; `--report jsonl` writes one a line, and reporters fold them.
public enum RunEvent: WorkerEvent, Hashable {
    /// The run is planned and about to start; the first event.
    case runStarted(RunStart)
    /// A test began.
    case testStarted(test: Int, ms: Double)
    /// A step began; `trail` is its place among groups and elements: `setup → users[2] → create`.
    case stepStarted(test: Int, id: String, trail: String, kind: String, ms: Double)
    /// A step that does one thing many times is so far; told now and then, where steps are followed.
    case stepProgressed(test: Int, trail: String, progress: StepProgress, ms: Double)
    /// A step ended, as one line; the whole of it is in the test's result.
    case stepFinished(test: Int, id: String, trail: String, verdict: Verdict, ms: Double)
    /// A test ended. In file order only in reports, not in the stream.
    case testFinished(TestResult)
    /// A needed scenario was cleaned up; `test` was the first to need it, and has a result by then.
    case needCleaned(test: Int, cleanup: StepReport)
    /// Something that concerns no single test: a worker that was restarted, a suite that is disabled.
    case note(String)
    /// The run ended; the last event.
    case runFinished(RunEnd)
}

/// What is known when a run starts.
public struct RunStart: Sendable, Hashable {
    /// New for each run.
    public var id: String
    public var version: String
    public var seed: String
    public var profile: String?
    /// Wall-clock time, RFC 3339 in UTC.
    public var started: String
    /// The same in milliseconds since 1970, as exactly as the clock has it; 0 where it is not known.
    public var startedUnixMs: Double
    public var jobs: Int
    /// All tests, in file order.
    public var tests: [TestName]
    /// What the configuration asks of the suites that have tests here.
    public var suites: [ConfiguredSuite] = []

    /// Creates a start.
    public init(
        id: String, version: String, seed: String, profile: String?, started: String,
        startedUnixMs: Double = 0, jobs: Int, tests: [TestName]
    ) {
        self.id = id
        self.version = version
        self.seed = seed
        self.profile = profile
        self.started = started
        self.startedUnixMs = startedUnixMs
        self.jobs = jobs
        self.tests = tests
    }
}

/// How a run ended.
public struct RunEnd: Sendable, Hashable {
    public var ms: Double
    /// Whether a signal ended it.
    public var isInterrupted: Bool
    /// The exit status that the command will give (language.md §5).
    public var status: Int
    /// Requests sent, and connections opened, by the whole run.
    public var requests: Int

    /// Creates an end.
    public init(ms: Double, isInterrupted: Bool, status: Int, requests: Int = 0) {
        self.ms = ms
        self.isInterrupted = isInterrupted
        self.status = status
        self.requests = requests
    }
}

/// A whole run as reports that are written at its end see it: results in file order.
public struct RunResult: Sendable, Hashable {
    public var start: RunStart
    public var tests: [TestResult]
    public var notes: [String]
    public var end: RunEnd

    /// Creates a result.
    public init(start: RunStart, tests: [TestResult], notes: [String], end: RunEnd) {
        self.start = start
        self.tests = tests
        self.notes = notes
        self.end = end
    }

    /// The number of tests with a verdict.
    public func count(_ verdict: Verdict) -> Int { tests.count { $0.verdict == verdict } }
}
