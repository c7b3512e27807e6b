import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// Notes what a step wants undone; called just before its first attempt can be sent.
    func registerCleanup(_ step: Step, _ run: TestRun, _ frame: Frame) {
        guard let cleanup = step.cleanup, !run.isCleaningUp else { return }
        run.cleanups.append(.init(block: cleanup, frame: frame, owner: step.id))
    }

    /// Undoes what was begun, later steps' first, in time of its own that no cancellation cuts.
    func cleanUp(_ run: TestRun) async -> [StepReport] {
        guard !run.cleanups.isEmpty else { return [] }
        run.isCleaningUp = true
        return await Task(executorPreference: executor) { await self.undo(run) }.value
    }

    private func undo(_ run: TestRun) async -> [StepReport] {
        let limits = Limits().adding("cleanup", run.layers.cleanupLimit, from: clock.now)
        var reports: [StepReport] = []
        for cleanup in run.cleanups.reversed() {
            for step in cleanup.block.steps {
                let missing = missingNames(of: step, in: cleanup.frame)
                if !missing.isEmpty {
                    var report = skipped(step, "\(missing.joined(separator: ", ")) never came", cleanup.frame)
                    report.notes = ["'\(cleanup.owner)' may have left something"]
                    reports.append(report)
                    continue
                }
                let outcome = await runStep(step, run, cleanup.frame, limits, trail: ["cleanup of \(cleanup.owner)"])
                reports.append(outcome.report)
            }
        }
        return reports
    }

    /// The `$steps.X.NAME` that a cleanup step reads and that have no value.
    private func missingNames(of step: Step, in frame: Frame) -> [String] {
        var missing: [String] = []
        for expression in step.expressions {
            for reference in expression.analysis.references
            where reference.variable == "steps" && !reference.isOptional && reference.keys != ["ran"] {
                guard let id = reference.keys.first, id != step.id else { continue }
                let name = reference.keys.prefix(2).joined(separator: ".")
                guard reference.keys.count > 1 else { continue }
                if reference.keys[1] == "ran" { continue }
                let result = frame.result(id)
                let value = result?.field(reference.keys[1]) ?? result?.value[reference.keys[1]].map { SharedValue($0) }
                if value == nil { missing.append("$steps.\(name)") }
            }
        }
        return missing
    }
}
