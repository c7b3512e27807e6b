internal import Diagnostics
public import ScenarioModel

/// How many loops a load has: as many as serve it, and no more than may share it.
///
/// A small load has one, which is the cheapest and needs no division of what is bounded.
public struct LoopChoice: Sendable, Hashable {
    public let count: Int
    /// Why there are fewer than were asked for.
    public let note: String?

    /// The most loops of a load.
    public static let most = 64
    /// So many users keep a loop busy.
    static let usersPerLoop = 64
    /// So many requests in a second leave a loop half of its processor, and keep its schedule.
    static let requestsPerLoop = 10_000.0

    /// A number of loops that a load may not exceed, and the reason.
    private struct Bound {
        var most: Int
        var reason: String
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
        note = asked.map { "--loops \($0): the load has \(max(1, tightest.most)), since \(tightest.reason)" }
    }

    /// How many loops have something to do; what a template gives is known too late.
    private static func useful(_ load: Repetition, _ tests: [PlannedTest]) -> Int {
        let requests = Double(tests.map { requestCount(of: $0.scenario.steps) }.max() ?? 1)
        let rates = load.stages.compactMap(\.rate)
        if load.rate != nil || !rates.isEmpty {
            guard let rate = rates.max() ?? load.rate?.known else { return 1 }
            return Int(rate * max(1, requests) / requestsPerLoop)
        }
        guard let users = users(of: load) else { return 1 }
        let byUsers = users / usersPerLoop
        guard let think = load.think else { return byUsers }
        guard let pause = think.known else { return 1 }
        guard pause > .zero else { return byUsers }
        return min(byUsers, Int(Double(users) / (pause / .seconds(1)) * max(1, requests) / requestsPerLoop))
    }

    private static func users(of load: Repetition) -> Int? {
        load.stages.compactMap(\.parallel).max() ?? load.parallel.known
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
        let isOpen = load.rate != nil || load.stages.contains { $0.rate != nil }
        if let most = isOpen ? load.parallel.known : users(of: load) {
            bounds.append(
                Bound(
                    most: most,
                    reason: isOpen ? "\(most) runs may be in flight" : "it has \(most) user\(most == 1 ? "" : "s")"))
        }
        return bounds
    }

    private static func bounds(_ plan: RunPlan, _ kinds: [any StepKind]) -> [Bound] {
        var bounds: [Bound] = []
        if plan.needsProxies {
            bounds.append(Bound(most: 1, reason: "faults and links go through proxies, which one loop has"))
        }
        let pooled = Set(kinds.flatMap(\.targetKinds).filter(\.hasPool).map(\.name))
        for test in plan.tests {
            if let derived = test.scenario.targets.first(where: \.hasBounds) {
                let path = test.scenario.file.path
                bounds.append(Bound(most: 1, reason: "\(path) derives '\(derived.name)' with bounds of its own"))
            }
            let layers = SettingsLayers(
                plan.configuration, suites: test.suites, flags: plan.options.flags, scenario: test.scenario)
            for target in plan.configuration.targets
            where test.shared.contains(target.name) || test.exclusive.contains(target.name) {
                if target.kind == "sqlite" {
                    bounds.append(Bound(most: 1, reason: "'\(target.name)' is a database inside the process"))
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
