import Diagnostics
import EventLoop
import Expressions
import ScenarioModel

extension Interpreter {
    /// The connection that a step goes through: the named one, the only one that fits, or the default.
    func resolveTarget(
        of step: Step, _ request: any StepRequest, _ run: TestRun, _ rendering: Rendering
    ) throws(StepFailure) -> ResolvedTarget? {
        if let (name, span) = step.target {
            guard let text = try rendering.text(of: name) else {
                throw StepFailure(
                    FailureReport(
                        code: "target.unknown", verdict: .error, message: "the target's name is null",
                        place: Place(span)))
            }
            return try target(named: text, at: span, run, rendering)
        }
        guard request.needsTarget else { return nil }
        switch TargetChoice.choose(for: request.kind, among: plan.configuration.targets, kinds: kinds) {
        case .success(let target): return try resolved(target, run, rendering)
        case .failure(let problem):
            throw StepFailure(
                FailureReport(
                    code: "target.none", verdict: .error, message: problem.message, place: Place(step.span),
                    hint: problem.hint))
        }
    }

    private func target(
        named name: String, at span: SourceSpan, _ run: TestRun, _ rendering: Rendering
    ) throws(StepFailure) -> ResolvedTarget {
        if let known = run.targets[name] { return known }
        if let derived = run.scenario.targets.first(where: { $0.name == name }) {
            let target = try derive(derived, run, rendering)
            let lineage = run.scenario.lineage(of: name, plan.configuration)
            if let faults = run.faults, faults.concerns(lineage) {
                try faults.stand(before: target, known: lineage)
            }
            run.targets[name] = target
            return target
        }
        guard let target = plan.configuration.targets.first(where: { $0.name == name }) else {
            let names = plan.configuration.targets.map(\.name) + run.scenario.targets.map(\.name)
            throw StepFailure(
                FailureReport(
                    code: "target.unknown", verdict: .error,
                    message:
                        "the profile\(plan.configuration.profile.map { " '\($0)'" } ?? "") has no target '\(name)'",
                    place: Place(span),
                    hint: NearestName.of(name, in: names).map { "did you mean '\($0)'?" }
                        ?? "it has: \(names.joined(separator: ", "))"))
        }
        return try resolved(target, run, rendering)
    }

    /// A profile's target with its templates evaluated, once for the run.
    private func resolved(_ target: Target, _ run: TestRun, _ rendering: Rendering) throws(StepFailure)
        -> ResolvedTarget
    {
        let lineage = target.addressFrom.union([target.name])
        if let faults = run.faults, faults.concerns(lineage) {
            if let own = run.targets[target.name] { return own }
            let value = try self.rendering(base, seed: "target/" + target.name).value(of: target.settings)
            let own = ResolvedTarget(target, settings: value.object ?? .init(), isOfTest: true)
            try faults.stand(before: own, known: lineage)
            run.targets[target.name] = own
            return own
        }
        if let known = resolvedTargets[target.name] { return known }
        let value = try self.rendering(base, seed: "target/" + target.name).value(of: target.settings)
        let made = ResolvedTarget(target, settings: value.object ?? .init())
        resolvedTargets[target.name] = made
        return made
    }

    private func derive(
        _ derived: Scenario.DerivedTarget, _ run: TestRun, _ rendering: Rendering
    ) throws(StepFailure) -> ResolvedTarget {
        var base: ResolvedTarget?
        var target: Target
        if let from = derived.from {
            let found = try self.target(named: from, at: derived.span, run, rendering)
            base = found
            target = found.target
            target.name = derived.name
        } else {
            let kind = derived.changes["kind"]?.constant?.string ?? "http"
            target = Target(name: derived.name, kind: kind, settings: derived.changes, origin: .file(derived.span))
        }
        let changes = try rendering.value(of: derived.changes).object ?? .init()
        let own = Value.Object(changes.filter { !["from", "kind"].contains($0.0) })
        target.origin = .file(derived.span)
        do throws(DerivedConnections.Problem) {
            try DerivedConnections.apply(changes, to: &target, at: derived.span)
        } catch {
            throw StepFailure(
                FailureReport(
                    code: "target.setting", verdict: .error, message: "target '\(derived.name)': \(error.message)",
                    place: Place(derived.span), hint: error.hint))
        }
        guard let base else { return ResolvedTarget(target, settings: own, isOfTest: true) }
        return ResolvedTarget(target, changing: own, of: base)
    }

    /// Waits until the target's rate allows a start; this time counts against no limit of the attempt.
    func admit(_ carrier: Carrier) async {
        guard let target = carrier.target, let rate = carrier.rateLimit else { return }
        var limit = rates[target.name] ?? RateLimit(perSecond: rate)
        let start = limit.next(at: clock.now)
        rates[target.name] = limit
        guard start > clock.now else { return }
        _ = try? await clock.sleep(until: start)
    }

    /// What keeps attempts within the target's bound of connections, where something has to.
    func gate(before carrier: Carrier) -> Gate? {
        guard let target = carrier.target, let width = carrier.width else { return nil }
        if let known = gates[target.name] { return known }
        let gate = Gate(width: width)
        gates[target.name] = gate
        return gate
    }
}

extension Scenario {
    /// The names of a derived target, and of those that it keeps the address of.
    fileprivate func lineage(of name: String, _ configuration: Configuration) -> Set<String> {
        var names: Set<String> = [name]
        var next = targets.first { $0.name == name }
        while let derived = next, let from = derived.from, !derived.hasAddressOfItsOwn, names.insert(from).inserted {
            next = targets.first { $0.name == from && $0.name != derived.name }
            if next == nil { names.formUnion(configuration.target(from)?.addressFrom ?? []) }
        }
        return names
    }
}

extension Scenario.DerivedTarget {
    /// Whether it is another service than the one it begins with, whose faults are none of its own.
    fileprivate var hasAddressOfItsOwn: Bool {
        Target.addressKeys.contains { changes[$0] != nil }
    }
}

/// Spreads starts evenly over time.
struct RateLimit {
    let interval: Duration
    private var free: Instant?

    init(perSecond: Double) { interval = .seconds(1) / perSecond }

    /// The time of the next start, which is taken by asking.
    mutating func next(at now: Instant) -> Instant {
        let start = max(free ?? now, now)
        free = start + interval
        return start
    }
}

/// Lets a number of tasks pass at a time, in the order they came.
///
/// `@unchecked Sendable`: used on the interpreter's executor only.
final class Gate: @unchecked Sendable {
    private var room: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(width: Int) { room = max(1, width) }

    func enter() async {
        if room > 0 {
            room -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty { room += 1 } else { waiting.removeFirst().resume() }
    }
}
