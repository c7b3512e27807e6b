import ScenarioModel

/// Which steps of a block may start: a value that is told what ended and says what follows.
///
/// In a chain one step is ready at a time; in a parallel block all whose predecessors have ended are.
/// Behind a failure the steps that have not begun are skipped; with `keepGoing` only those that read
/// the failed step, or one that was skipped because of it.
struct Schedule {
    /// What to do next.
    enum Action: Equatable {
        case start(Int)
        /// The step cannot run because of the step with that number.
        case skip(Int, because: Int)
    }

    private enum State {
        /// Can transition to running and done.
        case waiting
        /// Can transition to done.
        case running
        case done
    }

    private let edges: [[Block.Edge]]
    private let keepGoing: Bool
    private var states: [State]
    private var open: [Int]
    private var successors: [[Int]]
    /// Steps that failed, or were skipped because of one that did: with the step at the root of it.
    private var lost: [Int: Int] = [:]
    private var firstFailure: Int?

    /// Creates a schedule in which nothing has begun.
    init(_ block: Block, keepGoing: Bool) {
        let count = block.steps.count
        var incoming: [[Block.Edge]] = Array(repeating: [], count: count)
        var successors: [[Int]] = Array(repeating: [], count: count)
        for edge in block.edges {
            incoming[edge.to].append(edge)
            successors[edge.from].append(edge.to)
        }
        self.edges = incoming
        self.successors = successors
        self.keepGoing = keepGoing
        self.states = Array(repeating: .waiting, count: count)
        self.open = incoming.map(\.count)
    }

    /// The steps that wait for nothing.
    mutating func begin() -> [Action] {
        states.indices.flatMap { open[$0] == 0 ? consider($0) : [] }
    }

    /// Takes note that a step has ended, and says what may start.
    mutating func ended(_ step: Int, failed: Bool) -> [Action] {
        states[step] = .done
        if failed {
            lost[step] = step
            firstFailure = firstFailure ?? step
        }
        return release(step)
    }

    /// Whether every step has ended or was skipped.
    var isFinished: Bool { states.allSatisfy { $0 == .done } }

    private mutating func release(_ step: Int) -> [Action] {
        var actions: [Action] = []
        // A chain of ten thousand skipped steps is walked, not recursed.
        var ended = [step]
        while let next = ended.popLast() {
            for successor in successors[next] {
                open[successor] -= 1
                guard open[successor] == 0, states[successor] == .waiting else { continue }
                let considered = consider(successor)
                actions += considered
                if case .skip? = considered.first { ended.append(successor) }
            }
        }
        return actions
    }

    private mutating func consider(_ step: Int) -> [Action] {
        guard states[step] == .waiting else { return [] }
        let cause: Int?
        if keepGoing {
            cause = edges[step].first { $0.reason != .chain && lost[$0.from] != nil }.flatMap { lost[$0.from] }
        } else {
            cause = firstFailure
        }
        if let cause {
            states[step] = .done
            lost[step] = cause
            return [.skip(step, because: cause)]
        }
        states[step] = .running
        return [.start(step)]
    }
}
