/// What the configuration asks of a folder of scenarios: the `test_scenarios` of its node.
public struct ConfiguredSuite: Sendable, Hashable {
    /// The folders below the root: `cross_service/gateway`.
    public var suite: String
    /// The names that `test_scenarios` lists, in its order.
    public var scenarios: [String]
    /// Those of them that have no file.
    public var missing: [String]

    /// Creates a suite's configuration.
    public init(suite: String, scenarios: [String], missing: [String] = []) {
        self.suite = suite
        self.scenarios = scenarios
        self.missing = missing
    }
}
