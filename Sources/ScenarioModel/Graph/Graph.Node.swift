extension Graph {
    /// A step in its place in the graph.
    public struct Node: Sendable, Hashable {
        /// Unique in the graph: the step's id, with that of the step that uses its file before it: `login/token`.
        public var id: String
        /// The word for what it does: `http`, `wait`, `group`, `use`, `check`.
        public var kind: String
        /// The title for people.
        public var title: String?
        /// `file:line` where the step is written.
        public var place: String
        /// Whether the steps inside run at the same time.
        public var isParallel = false
        /// When and how often it runs: `if`, `each`, `repeat`, `until`.
        public var flow: [Fact] = []
        /// The target with its address, and the place that chose it.
        public var target: Fact?
        /// The request as far as it is known before the run, a line each.
        public var request: [String] = []
        /// What must hold of the result, and what is taken of it.
        public var judgement: [Fact] = []
        /// Time-outs and retries, each with the place that set it.
        public var settings: [Fact] = []
        /// The step that this one undoes, for a cleanup step.
        public var undoes: String?
        /// The steps inside a group or a used scenario.
        public var children: [Node] = []

        /// Creates a node.
        public init(id: String, kind: String, place: String) {
            self.id = id
            self.kind = kind
            self.place = place
        }
    }

    /// That a step waits for another, and why.
    public struct Edge: Sendable, Hashable {
        public var from: String
        public var to: String
        public var reason: Reason
        /// `file:line` of the text that asks for it; nil for file order.
        public var place: String?

        /// Creates an edge.
        public init(from: String, to: String, reason: Reason, place: String? = nil) {
            self.from = from
            self.to = to
            self.reason = reason
            self.place = place
        }
    }

    /// Why one waits for another (language.md §4).
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// File order.
        case chain
        /// `needs` of a step in a parallel group, or of a scenario.
        case needs
        /// A `$steps.X`.
        case reference
        /// A step that watches the other, and looks before it begins and after its end.
        case watch
        /// A target or word that one takes for itself.
        case lock
        /// The step that a cleanup undoes.
        case cleanup
    }

    /// Every node, those inside others behind them, cleanups last.
    public var allNodes: [Node] {
        var all: [Node] = []
        func visit(_ nodes: [Node]) {
            for node in nodes {
                all.append(node)
                visit(node.children)
            }
        }
        visit(nodes)
        visit(cleanup)
        return all
    }
}
