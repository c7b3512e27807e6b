import Expressions
import ScenarioModel

/// What a scenario uses beside others and what it wants for itself (language.md §3, `locks`).
struct Claims {
    private let configuration: Configuration
    private let kinds: [any StepKind]
    private var shared: Set<String> = []
    private var exclusive: Set<String> = []

    /// The targets that the steps use, and the locks.
    ///
    /// A step that watches another counts what happens meanwhile: nobody else may use its target or those of the
    /// watched step.
    static func of(
        _ scenario: Scenario, _ configuration: Configuration, _ kinds: [any StepKind]
    ) -> (shared: Set<String>, exclusive: Set<String>) {
        var claims = Claims(configuration: configuration, kinds: kinds)
        claims.add(scenario)
        let exclusive = claims.exclusive.union(scenario.locks.map(\.name))
        return (claims.shared.subtracting(exclusive), exclusive)
    }

    private init(configuration: Configuration, kinds: [any StepKind]) {
        self.configuration = configuration
        self.kinds = kinds
    }

    private mutating func add(_ scenario: Scenario) {
        add(scenario.steps, scenario)
        if let cleanup = scenario.cleanup { add(cleanup, scenario) }
        for need in scenario.needs { add(need.scenario) }
    }

    private mutating func add(_ block: Block, _ scenario: Scenario) {
        for step in block.steps {
            shared.formUnion(targets(of: step, scenario))
            if let watch = step.watch {
                let watched = block.steps.first { $0.id == watch.watched.id }
                for step in [step] + (watched.map { [$0] } ?? []) { exclusive.formUnion(all(of: step, scenario)) }
            }
            for fault in step.faults { exclusive.formUnion(places(of: fault, scenario)) }
            if case .group(let group) = step.action { add(group.block, scenario) }
            if case .use(let use) = step.action { add(use.scenario) }
            if let cleanup = step.cleanup { add(cleanup, scenario) }
        }
    }

    /// What a fault strikes: its target, or the link with the targets at its ends, whom others would find in trouble.
    private func places(of fault: Fault, _ scenario: Scenario) -> Set<String> {
        guard let ends = Fault.ends(of: fault.place) else {
            return [scenario.targets.first { $0.name == fault.place }?.from ?? fault.place]
        }
        return Set([fault.place]).union([ends.from, ends.to].filter { configuration.target($0) != nil })
    }

    /// The targets of a step and of the steps inside of it.
    private func all(of step: Step, _ scenario: Scenario) -> Set<String> {
        switch step.action {
        case .group(let group):
            group.block.steps.reduce(into: []) { $0.formUnion(all(of: $1, scenario)) }
        case .use(let use):
            use.scenario.steps.steps.reduce(into: []) { $0.formUnion(all(of: $1, use.scenario)) }
        default: targets(of: step, scenario)
        }
    }

    /// The targets that a step's own request may go through.
    private func targets(of step: Step, _ scenario: Scenario) -> Set<String> {
        guard case .request(let request) = step.action else { return [] }
        if let target = step.target {
            // A target that only the run knows may be any.
            guard let name = target.name.constant?.string else { return Set(configuration.targets.map(\.name)) }
            return [scenario.targets.first { $0.name == name }?.from ?? name]
        }
        guard request.needsTarget,
            case .success(let target) = TargetChoice.choose(
                for: request.kind, among: configuration.targets, kinds: kinds)
        else { return [] }
        return [target.name]
    }
}
