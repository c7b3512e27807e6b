public import ScenarioModel

/// The tests that have begun and not ended, with the steps that each is in.
public struct RunningTests: Sendable {
    private var byIndex: [Int: Test] = [:]
    private var names: [Int: TestName] = [:]

    /// A test under way.
    public struct Test: Sendable, Hashable {
        public var name: TestName
        /// Milliseconds from the run's start.
        public var startedMs: Double
        /// The innermost steps under way, oldest first; several in a parallel group.
        public var steps: [Step]
    }

    /// A step under way.
    public struct Step: Sendable, Hashable {
        public var id: String
        /// Its place among groups and elements: `setup → users[2] → create`.
        public var trail: String
        public var kind: String
        /// Milliseconds from the run's start.
        public var startedMs: Double
        /// How far it is, where it told.
        public var progress: StepProgress?
    }

    /// Creates an empty set.
    public init() {}

    /// The tests, those that began first in front.
    public var tests: [Test] {
        byIndex.values.sorted { ($0.startedMs, $0.name.index) < ($1.startedMs, $1.name.index) }
    }
    /// The number of tests.
    public var count: Int { byIndex.count }

    func test(_ index: Int) -> Test? { byIndex[index] }
    func contains(_ index: Int) -> Bool { byIndex[index] != nil }

    /// Takes the next event.
    public mutating func receive(_ event: RunEvent) {
        switch event {
        case .runStarted(let start):
            names = Dictionary(start.tests.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
        case .testStarted(let test, let ms):
            guard let name = names[test] else { return }
            byIndex[test] = Test(name: name, startedMs: ms, steps: [])
        case .stepStarted(let test, let id, let trail, let kind, let ms):
            // A step inside another takes its place: the outer one is told by the trail.
            byIndex[test]?.steps.removeAll { trail.hasPrefix($0.trail) && trail != $0.trail }
            byIndex[test]?.steps.append(Step(id: id, trail: trail, kind: kind, startedMs: ms))
        case .stepProgressed(let test, let trail, let progress, _):
            guard let place = byIndex[test]?.steps.firstIndex(where: { $0.trail == trail }) else { return }
            byIndex[test]?.steps[place].progress = progress
        case .stepFinished(let test, _, let trail, _, _):
            byIndex[test]?.steps.removeAll { $0.trail == trail }
        case .testFinished(let result):
            byIndex[result.test.index] = nil
        case .needCleaned, .note, .runFinished: break
        }
    }
}
