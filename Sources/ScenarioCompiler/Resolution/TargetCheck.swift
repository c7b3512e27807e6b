internal import Diagnostics
internal import Expressions
public import ScenarioModel
internal import ScenarioSyntax

/// Checks what only the configuration can tell: targets, secrets, and variables of the environment.
struct TargetCheck {
    /// The problems of a scenario under a configuration; `read` gives the files that its steps name, where it can.
    static func check(
        _ scenario: Scenario, _ configuration: Configuration, _ kinds: [any StepKind],
        read: (any FileRequest) -> SourceFile?
    ) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        var names = configuration.targets.map(\.name) + scenario.targets.map(\.name)
        names += scenario.requirements.compactMap(\.target)
        let isSkipped = !Requirements.unmet(of: scenario, by: configuration).isEmpty
        for derived in scenario.targets {
            // What is skipped for its kind of database may well have the keys of that kind.
            if !isSkipped { problems += unknownKeys(derived, scenario, configuration, kinds) }
            guard let from = derived.from, !configuration.targets.contains(where: { $0.name == from }),
                !scenario.targets.contains(where: { $0.name == from && $0.name != derived.name })
            else { continue }
            problems.append(unknown(from, derived.changes["from"]?.span ?? derived.span, names, configuration))
        }
        if !isSkipped { problems += FaultCheck.check(scenario, configuration, kinds) }
        if case .query(let query)? = scenario.cases, !isSkipped {
            switch CaseTarget.of(query, configuration, kinds) {
            case .success(let target): problems += query.request.problems(with: target)
            case .failure(let problem): problems.append(problem)
            }
        }
        scenario.visitSteps { step in
            guard case .request(let request) = step.action, !isSkipped else { return }
            if let (name, span) = step.target {
                guard let texts = name.constant?.string.map({ [$0] }) ?? TargetCandidates.names(of: name, in: scenario)
                else {
                    problems += possible(request, configuration, kinds, read)
                    return
                }
                for text in texts {
                    guard names.contains(text) else {
                        problems.append(unknown(text, span, names, configuration))
                        continue
                    }
                    guard let target = target(named: text, scenario, configuration) else { continue }
                    guard TargetChoice.suits(target, request.kind, kinds) else {
                        problems.append(unsuited(target, named: text, request.kind, span, configuration, kinds))
                        continue
                    }
                    problems += Self.problems(of: request, with: target, read)
                }
            } else if request.needsTarget {
                switch TargetChoice.choose(for: request.kind, among: configuration.targets, kinds: kinds) {
                case .success(let target): problems += Self.problems(of: request, with: target, read)
                case .failure(let problem):
                    problems.append(
                        Diagnostic(.noTarget, at: step.span, .init(problem.message), hint: .init(problem.hint)))
                }
            }
        }
        return problems
    }

    /// What a name means to the steps of a scenario: a target of the profile, or what the scenario derives from it.
    private static func target(named name: String, _ scenario: Scenario, _ configuration: Configuration) -> Target? {
        var name = name
        var seen: Set<String> = []
        while seen.insert(name).inserted, let derived = scenario.targets.first(where: { $0.name == name }) {
            guard let from = derived.from else {
                return Target(
                    name: name, kind: derived.standaloneKind, settings: derived.changes, origin: .file(derived.span))
            }
            name = from
        }
        return configuration.target(name)
    }

    /// What is wrong with a request on a target, and with the file that it is in.
    private static func problems(
        of request: any StepRequest, with target: Target, _ read: (any FileRequest) -> SourceFile?
    ) -> [Diagnostic] {
        let problems = request.problems(with: target)
        guard let request = request as? any FileRequest, let file = read(request) else { return problems }
        return problems + request.problems(in: file, on: target)
    }

    /// What would be wrong with a request on the targets that its template may name, as warnings: it may name others.
    private static func possible(
        _ request: any StepRequest, _ configuration: Configuration, _ kinds: [any StepKind],
        _ read: (any FileRequest) -> SourceFile?
    ) -> [Diagnostic] {
        configuration.targets.filter { TargetChoice.suits($0, request.kind, kinds) }.flatMap { target in
            problems(of: request, with: target, read).map { problem in
                var warning = problem
                warning.severity = .warning
                return warning
            }
        }
    }

    /// The keys of a derived target that its kind does not have; of a kind without a driver none is known.
    private static func unknownKeys(
        _ derived: Scenario.DerivedTarget, _ scenario: Scenario, _ configuration: Configuration,
        _ kinds: [any StepKind]
    ) -> [Diagnostic] {
        guard case .object(let members, _) = derived.changes,
            let kind = target(named: derived.name, scenario, configuration)?.kind,
            let declared = kinds.flatMap(\.targetKinds).first(where: { $0.name == kind })
        else { return [] }
        let table = ConfigurationKeys.target(of: declared)
        return members.filter { table[$0.key] == nil && !$0.key.hasPrefix("x-") }.map { member in
            let near = NearestName.of(member.key, in: table.keys.map(\.name)) ?? table.foreign[member.key]
            return Diagnostic(
                .unknownKey, at: member.keySpan, "unknown key '\(member.key)' in \(table.name)",
                hint: near.map { "did you mean '\($0)'?" }
                    ?? "known keys are \(table.keys.map { "'\($0.name)'" }.joined(separator: ", "))")
        }
    }

    private static func unsuited(
        _ target: Target, named name: String, _ kind: String, _ span: SourceSpan, _ configuration: Configuration,
        _ kinds: [any StepKind]
    ) -> Diagnostic {
        let fitting = configuration.targets.filter { TargetChoice.suits($0, kind, kinds) }.map(\.name)
        return Diagnostic(
            .unsuitedTarget, at: span, "'\(kind)' steps cannot go through '\(name)', which is of kind '\(target.kind)'",
            hint: fitting.isEmpty
                ? "the profile has no target for them" : "those that can are \(fitting.joined(separator: ", "))")
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

extension Scenario.DerivedTarget {
    /// The kind of a target that is made from no other.
    fileprivate var standaloneKind: String { changes["kind"]?.constant?.string ?? "http" }
}

/// What a scenario requires of the profile.
public enum Requirements {
    /// The reasons why the profile cannot serve the scenario; empty where it can.
    public static func unmet(of scenario: Scenario, by configuration: Configuration) -> [String] {
        let profile = configuration.profile.map { "profile '\($0)'" } ?? "the configuration"
        return scenario.requirements.compactMap { requirement in
            if let link = requirement.link {
                guard configuration.links[link] == nil else { return nil }
                let reason = configuration.absence(ofLink: link).map { ": \($0)" } ?? ""
                return "\(profile) has no link '\(link)'\(reason)"
            }
            guard let name = requirement.target else { return nil }
            guard let target = configuration.targets.first(where: { $0.name == name }) else {
                return "\(profile) has no target '\(name)'"
            }
            if let reason = target.missing?.value, !reason.isEmpty {
                return "target '\(name)' of \(profile) is missing: \(reason)"
            }
            if requirement.kinds.isEmpty || requirement.kinds.contains(target.kind) { return nil }
            return
                "target '\(name)' of \(profile) is of kind \(target.kind), and \(requirement.kinds.joined(separator: " or ")) is required"
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
    static let noTarget = Diagnostic.Code(
        "target.none", "A step needs a connection, and the profile has none that fits without a name.")
    static let unsuitedTarget = Diagnostic.Code(
        "target.unsuited", "A step names a connection of a kind that steps of its kind cannot go through.")
    static let unknownTarget = Diagnostic.Code(
        "target.unknown", "A step names a connection that the profile does not have.")
}
