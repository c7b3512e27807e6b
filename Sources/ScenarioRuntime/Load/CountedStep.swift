import Expressions
import ScenarioModel

/// What a step of a load's run came to: it is counted, and told only in a sample of a run that did not pass.
enum CountedStep {
    case passed(PassedRequest)
    indirect case told(StepReport)

    var id: String {
        switch self {
        case .passed(let passed): passed.carrier.step.id
        case .told(let report): report.id
        }
    }

    var verdict: Verdict {
        switch self {
        case .passed: .passed
        case .told(let report): report.verdict
        }
    }

    /// How long it took, in milliseconds.
    var ms: Double {
        switch self {
        case .passed(let passed): passed.ms
        case .told(let report): report.ms
        }
    }

    var captures: Value.Object {
        switch self {
        case .passed(let passed): passed.findings.captures
        case .told(let report): report.captures
        }
    }

    /// The steps of a group, each counted by itself; those of a loop are not, since there may be any number.
    var counted: [StepReport] {
        guard case .told(let report) = self, report.kind == "group", report.aggregate == nil,
            !report.children.contains(where: { $0.id.hasSuffix("]") })
        else { return [] }
        return report.children
    }
}
