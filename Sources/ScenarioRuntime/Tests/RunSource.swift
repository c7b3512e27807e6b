import ScenarioModel

/// What the runs of a test share: the test as planned, the scenario that is run, and where its settings come from.
final class RunSource: Sendable {
    let planned: PlannedTest
    let scenario: Scenario
    let layers: SettingsLayers

    init(planned: PlannedTest, scenario: Scenario, layers: SettingsLayers) {
        self.planned = planned
        self.scenario = scenario
        self.layers = layers
    }
}

/// What begins every seed in a run of a test: the run's seed and the test's name, and the run's number in a load.
struct RunSeed {
    private let base: String
    private let number: Int?

    init(_ base: String, number: Int? = nil) {
        self.base = base
        self.number = number
    }

    /// The text, put together when somebody asks: most runs of a load have nothing that chance decides.
    var text: String { number.map { "\(base)/\($0)" } ?? base }
}
