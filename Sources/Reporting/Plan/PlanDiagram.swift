internal import ScenarioModel

/// A run's graph as boxes and arrows, which Mermaid and DOT write each in their own way.
///
/// Every box has a key made of letters and digits alone, so that no name can break a document.
struct PlanDiagram {
    /// A box, or a frame around others.
    struct Box {
        var key: String
        /// Lines of the label.
        var label: [String]
        var shape: Shape
        /// The boxes inside a frame.
        var children: [Box] = []
    }

    enum Shape { case step, frame, lock }

    struct Arrow {
        var from: String
        var to: String
        var label: String
        /// Whether it stands for something else than order in time.
        var isDashed: Bool
    }

    private(set) var boxes: [Box] = []
    private(set) var arrows: [Arrow] = []

    init(_ graph: RunGraph) {
        var frames: [String: String] = [:]
        for (index, scenario) in (graph.needed + graph.scenarios).enumerated() {
            let key = "g\(index)"
            frames[scenario.name] = key
            add(scenario, key)
        }
        for scenario in graph.needed + graph.scenarios {
            for need in scenario.needs {
                guard let from = frames[need.graph], let to = frames[scenario.name] else { continue }
                arrows.append(Arrow(from: from, to: to, label: "needs \(need.name)", isDashed: false))
            }
        }
        for (index, lock) in graph.locks.enumerated() {
            let key = "l\(index)"
            boxes.append(Box(key: key, label: ["lock \(lock.name)"], shape: .lock))
            for (names, label) in [(lock.exclusive, "alone"), (lock.shared, "shared")] {
                for name in names {
                    guard let to = frames[name] else { continue }
                    arrows.append(Arrow(from: key, to: to, label: label, isDashed: true))
                }
            }
        }
    }

    private mutating func add(_ scenario: Graph, _ key: String) {
        var keys: [String: String] = [:]
        for (index, node) in scenario.allNodes.enumerated() { keys[node.id] = "\(key)n\(index)" }
        func box(_ node: Graph.Node) -> Box {
            let label =
                [node.title ?? node.id, node.isParallel ? "parallel \(node.kind)" : node.kind] + node.request.prefix(1)
            return Box(
                key: keys[node.id] ?? key, label: label, shape: node.children.isEmpty ? .step : .frame,
                children: node.children.map(box))
        }
        var frame = Box(key: key, label: Self.title(scenario), shape: .frame, children: scenario.nodes.map(box))
        if !scenario.cleanup.isEmpty {
            frame.children.append(
                Box(key: "\(key)c", label: ["cleanup"], shape: .frame, children: scenario.cleanup.map(box)))
        }
        boxes.append(frame)
        // Edges of one pair are drawn once, with all their reasons.
        var order: [[String]] = []
        var reasons: [[String]: [Graph.Reason]] = [:]
        for edge in scenario.edges {
            let pair = [edge.from, edge.to]
            if reasons[pair] == nil { order.append(pair) }
            reasons[pair, default: []].append(edge.reason)
        }
        for pair in order {
            guard let from = keys[pair[0]], let to = keys[pair[1]], let all = reasons[pair] else { continue }
            arrows.append(
                Arrow(
                    from: from, to: to, label: all.map(\.rawValue).joined(separator: ", "), isDashed: all == [.cleanup])
            )
        }
    }

    private static func title(_ scenario: Graph) -> [String] {
        let count = scenario.tests.count
        let skipped = scenario.tests.count { $0.skip != nil }
        var title = [scenario.name]
        if count > 1 { title.append(Figures.count(count, "test")) }
        if count > 0, skipped == count { title.append("skipped") }
        return title
    }
}
