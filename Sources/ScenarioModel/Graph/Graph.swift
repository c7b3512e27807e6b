/// The execution graph of a scenario: its steps, what waits for what and why, and what holds for each.
///
/// It is made for people and tools to look at (`plumb plan`); nothing in it is evaluated again.
public struct Graph: Sendable, Hashable {
    /// `cross_service/gateway/basic_routing`; the file's path for a scenario that others need.
    public var name: String
    public var file: String
    public var description: String?
    public var tags: [String] = []
    /// The tests that the scenario makes: one, or one for each row of its cases.
    public var tests: [Test] = []
    /// What holds for the whole scenario: `if`, time-outs.
    public var facts: [Fact] = []
    /// The targets that the steps go through.
    public var targets: [Fact] = []
    /// What it takes for itself, each with why: `locks`, `faults`.
    public var locks: [String] = []
    /// The scenarios that run before it.
    public var needs: [Need] = []
    /// The values that users of the scenario see.
    public var outputs: [Fact] = []
    /// The steps in file order, groups and used scenarios with theirs inside; cleanups stand in the order of their run.
    public var nodes: [Node] = []
    /// The cleanup steps, in the order in which they run if all steps ran.
    public var cleanup: [Node] = []
    public var edges: [Edge] = []

    /// Creates a graph without steps.
    public init(name: String, file: String) {
        self.name = name
        self.file = file
    }

    /// A test that the scenario makes.
    public struct Test: Sendable, Hashable {
        public var name: String
        /// The name of its row.
        public var row: String?
        /// Why it will not run.
        public var skip: String?

        /// Creates a test.
        public init(name: String, row: String?, skip: String?) {
            self.name = name
            self.row = row
            self.skip = skip
        }
    }

    /// A scenario that runs once before this one.
    public struct Need: Sendable, Hashable {
        /// The name in `$needs`.
        public var name: String
        /// The name of the needed scenario's graph.
        public var graph: String
        /// `file:line` of the need.
        public var place: String

        /// Creates a need.
        public init(name: String, graph: String, place: String) {
            self.name = name
            self.graph = graph
            self.place = place
        }
    }

    /// Something that is known, and the place that set it.
    public struct Fact: Sendable, Hashable {
        public var name: String
        public var value: String
        /// `plumb.yaml:12`, `--timeout`, `default`; nil where the step's own text says it.
        public var origin: String?

        /// Creates a fact.
        public init(_ name: String, _ value: String, origin: String? = nil) {
            self.name = name
            self.value = value
            self.origin = origin
        }
    }
}

/// What a run would do: the graphs of its scenarios in the order they start, and what they wait for.
public struct RunGraph: Sendable, Hashable {
    /// The chosen profile.
    public var profile: String?
    /// The configuration's path; nil where defaults serve.
    public var configuration: String?
    /// The scenarios in the order in which they start; they run side by side save where a lock or a need says otherwise.
    public var scenarios: [Graph] = []
    /// The scenarios that others need, each once for its parameters.
    public var needed: [Graph] = []
    /// What some scenario takes for itself.
    public var locks: [Lock] = []

    /// Creates a run without scenarios.
    public init(profile: String?, configuration: String?) {
        self.profile = profile
        self.configuration = configuration
    }

    /// A target or a word that some scenarios take for themselves.
    public struct Lock: Sendable, Hashable {
        public var name: String
        /// The scenarios of which only one runs at a time, and none of `shared` with it.
        public var exclusive: [String]
        /// The scenarios that use it beside each other.
        public var shared: [String]

        /// Creates a lock.
        public init(name: String, exclusive: [String], shared: [String]) {
            self.name = name
            self.exclusive = exclusive
            self.shared = shared
        }
    }

    /// How many tests there are, those that will be skipped included.
    public var testCount: Int { scenarios.reduce(0) { $0 + $1.tests.count } }
    /// How many tests will be skipped.
    public var skipCount: Int { scenarios.reduce(0) { $0 + $1.tests.count { $0.skip != nil } } }
}
