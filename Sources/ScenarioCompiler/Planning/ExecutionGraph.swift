internal import Diagnostics
public import Expressions
public import ScenarioModel

/// Draws what a plan of a run would do, without a connection (language.md §4).
///
/// The tests of a scenario share its graph. Each step becomes a node with its request as far as it is known and
/// with the settings that hold for it and the places that set them; each wait becomes an edge with its reason.
/// Scenarios that others need are drawn once for each file and parameters, as they run.
public struct ExecutionGraph {
    private let plan: RunPlan
    private let kinds: [any StepKind]
    private let engine: ExpressionEngine
    private var run: RunGraph
    private var needed: [String: String] = [:]

    /// Returns the graph of a run; the engine evaluates what is known before it.
    public static func draw(_ plan: RunPlan, kinds: [any StepKind], engine: ExpressionEngine) -> RunGraph {
        var graph = ExecutionGraph(plan: plan, kinds: kinds, engine: engine)
        graph.drawScenarios()
        graph.drawLocks()
        return graph.run
    }

    private init(plan: RunPlan, kinds: [any StepKind], engine: ExpressionEngine) {
        self.plan = plan
        self.kinds = kinds
        self.engine = engine
        run = RunGraph(profile: plan.configuration.profile, configuration: plan.configuration.file?.path)
    }

    private mutating func drawScenarios() {
        var start = 0
        while start < plan.tests.count {
            let first = plan.tests[start]
            var end = start + 1
            while end < plan.tests.count, plan.tests[end].name.file == first.name.file { end += 1 }
            let name = first.name.suite.isEmpty ? first.name.scenario : "\(first.name.suite)/\(first.name.scenario)"
            var graph = draw(first.scenario, named: name, suites: first.suites, shared: first.shared, with: [])
            graph.tests = plan.tests[start..<end].map { .init(name: $0.name.name, row: $0.name.row, skip: $0.skip) }
            graph.locks = first.exclusive.sorted()
            run.scenarios.append(graph)
            start = end
        }
    }

    private mutating func draw(
        _ scenario: Scenario, named name: String, suites: [SuiteNode], shared: Set<String>, with: [ValueTemplate.Member]
    ) -> Graph {
        var graph = Graph(name: name, file: scenario.file.path)
        graph.description = scenario.description
        graph.tags = scenario.tags
        let layers = SettingsLayers(plan.configuration, suites: suites, flags: plan.options.flags, scenario: scenario)
        let values = KnownValues(
            plan.configuration, suites: suites, variables: plan.options.variables, engine: engine
        ).entering(scenario, with: with)
        if let condition = scenario.condition { graph.facts.append(.init("if", condition.singleLine)) }
        if scenario.keepGoing { graph.facts.append(.init("keep_going", "true")) }
        graph.facts.append(.init("scenario", layers.scenarioLimit))
        graph.facts.append(.init("cleanup", layers.cleanupLimit))
        for need in scenario.needs {
            graph.needs.append(.init(name: need.name, graph: require(need, suites, values), place: need.span.line))
        }
        graph.outputs = scenario.outputs.map { .init($0.name, $0.expression.singleLine) }
        let targets = TargetFacts(plan.configuration, kinds: kinds, layers: layers)
        graph.targets = targets.list(shared)
        var nodes = NodeDrawing(kinds: kinds, layers: layers, targets: targets)
        graph.nodes = nodes.draw(scenario, values)
        graph.cleanup = nodes.cleanup
        graph.edges = nodes.edges
        return graph
    }

    /// The graph of a needed scenario, drawn once for equal parameters; returns its name.
    private mutating func require(_ need: Scenario.Need, _ suites: [SuiteNode], _ values: KnownValues) -> String {
        let with = need.with.map {
            ValueTemplate.Member(key: $0.key, keySpan: $0.keySpan, value: values.resolved($0.value))
        }
        let parameters = with.map { "\($0.key): \($0.value.written)" }.joined(separator: ", ")
        let name = need.scenario.file.path + (parameters.isEmpty ? "" : "[\(parameters)]")
        if needed[name] == nil {
            needed[name] = name
            let graph = draw(need.scenario, named: name, suites: suites, shared: [], with: with)
            run.needed.append(graph)
        }
        return name
    }

    private mutating func drawLocks() {
        var exclusive: [String: [String]] = [:]
        var shared: [String: [String]] = [:]
        for (test, graph) in zip(firstTests, run.scenarios) {
            for name in test.exclusive { exclusive[name, default: []].append(graph.name) }
            for name in test.shared { shared[name, default: []].append(graph.name) }
        }
        run.locks = exclusive.sorted { $0.key < $1.key }.map { name, owners in
            RunGraph.Lock(name: name, exclusive: owners, shared: shared[name] ?? [])
        }
    }

    private var firstTests: [PlannedTest] {
        var first: [PlannedTest] = []
        for test in plan.tests where first.last?.name.file != test.name.file { first.append(test) }
        return first
    }
}
