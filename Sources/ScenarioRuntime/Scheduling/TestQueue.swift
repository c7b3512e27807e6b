/// Which tests may start: as many as there are jobs, none beside another that holds a lock it needs.
///
/// Tests start in file order. A test that must wait keeps its place: later ones that would use the same
/// targets wait behind it, so that an exclusive lock is never starved.
struct TestQueue {
    /// What a test needs while it runs.
    struct Claim {
        /// Targets it uses beside others.
        var shared: Set<String>
        /// Targets and words that are its own meanwhile.
        var exclusive: Set<String>
    }

    private let claims: [Claim]
    private let jobs: Int
    private var waiting: [Int]
    private var running: Set<Int> = []

    /// Creates a queue of all tests.
    init(claims: [Claim], jobs: Int) {
        self.claims = claims
        self.jobs = max(1, jobs)
        self.waiting = Array(claims.indices.reversed())
    }

    /// The tests that may start now.
    mutating func start() -> [Int] {
        var started: [Int] = []
        var passedOver: [Int] = []
        while running.count < jobs, let next = waiting.popLast() {
            let isFree =
                running.allSatisfy { !conflicts(claims[$0], claims[next]) }
                && passedOver.allSatisfy { !conflicts(claims[$0], claims[next]) }
            if isFree {
                running.insert(next)
                started.append(next)
            } else {
                passedOver.append(next)
            }
        }
        waiting += passedOver.reversed()
        return started
    }

    /// Takes note that a test has ended.
    mutating func ended(_ test: Int) { running.remove(test) }

    /// Gives up on the tests that have not begun, and returns them in order.
    mutating func drain() -> [Int] {
        defer { waiting = [] }
        return waiting.reversed()
    }

    /// Whether nothing waits or runs.
    var isFinished: Bool { waiting.isEmpty && running.isEmpty }

    private func conflicts(_ a: Claim, _ b: Claim) -> Bool {
        !a.exclusive.isDisjoint(with: b.exclusive) || !a.exclusive.isDisjoint(with: b.shared)
            || !a.shared.isDisjoint(with: b.exclusive)
    }
}
