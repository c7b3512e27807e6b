import Expressions
import ScenarioModel

/// Cuts a scenario down to some steps and those that they read (`--step`).
enum StepSelection {
    /// The scenario with the named steps and their ancestors by reference and `needs`; nil if it has none of them.
    static func prune(_ scenario: Scenario, to ids: Set<String>) -> Scenario? {
        var wanted: Set<String> = []
        var byID: [String: Step] = [:]
        scenario.visitSteps { byID[$0.id] = $0 }
        var open = ids.filter { byID[$0] != nil }.sorted()
        guard !open.isEmpty else { return nil }
        while let id = open.popLast() {
            guard wanted.insert(id).inserted, let step = byID[id] else { continue }
            open += step.needs.map(\.id)
            if let watch = step.watch { open.append(watch.watched.id) }
            for expression in step.expressions {
                for reference in expression.analysis.references where reference.variable == "steps" {
                    if let name = reference.keys.first { open.append(name) }
                }
            }
        }
        var pruned = scenario
        pruned.steps = prune(scenario.steps, wanted)
        return pruned
    }

    private static func prune(_ block: Block, _ wanted: Set<String>) -> Block {
        var numbers: [Int: Int] = [:]
        var steps: [Step] = []
        for (number, step) in block.steps.enumerated() {
            var kept = step
            if !wanted.contains(step.id), case .group(var group) = step.action {
                group.block = prune(group.block, wanted)
                guard !group.block.steps.isEmpty else { continue }
                kept.action = .group(group)
            } else if !wanted.contains(step.id) {
                continue
            }
            numbers[number] = steps.count
            steps.append(kept)
        }
        var edges = block.edges.compactMap { edge -> Block.Edge? in
            guard edge.reason != .chain, let from = numbers[edge.from], let to = numbers[edge.to] else { return nil }
            return Block.Edge(from: from, to: to, reason: edge.reason)
        }
        if !block.isParallel, steps.count > 1 {
            edges += (1..<steps.count).map { Block.Edge(from: $0 - 1, to: $0, reason: .chain) }
        }
        return Block(steps: steps, edges: edges, isParallel: block.isParallel)
    }
}
