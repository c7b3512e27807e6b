internal import Diagnostics
public import ScenarioModel

/// How many loops a load has: as many as serve it, and no more than may share it.
///
/// A small load has one, which is the cheapest and needs no division of what is bounded.
public struct LoopChoice: Sendable, Hashable {
    public let count: Int
    /// Why there are fewer than were asked for, or one where several would serve the load.
    public let note: String?

    /// The most loops of a load.
    public static let most = 64
    /// So many users keep a loop busy.
    static let usersPerLoop = 64
    /// So many requests in a second leave a loop a third of its processor.
    static let requestsPerLoop = 10_000.0

    /// A number of loops that a load may not exceed, and the reason.
    private struct Bound {
        var most: Int
        var reason: String
        /// Whether it leaves the load to one loop however large that is, which people then are told.
        var isIndivisible = false
    }

    /// Chooses for a load of the tests of a plan; `asked` is what `--loops` says.
    public init(
        _ load: Repetition, _ plan: RunPlan, kinds: [any StepKind], asked: Int?, processors: Int
    ) {
        let wanted = min(Self.most, asked ?? min(max(1, processors), Self.useful(load, plan.tests)))
        let bounds = Self.bounds(load) + Self.bounds(plan, kinds)
        guard let tightest = bounds.min(by: { $0.most < $1.most }), tightest.most < wanted else {
            (count, note) = (max(1, wanted), nil)
            return
        }
        count = max(1, tightest.most)
        if let asked {
            note = "--loops \(asked): the load has \(count), since \(tightest.reason)"
        } else if tightest.isIndivisible {
            note = "one loop has the load, which \(wanted) would serve better, since \(tightest.reason)"
        } else {
            note = nil
        }
    }

    /// How many loops have something to do; what a template gives is known too late.
    private static func useful(_ load: Repetition, _ tests: [PlannedTest]) -> Int {
        let requests = Double(tests.map { requestCount(of: $0.scenario.steps) }.max() ?? 1)
        if load.isOpen {
            guard let rate = load.mostRate else { return 1 }
            return loops(forRate: rate * max(1, requests))
        }
        guard let users = load.mostUsers else { return 1 }
        let byUsers = users / usersPerLoop
        guard let think = load.think else { return byUsers }
        guard let pause = think.known else { return 1 }
        guard pause > .zero else { return byUsers }
        return min(byUsers, loops(forRate: Double(users) / (pause / .seconds(1)) * max(1, requests)))
    }

    private static func loops(forRate rate: Double) -> Int {
        Int(min(Double(most), rate / requestsPerLoop).rounded(.up))
    }

    private static func requestCount(of block: Block) -> Int {
        block.steps.reduce(0) { count, step in
            switch step.action {
            case .request: count + 1
            case .group(let group): count + requestCount(of: group.block)
            case .use(let use): count + requestCount(of: use.scenario.steps)
            case .check, .wait: count
            }
        }
    }

    private static func bounds(_ load: Repetition) -> [Bound] {
        var bounds: [Bound] = []
        if case .times(let times) = load.extent, let known = times.known, load.stages.isEmpty {
            bounds.append(Bound(most: known, reason: "it has \(known) run\(known == 1 ? "" : "s")"))
        }
        if let most = load.mostUsers {
            bounds.append(
                Bound(
                    most: most,
                    reason: load.isOpen ? "\(most) runs may be in flight" : "it has \(most) user\(most == 1 ? "" : "s")"
                ))
        }
        return bounds
    }

    private static func bounds(_ plan: RunPlan, _ kinds: [any StepKind]) -> [Bound] {
        var bounds: [Bound] = []
        func leave(toOneLoop reason: String) { bounds.append(Bound(most: 1, reason: reason, isIndivisible: true)) }
        // Proxies before targets are each run's own; those on a link are there once, for all who use it.
        let faults = plan.options.faults + plan.tests.flatMap(\.scenario.faults)
        if let link = faults.first(where: \.isLink)?.place {
            leave(toOneLoop: "its runs put faults on the link '\(link)', which one process carries")
        }
        let pooled = Set(kinds.flatMap(\.targetKinds).filter(\.hasPool).map(\.name))
        for test in plan.tests {
            if let derived = test.scenario.targets.first(where: \.hasBounds) {
                let path = test.scenario.file.path
                leave(toOneLoop: "\(path) derives '\(derived.name)' with bounds of its own")
            }
            let layers = SettingsLayers(
                plan.configuration, suites: test.suites, flags: plan.options.flags, scenario: test.scenario)
            for target in plan.configuration.targets
            where test.shared.contains(target.name) || test.exclusive.contains(target.name) {
                if target.kind == "sqlite" {
                    leave(toOneLoop: "'\(target.name)' is a database inside the process")
                    continue
                }
                let connections = layers.connections(to: target)
                let pool = connections.poolBounds
                let most = pooled.contains(target.kind) ? pool.size &+ pool.overflow : connections.maxConnections?.value
                guard let most, most > 0 else { continue }
                bounds.append(
                    Bound(most: most, reason: "'\(target.name)' allows \(most) connection\(most == 1 ? "" : "s")"))
            }
        }
        return bounds
    }
}

extension Scenario.DerivedTarget {
    /// Whether it says itself how much may go on at a time.
    fileprivate var hasBounds: Bool {
        ["max_connections", "pool", "rate_limit"].contains { changes[$0] != nil }
    }
}
