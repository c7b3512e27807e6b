import Diagnostics
import Expressions
import ScenarioModel

/// Draws the edges of a scenario's blocks: file order, `needs`, and references to siblings (language.md §4).
enum DependencyEdges {
    /// Fills in the edges, and tells of unknown siblings and cycles.
    static func draw(in scenario: inout Scenario, into diagnostics: inout [Diagnostic]) {
        draw(in: &scenario.steps, into: &diagnostics)
        if var cleanup = scenario.cleanup {
            draw(in: &cleanup, into: &diagnostics)
            scenario.cleanup = cleanup
        }
    }

    private static func draw(in block: inout Block, into diagnostics: inout [Diagnostic]) {
        for position in block.steps.indices {
            if case .group(var group) = block.steps[position].action {
                draw(in: &group.block, into: &diagnostics)
                block.steps[position].action = .group(group)
            }
            if var cleanup = block.steps[position].cleanup {
                draw(in: &cleanup, into: &diagnostics)
                block.steps[position].cleanup = cleanup
            }
        }
        var edges: [Block.Edge] = []
        if !block.isParallel, block.steps.count > 1 {
            edges += (1..<block.steps.count).map { .init(from: $0 - 1, to: $0, reason: .chain) }
        }
        let homes = homes(of: block)
        let siblings = Dictionary(
            block.steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (position, step) in block.steps.enumerated() {
            for need in step.needs {
                guard let from = siblings[need.id] else {
                    // Among thousands of steps each search takes long, and the first problems are those that are shown.
                    let near = diagnostics.count < 100 ? NearestName.of(need.id, in: block.steps.map(\.id)) : nil
                    diagnostics.append(
                        Diagnostic(
                            .unknownStep, at: need.span, "there is no step '\(need.id)' in this group",
                            hint: near.map { "did you mean '\($0)'?" }
                                ?? "'needs' names steps of the same parallel group"))
                    continue
                }
                edges.append(.init(from: from, to: position, reason: .needs(need.span)))
            }
            if let edge = WatchEdges.edge(to: position, in: block, homes, into: &diagnostics) { edges.append(edge) }
            var seen: Set<Int> = []
            for expression in step.expressions {
                for reference in expression.analysis.references where reference.variable == "steps" {
                    // A reference to a later step is reported by ``ReferenceCheck``, and drawn it would be a circle.
                    guard let id = reference.keys.first, let from = homes[id], from < position,
                        seen.insert(from).inserted
                    else { continue }
                    edges.append(
                        .init(from: from, to: position, reason: .reference(expression.source.span(of: reference.range)))
                    )
                }
            }
            if case .whileStep(let id, let span)? = step.repetition?.extent,
                !block.isParallel || !block.steps.contains(where: { $0.id == id })
            {
                diagnostics.append(
                    Diagnostic(
                        .unknownStep, at: span, "'while: \(id)' names no other step of a parallel group",
                        hint: "put both steps under 'group: { parallel: true, steps: … }'"))
            }
        }
        block.edges = edges
        if let cycle = cycle(in: block) {
            // Edges lead from a step to those that wait for it; people read "a waits for b".
            let waiting = [cycle[0]] + cycle.dropFirst().reversed()
            let names = (waiting + [waiting[0]]).map { block.steps[$0].id }.joined(separator: " -> ")
            let others = waiting.dropFirst().map { Diagnostic.Label(span: block.steps[$0].span, text: "in the circle") }
            diagnostics.append(
                Diagnostic(
                    .cycle, at: block.steps[waiting[0]].span, "these steps wait for each other in a circle: \(names)",
                    secondary: Array(others), hint: "take one of their 'needs' or references out"))
            block.edges = []
        }
    }

    /// For each id, the number of the block's step that is it or holds it.
    private static func homes(of block: Block) -> [String: Int] {
        var homes: [String: Int] = [:]
        func add(_ step: Step, _ home: Int) {
            homes[step.id] = home
            if case .group(let group) = step.action { for inner in group.block.steps { add(inner, home) } }
        }
        for (position, step) in block.steps.enumerated() { add(step, position) }
        return homes
    }

    /// A circle of edges, or nil.
    private static func cycle(in block: Block) -> [Int]? {
        var next: [[Int]] = Array(repeating: [], count: block.steps.count)
        for edge in block.edges { next[edge.from].append(edge.to) }
        var state = [Int](repeating: 0, count: block.steps.count)
        var way: [Int] = []
        // An explicit stack: ten thousand steps in a chain are no reason to recurse as deep.
        for start in block.steps.indices where state[start] == 0 {
            var stack: [(node: Int, edge: Int)] = [(start, 0)]
            state[start] = 1
            way = [start]
            while let top = stack.last {
                if top.edge < next[top.node].count {
                    stack[stack.count - 1].edge += 1
                    let node = next[top.node][top.edge]
                    if state[node] == 1, let first = way.firstIndex(of: node) { return Array(way[first...]) }
                    if state[node] == 0 {
                        state[node] = 1
                        way.append(node)
                        stack.append((node, 0))
                    }
                } else {
                    state[top.node] = 2
                    stack.removeLast()
                    way.removeLast()
                }
            }
        }
        return nil
    }
}
