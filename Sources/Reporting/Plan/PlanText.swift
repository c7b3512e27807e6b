internal import Diagnostics
internal import ScenarioModel

extension PlanFormat {
    /// Lines for people.
    public static let text = PlanFormat(name: "text", summary: "lines for people") { graph, style in
        var text = PlanText()
        text.write(graph)
        let written = text.output.written(in: style.hasColor ? .ansi : .plain)
        return style.hasUnicode ? written : ASCIIText.folded(written)
    }
}

/// Writes the graph of a run for people.
///
/// ```
/// 1 scenario, 2 tests, profile embedded (plumb.yaml)                   <- headline
///
/// cross_service/chat  scenarios/cross_service/chat.yaml                <- scenario
///   A completion is stored.
///   tests     chat[mixtral], chat[hermes]
///   scenario  5m (default)
///   1 ask  http                                                        <- node
///       POST http://127.0.0.1:8000/v1/chat/completions
///       target   gateway http://127.0.0.1:8000 (the default; plumb.yaml:29)
///       expect   status is 2xx (implied)
///       timeout  30s (integration_tests.yaml:6)
///   2 stored  sql
///       after    ask (chain, reference line 31)
/// ```
struct PlanText {
    private(set) var output = StyledText()
    /// The file of the scenario that is written, whose places need no path.
    private var file = ""

    mutating func write(_ graph: RunGraph) {
        headline(graph)
        for scenario in graph.needed { write(scenario, isNeeded: true) }
        for scenario in graph.scenarios { write(scenario, isNeeded: false) }
        locks(graph.locks)
    }

    private mutating func headline(_ graph: RunGraph) {
        var parts = [Figures.count(graph.scenarios.count, "scenario"), Figures.count(graph.testCount, "test")]
        if graph.skipCount > 0 { parts.append("\(graph.skipCount) skipped") }
        if let profile = graph.profile { parts.append("profile \(profile)") }
        output.append(parts.joined(separator: ", "), .strong)
        if let path = graph.configuration { output.append(" (\(path))", .dim) }
        output.append("\n")
    }

    private mutating func write(_ scenario: Graph, isNeeded: Bool) {
        file = scenario.file
        output.append("\n\(scenario.name)", .strong)
        if scenario.name != scenario.file { output.append("  \(scenario.file)", .place) }
        if isNeeded { output.append("  once per run, before those that need it", .dim) }
        output.append("\n")
        if let description = scenario.description {
            for line in description.split(whereSeparator: \.isNewline) { output.append("  \(line)\n") }
        }
        var facts: [Graph.Fact] = []
        if !scenario.tags.isEmpty { facts.append(.init("tags", scenario.tags.joined(separator: ", "))) }
        facts += tests(scenario)
        facts += scenario.needs.map { .init("needs", "\($0.name) = \($0.graph)", origin: short($0.place)) }
        facts += scenario.locks.map { .init("locks", $0) }
        facts += scenario.targets + scenario.facts
        self.facts(facts, indent: "  ")
        let waits = Dictionary(grouping: scenario.edges, by: \.to)
        for (index, node) in scenario.nodes.enumerated() { write(node, "\(index + 1)", "  ", waits) }
        if !scenario.cleanup.isEmpty {
            output.append("  cleanup", .strong)
            output.append(", later steps' first, of the steps that were begun\n")
            for (index, node) in scenario.cleanup.enumerated() { write(node, "c\(index + 1)", "  ", waits) }
        }
        self.facts(scenario.outputs.map { .init("output", "\($0.name): \($0.value)") }, indent: "  ")
    }

    /// The tests of a scenario, as rows where it has cases; skipped ones with the reason.
    private func tests(_ scenario: Graph) -> [Graph.Fact] {
        var facts: [Graph.Fact] = []
        let rows = scenario.tests.filter { $0.skip == nil }.compactMap(\.row)
        if !rows.isEmpty {
            let shown = rows.prefix(Self.shownRows).map { "[\($0)]" }.joined(separator: " ")
            let more = rows.count > Self.shownRows ? " and \(Figures.grouped(rows.count - Self.shownRows)) more" : ""
            facts.append(.init("tests", "\(Figures.grouped(rows.count)): \(shown)\(more)"))
        }
        var reasons: [String] = []
        for test in scenario.tests { if let skip = test.skip, !reasons.contains(skip) { reasons.append(skip) } }
        return facts + reasons.map { .init("skipped", $0) }
    }

    private static let shownRows = 50

    private mutating func write(
        _ node: Graph.Node, _ number: String, _ indent: String, _ waits: [String: [Graph.Edge]]
    ) {
        output.append("\(indent)\(number) ", .dim)
        output.append(node.id, .strong)
        output.append("  \(node.isParallel ? "parallel " : "")\(node.kind)")
        if let title = node.title { output.append("  \(title)", .note) }
        output.append("  \(short(node.place))\n", .place)
        let inner = indent + String(repeating: " ", count: number.utf8.count + 1)
        for line in node.request.flatMap({ $0.split(separator: "\n", omittingEmptySubsequences: false) }) {
            output.append(line.isEmpty ? "\n" : "\(inner)\(line)\n", .note)
        }
        var facts: [Graph.Fact] = []
        if let owner = node.undoes { facts.append(.init("undoes", owner)) }
        facts += after(waits[node.id] ?? [])
        facts += node.flow
        if let target = node.target { facts.append(target) }
        facts += node.judgement + node.settings
        self.facts(facts, indent: inner)
        for (index, child) in node.children.enumerated() { write(child, "\(number).\(index + 1)", inner, waits) }
    }

    /// What a step waits for, each with its reasons: `ask (chain; reference, chat.yaml:31)`.
    private func after(_ edges: [Graph.Edge]) -> [Graph.Fact] {
        var order: [String] = []
        var reasons: [String: [String]] = [:]
        for edge in edges where edge.reason != .cleanup {
            if reasons[edge.from] == nil { order.append(edge.from) }
            reasons[edge.from, default: []].append(edge.reason.rawValue + (edge.place.map { " \(short($0))" } ?? ""))
        }
        return order.map { .init("after", $0, origin: reasons[$0]?.joined(separator: ", ")) }
    }

    private mutating func locks(_ locks: [RunGraph.Lock]) {
        for lock in locks {
            output.append("\nlock \(lock.name)\n", .strong)
            let names = lock.exclusive.map { Graph.Fact("alone", $0) } + lock.shared.map { Graph.Fact("shared", $0) }
            facts(names, indent: "  ")
        }
    }

    /// Facts in two columns; a name that repeats the one above is left out, and dotted parts join their whole.
    private mutating func facts(_ facts: [Graph.Fact], indent: String) {
        let width = facts.map { Self.label($0).utf8.count }.max() ?? 0
        var last = ""
        var isOpen = false
        for fact in facts {
            if let dot = fact.name.firstIndex(of: "."), String(fact.name[..<dot]) == last, fact.name != "repeat.assert"
            {
                output.append(", \(fact.name[fact.name.index(after: dot)...]) ", .dim)
            } else {
                if isOpen { output.append("\n") }
                let label = Self.label(fact) == last ? "" : Self.label(fact)
                let padding = String(repeating: " ", count: width - label.utf8.count + 2)
                output.append("\(indent)\(label)\(padding)", .dim)
                last = Self.label(fact)
            }
            output.append(fact.value)
            if let origin = fact.origin { output.append(" (\(short(origin)))", .place) }
            isOpen = true
        }
        if isOpen { output.append("\n") }
    }

    /// A place as it is said inside the scenario's own part: `line 31` where it is in the scenario's file.
    private func short(_ place: String) -> String {
        place.split(separator: "\(file):", omittingEmptySubsequences: false).joined(separator: "line ")
    }

    private static func label(_ fact: Graph.Fact) -> String {
        guard let dot = fact.name.firstIndex(of: ".") else { return fact.name }
        return fact.name == "repeat.assert" ? "of all" : String(fact.name[..<dot])
    }
}
