/// A test as it is planned: a scenario, or one row of its cases.
public struct TestName: Sendable, Hashable {
    /// The test's number in file order, from 0.
    public var index: Int
    /// Its stable name, unique in the run: `cross_service/gateway/basic_routing[mixtral]`.
    public var name: String
    /// The scenario's file as shown.
    public var file: String
    /// The folders below the root: `cross_service/gateway`; empty at the root.
    public var suite: String
    /// The file's stem.
    public var scenario: String
    /// The row's name where there are cases.
    public var row: String?

    /// Creates a name.
    public init(index: Int, name: String, file: String, suite: String, scenario: String, row: String?) {
        self.index = index
        self.name = name
        self.file = file
        self.suite = suite
        self.scenario = scenario
        self.row = row
    }
}

/// What became of a test.
public struct TestResult: Sendable, Hashable {
    public var test: TestName
    public var description: String?
    public var tags: [String]
    public var verdict: Verdict
    /// Why it was skipped, or what ended it from outside (a crash, an interrupt).
    public var reason: String?
    /// A pass that needed a retry.
    public var isFlaky: Bool
    /// Milliseconds from the run's start.
    public var startedMs: Double
    public var ms: Double
    /// The scenarios that it was the first to need, each with its steps.
    public var needs: [StepReport] = []
    /// What cleaned up after those, when their last user had ended: each with its cleanup steps.
    public var needsCleanup: [StepReport] = []
    public var steps: [StepReport]
    public var cleanup: [StepReport]
    /// Failures of the test as a whole: its variables, its time, a dependency.
    public var failures: [FailureReport]

    /// Creates a result.
    public init(
        test: TestName, description: String? = nil, tags: [String] = [], verdict: Verdict, reason: String? = nil,
        isFlaky: Bool = false, startedMs: Double = 0, ms: Double = 0, steps: [StepReport] = [],
        cleanup: [StepReport] = [], failures: [FailureReport] = []
    ) {
        self.test = test
        self.description = description
        self.tags = tags
        self.verdict = verdict
        self.reason = reason
        self.isFlaky = isFlaky
        self.startedMs = startedMs
        self.ms = ms
        self.steps = steps
        self.cleanup = cleanup
        self.failures = failures
    }
}

extension TestResult {
    /// The result without the steps that passed and have nothing to tell, where the test passed.
    public var withoutPlainSteps: TestResult {
        guard verdict == .passed else { return self }
        var result = self
        result.needs.removeAll(where: \.isPlain)
        result.steps.removeAll(where: \.isPlain)
        result.cleanup.removeAll(where: \.isPlain)
        result.needsCleanup.removeAll(where: \.isPlain)
        return result
    }
}

extension StepReport {
    /// Whether it passed and has no line of its own: no note, no `repeat`, and neither have the steps in it.
    fileprivate var isPlain: Bool {
        verdict == .passed && notes.isEmpty && aggregate == nil && children.allSatisfy(\.isPlain)
    }
}
