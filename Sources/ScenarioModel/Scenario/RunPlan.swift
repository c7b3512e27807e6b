public import Expressions

/// What a run is to do, all of it decided: the tests in file order and what holds for them.
public struct RunPlan: Sendable {
    public var configuration: Configuration
    public var tests: [PlannedTest]
    public var options: Options
    /// Every expression of the run, for the engine.
    public var expressions: [Expression]

    /// Creates a plan.
    public init(configuration: Configuration, tests: [PlannedTest], options: Options, expressions: [Expression]) {
        self.configuration = configuration
        self.tests = tests
        self.options = options
        self.expressions = expressions
    }

    /// What the command line says of the run.
    public struct Options: Sendable {
        /// New for each run.
        public var runID = ""
        /// Makes chance repeatable.
        public var seed = ""
        /// Wall-clock time at the start, RFC 3339 in UTC.
        public var started = ""
        /// When the run began, as time since the machine's start, from which all times of its events count, whichever
        /// worker tells them; nil where the interpreter begins it.
        public var began: Duration?
        /// Tests at a time.
        public var jobs = 1
        /// Stops starting tests behind the first failure.
        public var failFast = false
        /// Permissions such as `exec`.
        public var permissions: Set<String> = []
        /// `--var NAME=VALUE`, laid over the scenarios' own.
        public var variables: Value.Object = .init()
        public var flags = SettingsLayers.Flags()
        /// `--fault`: trouble that is in force as long as the run.
        public var faults: [Fault] = []
        /// Whether requests and answers of passed steps are kept for the reports.
        public var keepsExchanges = true
        /// Whether anyone reads of steps that passed and have nothing to tell, in tests that passed.
        public var keepsPlainSteps = true
        /// Whether anyone looks on as steps begin and end; results hold them whether or not.
        public var tellsSteps = true

        /// Creates options with defaults.
        public init() {}
    }
}

/// A test with its row, its suite and what it shares with others.
public struct PlannedTest: Sendable {
    public var name: TestName
    public var scenario: Scenario
    public var row: Value?
    /// The suite's nodes, outermost first.
    public var suites: [SuiteNode]
    /// Targets used beside other tests.
    public var shared: Set<String>
    /// Targets and words that are its own while it runs.
    public var exclusive: Set<String>
    /// Why it is not run: a suite that is disabled, a target that the profile lacks.
    public var skip: String?
    /// Why it cannot be run: its rows could not be read.
    public var failure: FailureReport?

    /// Creates a planned test.
    public init(
        name: TestName, scenario: Scenario, row: Value?, suites: [SuiteNode], shared: Set<String>,
        exclusive: Set<String>, skip: String?, failure: FailureReport? = nil
    ) {
        self.name = name
        self.scenario = scenario
        self.row = row
        self.suites = suites
        self.shared = shared
        self.exclusive = exclusive
        self.skip = skip
        self.failure = failure
    }
}
