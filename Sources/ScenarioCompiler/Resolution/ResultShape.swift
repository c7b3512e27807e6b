import Expressions
import ScenarioModel

/// The members that a step's result can have, as expressions see it.
enum ResultShape {
    /// What every kind's result has.
    static let common = ["error", "ms", "attempt", "tries"]
    /// What the aggregate of a `repeat` has (language.md §2).
    static let aggregate = [
        "runs", "passed", "failed", "errors", "error_kinds", "dropped", "late", "per_second", "ms", "failed_ms",
    ]

    /// The members of `.` in a step's own judgement, by one run of it.
    static func own(_ step: Step) -> [String] {
        let polled = step.until == nil ? [] : ["polls"]
        return switch step.action {
        case .check: polled
        case .request(let request): request.resultFields.map(\.name) + common + polled
        case .wait: ["ms"]
        case .group: step.recovery == nil ? ["ms"] : ["ms", "recovered_ms", "passed_under_fault"]
        case .use(let use): use.scenario.outputs.map(\.name) + ["ms"]
        }
    }

    /// The members of `$steps.ID` in the step's own judgement.
    static func inside(_ step: Step) -> [String] { own(step) + step.captures.map(\.name) }

    /// The members of `$steps.ID`, as later steps see it.
    static func outside(_ step: Step) -> [String] {
        let captures = step.captures.map(\.name)
        if step.repetition != nil { return aggregate + captures + ["ran"] }
        if step.each != nil { return ["items", "ms", "ran"] + captures }
        return own(step) + captures + ["ran"]
    }

    /// The members of a `repeat`'s aggregate with the captures of the step, and of the steps in a repeated group.
    static func aggregate(of step: Step) -> [String] {
        var names = aggregate + step.captures.map(\.name)
        if case .group(let group) = step.action { names += group.block.steps.flatMap { $0.captures.map(\.name) } }
        return names
    }
}
