import Expressions
import Reporting
import ScenarioModel

/// The reporters of a run or a load: one that cannot go on is left out from then on, and why is kept.
struct Audience<Reporter> {
    private var reporters: [Reporter]
    private(set) var problems: [ReportError] = []

    init(_ reporters: [Reporter]) { self.reporters = reporters }

    /// Tells each of an event.
    mutating func tell(_ event: (Reporter) throws(ReportError) -> Void) {
        reporters.removeAll { reporter in
            do throws(ReportError) {
                try event(reporter)
                return false
            } catch {
                problems.append(error)
                return true
            }
        }
    }
}

extension ReportError {
    /// Tells people of it, without the secrets of the plan.
    func tell(of plan: RunPlan) {
        let mask = SecretMask(plan.configuration.secrets.values.compactMap { $0 })
        Streams.err(mask.masked("error: \(self)\n" + (hint.map { "  = hint: \($0)\n" } ?? "")))
    }
}
