internal import Expressions
internal import ScenarioModel

/// A step that a report must tell of in full: where it stands in its test, and how many like it are left out.
struct TroubledStep {
    /// Its place among groups and elements: `setup → users[2] → create`.
    var trail: String
    var step: StepReport
    var isCleanup: Bool
    /// Set on the last of several runs or elements: those that failed too and are not shown.
    var omitted: Int = 0

    /// A `repeat` shows its first three failures in full (language.md §5).
    private static let shownRuns = 3
    private static let shownElements = 10

    /// The innermost steps of a test that did not pass, in order, cleanup last.
    static func all(in test: TestResult) -> [TroubledStep] {
        var found: [TroubledStep] = []
        for step in test.steps { collect(step, trail: "", isCleanup: false, into: &found) }
        for step in test.cleanup { collect(step, trail: "", isCleanup: true, into: &found) }
        return found
    }

    private static func collect(
        _ step: StepReport, trail outer: String, isCleanup: Bool, into found: inout [TroubledStep]
    ) {
        guard step.verdict == .failed || step.verdict == .error else { return }
        let trail = outer.isEmpty ? step.id : "\(outer) → \(step.id)"
        var inside: [TroubledStep] = []
        let failed = step.children.filter { $0.verdict == .failed || $0.verdict == .error }
        let limit = step.aggregate == nil ? shownElements : shownRuns
        for child in failed.prefix(limit) { collect(child, trail: trail, isCleanup: isCleanup, into: &inside) }
        if let last = inside.indices.last {
            inside[last].omitted = max(failed.count, failedRuns(of: step)) - min(failed.count, limit)
        }
        if !step.failures.isEmpty || inside.isEmpty {
            found.append(TroubledStep(trail: trail, step: step, isCleanup: isCleanup))
        }
        found += inside
    }

    private static func failedRuns(of step: StepReport) -> Int {
        let counts = [step.aggregate?["failed"]?.number, step.aggregate?["errors"]?.number]
        return counts.reduce(0) { $0 + (Int(exactly: $1 ?? 0) ?? 0) }
    }
}
