public import ScenarioModel

/// The last runs of a project, what became of each test in each of them, and its last loads.
public struct KeptHistory: Sendable, Hashable {
    /// The runs, oldest first.
    public var runs: [KeptRun]
    /// What became of each test, by name: a place for each run, nil where the test was no part of it.
    public var tests: [String: [KeptTest?]]
    /// The loads, oldest first.
    public var loads: [KeptLoad] = []

    /// Creates a history without loads.
    public init(runs: [KeptRun], tests: [String: [KeptTest?]]) {
        self.runs = runs
        self.tests = tests
    }
}

/// A run, as its history keeps it.
public struct KeptRun: Sendable, Hashable {
    public var id: String
    /// Wall-clock time, RFC 3339 in UTC.
    public var started: String
    public var version: String
    public var profile: String?
    public var seed: String
    public var ms: Double
    public var status: Int
    public var passed: Int
    public var failed: Int
    public var errors: Int
    public var skipped: Int
    public var flaky: Int

    /// Creates a kept run of its parts.
    public init(
        id: String, started: String, version: String, profile: String?, seed: String, ms: Double, status: Int,
        passed: Int, failed: Int, errors: Int, skipped: Int, flaky: Int
    ) {
        self.id = id
        self.started = started
        self.version = version
        self.profile = profile
        self.seed = seed
        self.ms = ms
        self.status = status
        self.passed = passed
        self.failed = failed
        self.errors = errors
        self.skipped = skipped
        self.flaky = flaky
    }

    /// What is kept of a run.
    public init(_ result: RunResult) {
        self.init(
            id: result.start.id, started: result.start.started, version: result.start.version,
            profile: result.start.profile, seed: result.start.seed, ms: result.end.ms, status: result.end.status,
            passed: result.count(.passed), failed: result.count(.failed), errors: result.count(.error),
            skipped: result.count(.skipped), flaky: result.tests.count(where: \.isFlaky))
    }
}

/// What became of a test in a run.
public struct KeptTest: Sendable, Hashable {
    public var verdict: Verdict
    public var isFlaky: Bool
    public var ms: Double

    /// Creates a kept test.
    public init(verdict: Verdict, isFlaky: Bool, ms: Double) {
        self.verdict = verdict
        self.isFlaky = isFlaky
        self.ms = ms
    }

    /// A letter: passed, retried, failed, error, skipped.
    var sign: String {
        switch verdict {
        case .passed: isFlaky ? "r" : "p"
        case .failed: "f"
        case .error: "e"
        case .skipped: "s"
        }
    }
    var isPassed: Bool { verdict == .passed }
    var isTrouble: Bool { verdict == .failed || verdict == .error }
}
