internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// What a plan says of targets: which one a step goes through, where it leads, and who chose it.
struct TargetFacts {
    private let configuration: Configuration
    private let kinds: [any StepKind]
    private let layers: SettingsLayers

    init(_ configuration: Configuration, kinds: [any StepKind], layers: SettingsLayers) {
        self.configuration = configuration
        self.kinds = kinds
        self.layers = layers
    }

    /// The targets of the names that the profile has, with what bounds their connections.
    func list(_ names: Set<String>) -> [Graph.Fact] {
        configuration.targets.filter { names.contains($0.name) }.map { target in
            let bounds = layers.connections(to: target)
            var value = "\(target.name) (\(target.kind))"
            if let most = bounds.maxConnections {
                value += ", at most \(most.value) connections (\(most.origin))"
            }
            if kinds.flatMap(\.targetKinds).contains(where: { $0.name == target.kind && $0.hasPool }) {
                value += Self.pool(bounds)
            }
            if let rate = target.rateLimit { value += ", \(Value.number(rate.value).json())/s (\(rate.origin))" }
            return Graph.Fact("target", value, origin: target.origin.description)
        }
    }

    /// The bounds of a pool, each with the place that set it.
    private static func pool(_ bounds: ConnectionBounds) -> String {
        let pool = bounds.poolBounds
        let most = bounds.maxConnections?.origin
        let size = bounds.pool.size?.origin ?? .builtIn
        let overflow = bounds.pool.maxOverflow?.origin ?? most ?? .builtIn
        let timeout = bounds.pool.timeout?.origin ?? .builtIn
        return ", pool of \(pool.size) (\(size)) and \(pool.overflow) beyond (\(overflow)), "
            + "waited for \(DurationText.format(pool.timeout)) (\(timeout))"
    }

    /// The target of a step, its settings as far as they are known, and the fact that a plan shows of it.
    func choose(
        for step: Step, _ request: any StepRequest, of scenario: Scenario, _ values: KnownValues
    ) -> (target: Target?, fact: Graph.Fact?) {
        if let (name, span) = step.target {
            let resolved = values.resolved(name)
            guard let text = resolved.constant?.string else {
                return (nil, .init("target", resolved.written, origin: span.line))
            }
            guard let target = find(text, scenario, values) else {
                return (nil, .init("target", text, origin: span.line))
            }
            return (target, fact(target, "named at \(span.line)"))
        }
        guard request.needsTarget,
            case .success(let chosen) = TargetChoice.choose(
                for: request.kind, among: configuration.targets, kinds: kinds)
        else { return (nil, nil) }
        let target = known(chosen, values)
        return (target, fact(target, target.isDefault ? "the default" : "the only one for \(request.kind)"))
    }

    private func fact(_ target: Target, _ choice: String) -> Graph.Fact {
        let address = Self.address(of: target).map { " \($0)" } ?? ""
        return Graph.Fact("target", "\(target.name)\(address)", origin: "\(choice); \(target.origin)")
    }

    /// Where a target leads, as far as its settings tell.
    private static func address(of target: Target) -> String? {
        if let url = target.settings["url"] { return url.constant?.string ?? url.written }
        guard let host = target.settings["host"] else { return target.settings["path"]?.written }
        return host.written + (target.settings["port"].map { ":\($0.written)" } ?? "")
    }

    private func find(_ name: String, _ scenario: Scenario, _ values: KnownValues) -> Target? {
        guard let derived = scenario.targets.first(where: { $0.name == name }) else {
            return configuration.target(name).map { known($0, values) }
        }
        let changes = values.resolved(derived.changes)
        guard let from = derived.from, var target = configuration.target(from) else {
            return Target(
                name: name, kind: changes["kind"]?.constant?.string ?? "http", settings: changes,
                origin: .file(derived.span))
        }
        target = known(target, values)
        target.name = name
        target.settings = changes.merged(over: target.settings)
        target.origin = .file(derived.span)
        return target
    }

    private func known(_ target: Target, _ values: KnownValues) -> Target {
        var target = target
        target.settings = values.resolved(target.settings)
        return target
    }
}
