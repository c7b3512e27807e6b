internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Draws the steps of a scenario as nodes, and what they wait for as edges.
struct NodeDrawing {
    private let kinds: [any StepKind]
    private let layers: SettingsLayers
    private let targets: TargetFacts
    private(set) var edges: [Graph.Edge] = []
    /// The cleanup steps, in the order in which they run if all steps ran.
    private(set) var cleanup: [Graph.Node] = []
    /// The cleanups met so far: the last of them runs first.
    private var cleanups: [(owner: String, nodes: [Graph.Node])] = []

    init(kinds: [any StepKind], layers: SettingsLayers, targets: TargetFacts) {
        self.kinds = kinds
        self.layers = layers
        self.targets = targets
    }

    /// Where a step stands: the scenario that holds it, and the ids of the steps that use this one.
    private struct Place {
        var scenario: Scenario
        var prefix: String
        var values: KnownValues
        /// The settings of the file: those of a used scenario are its own.
        var layers: SettingsLayers
    }

    /// Returns the nodes of the scenario's steps; cleanups and edges are kept beside.
    mutating func draw(_ scenario: Scenario, _ values: KnownValues) -> [Graph.Node] {
        let place = Place(scenario: scenario, prefix: "", values: values, layers: layers)
        let nodes = draw(scenario.steps, place)
        var all = cleanups
        if let block = scenario.cleanup {
            let own = draw(block, place)
            all.insert((scenario.name, own), at: 0)
            if let first = own.first, let last = nodes.last {
                edges.append(.init(from: last.id, to: first.id, reason: .cleanup))
            }
        }
        cleanup = all.reversed().flatMap { cleanup in
            cleanup.nodes.map { node in
                var node = node
                node.undoes = cleanup.owner
                return node
            }
        }
        return nodes
    }

    private mutating func draw(_ block: Block, _ place: Place) -> [Graph.Node] {
        for edge in block.edges {
            let from = place.prefix + block.steps[edge.from].id
            let to = place.prefix + block.steps[edge.to].id
            switch edge.reason {
            case .chain: edges.append(.init(from: from, to: to, reason: .chain))
            case .needs(let span): edges.append(.init(from: from, to: to, reason: .needs, place: span.line))
            case .reference(let span): edges.append(.init(from: from, to: to, reason: .reference, place: span.line))
            case .watch(let span): edges.append(.init(from: from, to: to, reason: .watch, place: span.line))
            }
        }
        return block.steps.map { draw($0, place) }
    }

    private mutating func draw(_ step: Step, _ place: Place) -> Graph.Node {
        var node = Graph.Node(id: place.prefix + step.id, kind: step.kind, place: step.span.line)
        node.title = step.name.map { place.values.resolved($0).plain }
        let values = place.values
        var settings: StepSettings?
        switch step.action {
        case .check: break
        case .wait(let duration): node.request = ["wait \(duration.written(values, DurationText.format))"]
        case .request(let request):
            let (target, fact) = targets.choose(for: step, request, of: place.scenario, values)
            node.target = fact
            node.request = values.resolved(request: request.plan(target: target))
            settings = place.layers.settings(of: step, target: target)
        case .group(let group):
            node.isParallel = group.block.isParallel
            if group.keepGoing { node.flow.append(.init("keep_going", "true")) }
            node.children = draw(group.block, place)
        case .use(let use):
            let parameters = use.with.map { "\($0.key): \(values.resolved($0.value).written)" }.joined(separator: ", ")
            node.request = ["use \(use.scenario.file.path)" + (parameters.isEmpty ? "" : " with \(parameters)")]
            node.children = drawUsed(use, place, id: node.id)
        }
        node.flow += flow(of: step, values)
        node.judgement = judgement(of: step, values)
        node.settings = self.settings(of: step, settings, values)
        if let block = step.cleanup {
            let nodes = draw(block, place)
            cleanups.append((node.id, nodes))
            if let first = nodes.first {
                edges.append(.init(from: node.id, to: first.id, reason: .cleanup, place: step.span.line))
            }
        }
        return node
    }

    private mutating func drawUsed(_ use: Use, _ place: Place, id: String) -> [Graph.Node] {
        var inner = place
        inner.scenario = use.scenario
        inner.prefix = id + "/"
        let with = use.with.map {
            ValueTemplate.Member(key: $0.key, keySpan: $0.keySpan, value: place.values.resolved($0.value))
        }
        inner.values = place.values.entering(use.scenario, with: with)
        let nodes = draw(use.scenario.steps, inner)
        if let block = use.scenario.cleanup {
            cleanups.append((id, draw(block, inner)))
        }
        return nodes
    }

    // MARK: Facts

    private func flow(of step: Step, _ values: KnownValues) -> [Graph.Fact] {
        var facts: [Graph.Fact] = []
        if let condition = step.condition { facts.append(.init("if", condition.singleLine)) }
        if let each = step.each {
            var value = "\(each.list.singleLine), as $\(each.variable)"
            let parallel = each.parallel.written(values) { String($0) }
            if parallel != "1" { value += ", \(parallel) at a time" }
            if each.minimum != 1 { value += ", at least \(each.minimum)" }
            facts.append(.init("each", value))
        }
        if let repetition = step.repetition { facts += repetition.facts(values) }
        for fault in step.faults {
            let value = "\(fault.place): \(values.resolved(fault.settings).written)"
            facts.append(.init("fault", value, origin: fault.span.line))
        }
        if let recovery = step.recovery { facts.append(.init("recovers_within", recovery)) }
        if let until = step.until {
            facts.append(.init("until", until.condition.singleLine))
            let settings = layers.settings(of: step, target: nil)
            facts.append(.init("within", settings.within, values))
            facts.append(.init("every", settings.every, values))
            if let giveUp = until.giveUp { facts.append(.init("give_up", giveUp.singleLine)) }
        }
        return facts
    }

    private func judgement(of step: Step, _ values: KnownValues) -> [Graph.Fact] {
        var facts: [Graph.Fact] = []
        if case .object(let members, _)? = step.expectation {
            facts += members.map { .init("expect", values.resolved("\($0.key): \($0.value.written)")) }
        }
        if case .request(let request) = step.action, let implied = request.impliedExpectation,
            !step.judges(implied.field), !step.acceptsError
        {
            facts.append(.init("expect", implied.text, origin: "implied"))
        }
        if step.acceptsError { facts.append(.init("accepts", "an error as its result")) }
        for assertion in step.assertions {
            let text = assertion.expression.singleLine
            facts.append(.init("assert", assertion.name.map { "\($0): \(text)" } ?? text))
        }
        for capture in step.captures {
            let secret = capture.isSecret ? " (secret)" : ""
            facts.append(.init("capture", "\(capture.name): \(capture.expression.singleLine)\(secret)"))
        }
        return facts
    }

    private func settings(of step: Step, _ settings: StepSettings?, _ values: KnownValues) -> [Graph.Fact] {
        guard let settings else { return step.timeout.map { [.init("timeout", $0, values)] } ?? [] }
        return [.init("timeout", settings.timeout, values), .init("connect", settings.connect)]
            + Graph.Fact.retry(settings.retry, values)
    }
}

extension Repetition {
    /// How often it runs and what must hold of all runs, for a plan.
    func facts(_ values: KnownValues) -> [Graph.Fact] {
        var value: String
        switch extent {
        case .times(let times): value = "\(times.written(values) { String($0) }) times"
        case .duration(let duration): value = "for \(duration.written(values, DurationText.format))"
        case .whileStep(let id, _): value = "while \(id) runs"
        }
        let together = parallel.written(values) { String($0) }
        if together != "1" { value += ", \(together) at a time" }
        if let rate { value += ", \(rate.written(values) { String($0) })/s" }
        if let warmup { value += ", after \(warmup.written(values, DurationText.format)) of warm-up" }
        switch pass {
        case .all: break
        case .count(let count): value += ", \(count) must pass"
        case .share(let share): value += ", \(Self.percent(share)) must pass"
        case .template(let template): value += ", \(values.resolved(template).written) must pass"
        }
        return [.init("repeat", value, origin: span.line)]
            + assertions.map { assertion in
                let text = assertion.expression.singleLine
                return .init("repeat.assert", assertion.name.map { "\($0): \(text)" } ?? text)
            }
    }
}

extension Repetition {
    /// `99%` of a share from 0 to 1.
    fileprivate static func percent(_ share: Double) -> String {
        Value.number((share * 10_000).rounded() / 100).json() + "%"
    }
}

extension ValueTemplate {
    /// The text of a scalar without quotes.
    fileprivate var plain: String { constant?.string ?? written }
}
