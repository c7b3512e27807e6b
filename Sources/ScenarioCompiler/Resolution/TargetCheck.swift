internal import Diagnostics
internal import Expressions
public import ScenarioModel

/// Checks what only the configuration can tell: targets, secrets, and variables of the environment.
struct TargetCheck {
    /// The problems of a scenario under a configuration.
    static func check(_ scenario: Scenario, _ configuration: Configuration, _ kinds: [any StepKind]) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        var names = configuration.targets.map(\.name) + scenario.targets.map(\.name)
        names += scenario.requirements.compactMap(\.target)
        for derived in scenario.targets {
            guard let from = derived.from, !configuration.targets.contains(where: { $0.name == from }),
                !scenario.targets.contains(where: { $0.name == from && $0.name != derived.name })
            else { continue }
            problems.append(unknown(from, derived.span, names, configuration))
        }
        let isSkipped = !Requirements.unmet(of: scenario, by: configuration).isEmpty
        scenario.visitSteps { step in
            guard case .request(let request) = step.action, !isSkipped else { return }
            if let (name, span) = step.target {
                if let text = name.constant?.string, !names.contains(text) {
                    problems.append(unknown(text, span, names, configuration))
                }
            } else if request.needsTarget,
                case .failure(let problem) = TargetChoice.choose(
                    for: request.kind, among: configuration.targets, kinds: kinds)
            {
                problems.append(
                    Diagnostic(.noTarget, at: step.span, .init(problem.message), hint: .init(problem.hint)))
            }
        }
        return problems
    }

    private static func unknown(
        _ name: String, _ span: SourceSpan, _ names: [String], _ configuration: Configuration
    ) -> Diagnostic {
        let profile = configuration.profile.map { "profile '\($0)'" } ?? "configuration"
        return Diagnostic(
            .unknownTarget, at: span, "the \(profile) has no target '\(name)'",
            hint: NearestName.of(name, in: names).map { "did you mean '\($0)'?" }
                ?? (names.isEmpty
                    ? "declare it in plumb.yaml under 'profiles: { NAME: { targets: … } }'"
                    : "it has: \(names.joined(separator: ", "))"))
    }
}

/// What a scenario requires of the profile.
public enum Requirements {
    /// The reasons why the profile cannot serve the scenario; empty where it can.
    public static func unmet(of scenario: Scenario, by configuration: Configuration) -> [String] {
        let profile = configuration.profile.map { "profile '\($0)'" } ?? "the configuration"
        return scenario.requirements.compactMap { requirement in
            if let link = requirement.link {
                return configuration.links[link] == nil ? "\(profile) has no link '\(link)'" : nil
            }
            guard let name = requirement.target else { return nil }
            guard let target = configuration.targets.first(where: { $0.name == name }) else {
                return "\(profile) has no target '\(name)'"
            }
            if requirement.kinds.isEmpty || requirement.kinds.contains(target.kind) { return nil }
            return "target '\(name)' of \(profile) is of kind \(target.kind), and \(requirement.kinds.joined(separator: " or ")) is required"
        }
    }
}

extension Scenario {
    /// Calls a closure with every step of the file, those in groups and cleanups included.
    func visitSteps(_ visit: (Step) -> Void) {
        func walk(_ block: Block) {
            for step in block.steps {
                visit(step)
                if case .group(let group) = step.action { walk(group.block) }
                if let cleanup = step.cleanup { walk(cleanup) }
            }
        }
        walk(steps)
        if let cleanup { walk(cleanup) }
    }
}

extension Diagnostic.Code {
    static let noTarget = Diagnostic.Code("target.none", "A step needs a connection, and the profile has none that fits without a name.")
    static let unknownTarget = Diagnostic.Code("target.unknown", "A step names a connection that the profile does not have.")
}
