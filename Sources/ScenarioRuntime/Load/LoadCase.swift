import Expressions
import ScenarioModel

/// A test whose runs a load draws, with what they share.
final class LoadCase: @unchecked Sendable {
    // Confined to the interpreter's executor, like the values it holds.
    let source: RunSource
    let name: String
    let suite: SharedValue
    let row: SharedValue?
    let terms = KnownTerms()
    let limit: Setting<Duration>
    let cleanup: Block?
    /// Whether an expression reads `$run`, which is new for each run.
    let readsRun: Bool
    /// Whether anything stands before the first step: variables, needs, a condition.
    let hasBeginning: Bool
    let prefix: String
    /// The drivers of its steps; the others need not be told of a run's end.
    let drivers: [any StepDriver]
    let seed: String
    /// Whether its steps put trouble on targets or links.
    let hasFaults: Bool
    /// Its steps, where they come one after another and nothing goes on behind one that does not pass.
    let chain: [Link]?

    /// A step of a chain.
    final class Link: Sendable {
        let step: Step
        /// The request, where the step sends one, judges the answer, and nothing else is around that.
        let request: (any StepRequest)?

        init(_ step: Step) {
            self.step = step
            guard case .request(let request) = step.action, step.condition == nil, step.until == nil,
                step.each == nil, step.repetition == nil, step.faults.isEmpty, !(request is any WatchingRequest)
            else {
                self.request = nil
                return
            }
            self.request = request
        }
    }

    init(_ source: RunSource, prefix: String, drivers: [any StepDriver], seed: String) {
        self.source = source
        self.prefix = prefix
        self.drivers = drivers
        self.seed = seed
        let planned = source.planned
        let scenario = source.scenario
        name = planned.name.name
        suite = SharedValue(.object(planned.suites.suiteData))
        row = planned.row.map { SharedValue($0) }
        limit = source.layers.scenarioLimit
        cleanup = scenario.cleanup
        hasFaults = !scenario.faults.isEmpty
        hasBeginning =
            !scenario.fileVariables.isEmpty || !scenario.variables.isEmpty || !scenario.needs.isEmpty
            || scenario.condition != nil
        let hasWatch = scenario.steps.edges.contains { if case .watch = $0.reason { true } else { false } }
        let isChain = !scenario.steps.isParallel && !hasWatch && !scenario.keepGoing
        chain = isChain ? scenario.steps.steps.map(Link.init) : nil
        readsRun = scenario.expressions.contains { expression in
            expression.analysis.references.contains { $0.variable == "run" }
        }
    }
}
