import Expressions
import Reporting
import ScenarioModel

/// The reporters of a run or a load: one that cannot go on is left out from then on, and why is kept.
struct Audience<Reporter> {
    private var reporters: [Reporter]
    private(set) var problems: [ReportError] = []

    init(_ reporters: [Reporter]) { self.reporters = reporters }

    /// Opens the reporters that were asked for; tells what cannot be opened, and is nil then.
    static func open(
        _ texts: [String], of plan: RunPlan, _ open: (String) throws(ReportError) -> Reporter?
    ) -> [Reporter]? {
        var reporters: [Reporter] = []
        var problems: [ReportError] = []
        for text in texts {
            do throws(ReportError) {
                if let reporter = try open(text) { reporters.append(reporter) }
            } catch {
                problems.append(error)
            }
        }
        for problem in problems { problem.tell(of: plan) }
        return problems.isEmpty ? reporters : nil
    }

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
