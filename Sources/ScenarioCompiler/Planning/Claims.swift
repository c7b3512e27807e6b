import Expressions
import ScenarioModel

/// What a scenario uses beside others and what it wants for itself (language.md §3, `locks`).
enum Claims {
    /// The targets that the steps use, and the locks.
    static func of(
        _ scenario: Scenario, _ configuration: Configuration, _ kinds: [any StepKind]
    ) -> (shared: Set<String>, exclusive: Set<String>) {
        var shared: Set<String> = []
        func add(_ scenario: Scenario) {
            func source(_ name: String) -> String {
                scenario.targets.first { $0.name == name }?.from ?? name
            }
            scenario.visitSteps { step in
                switch step.action {
                case .request(let request):
                    if let target = step.target {
                        if let name = target.name.constant?.string {
                            shared.insert(source(name))
                        } else {
                            // A target that only the run knows may be any.
                            shared.formUnion(configuration.targets.map(\.name))
                        }
                    } else if request.needsTarget,
                        case .success(let target) = TargetChoice.choose(
                            for: request.kind, among: configuration.targets, kinds: kinds)
                    {
                        shared.insert(target.name)
                    }
                case .use(let use): add(use.scenario)
                default: break
                }
            }
            for need in scenario.needs { add(need.scenario) }
        }
        add(scenario)
        let exclusive = Set(scenario.locks.map(\.name))
        return (shared.subtracting(exclusive), exclusive)
    }
}
