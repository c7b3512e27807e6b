internal import Expressions
internal import ScenarioModel

/// A step that a report must tell of in full: where it stands in its test, and others like it.
struct TroubledStep {
    /// Its place among groups and elements: `setup → users[2] → create`.
    var trail: String
    var step: StepReport
    var isCleanup: Bool
    /// Further elements or runs that failed and are told in a line each, set on the last that is told in full.
    var others: [Other] = []
    /// How many there are beyond those.
    var omitted = 0

    /// An element that failed much as one that is told in full did.
    struct Other {
        var trail: String
        var message: String
    }

    /// A `repeat` shows its first three failures in full (language.md §5); so does an `each`.
    private static let mostInFull = 3
    private static let mostOthers = 20

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
        guard isTrouble(step) else { return }
        let trail = outer.isEmpty ? step.id : "\(outer) → \(step.id)"
        let failed = step.children.filter(isTrouble)
        // The steps of a group differ, and each is told; elements and runs are alike.
        let areAlike = step.aggregate != nil || failed.allSatisfy { $0.id.hasSuffix("]") }
        let inFull = areAlike ? mostInFull : failed.count
        var inside: [TroubledStep] = []
        for child in failed.prefix(inFull) { collect(child, trail: trail, isCleanup: isCleanup, into: &inside) }
        if let last = inside.indices.last, areAlike {
            let others = step.aggregate == nil ? failed.dropFirst(inFull).prefix(mostOthers) : []
            inside[last].others += others.map { Other(trail: "\(trail) → \($0.id)", message: message(of: $0)) }
            inside[last].omitted +=
                max(failed.count, failedRuns(of: step)) - min(failed.count, inFull) - others.count
        }
        if !step.failures.isEmpty || inside.isEmpty {
            found.append(TroubledStep(trail: trail, step: step, isCleanup: isCleanup))
        }
        found += inside
    }

    private static func isTrouble(_ step: StepReport) -> Bool { step.verdict == .failed || step.verdict == .error }

    private static func message(of step: StepReport) -> String {
        if let failure = step.failures.first { return failure.message }
        return step.children.first(where: isTrouble).map(message) ?? step.reason ?? step.verdict.rawValue
    }

    private static func failedRuns(of step: StepReport) -> Int {
        let counts = [step.aggregate?["failed"]?.number, step.aggregate?["errors"]?.number]
        return counts.reduce(0) { $0 + (Int(exactly: $1 ?? 0) ?? 0) }
    }
}
