public import Diagnostics

/// Steps that stand beside each other, and which of them waits for which.
public struct Block: Sendable {
    public var steps: [Step]
    /// From a step to one that waits for it, by their numbers in `steps`.
    public var edges: [Edge]
    public var isParallel: Bool

    /// Creates a block; edges are added once the names in it are resolved.
    public init(steps: [Step], edges: [Edge] = [], isParallel: Bool = false) {
        self.steps = steps
        self.edges = edges
        self.isParallel = isParallel
    }

    /// That a step waits for another, and why.
    public struct Edge: Sendable, Hashable {
        public var from: Int
        public var to: Int
        public var reason: Reason
        /// Creates an edge.
        public init(from: Int, to: Int, reason: Reason) {
            self.from = from
            self.to = to
            self.reason = reason
        }
    }

    /// Why a step waits (language.md §4).
    public enum Reason: Sendable, Hashable {
        /// File order.
        case chain
        /// `needs` in a parallel group.
        case needs(SourceSpan)
        /// A `$steps.X`.
        case reference(SourceSpan)
        /// A step that watches the other: its first look is taken before that one begins.
        case watch(SourceSpan)

        /// The word that `plan` prints.
        public var word: String {
            switch self {
            case .chain: "chain"
            case .needs: "needs"
            case .reference: "reference"
            case .watch: "watch"
            }
        }
    }
}

/// Steps under one head: together in parallel, in a loop, under one time-out.
public struct Group: Sendable {
    public var block: Block
    /// Goes on behind a failure with the steps that do not read the failed one.
    public var keepGoing: Bool

    /// Creates a group.
    public init(block: Block, keepGoing: Bool) {
        self.block = block
        self.keepGoing = keepGoing
    }
}

/// Another scenario run in place, with its variables set.
public struct Use: Sendable {
    public var scenario: Scenario
    public var with: [ValueTemplate.Member]
    public var span: SourceSpan

    /// Creates a use.
    public init(scenario: Scenario, with: [ValueTemplate.Member], span: SourceSpan) {
        self.scenario = scenario
        self.with = with
        self.span = span
    }
}
