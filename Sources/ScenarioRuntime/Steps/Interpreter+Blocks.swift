import Diagnostics
import Expressions
import ScenarioModel

extension Interpreter {
    /// Runs the steps of a block as its schedule allows, and reports them in the order they are written.
    func runBlock(
        _ block: Block, _ run: TestRun, _ frame: Frame, _ limits: Limits, keepGoing: Bool, trail: [String]
    ) async -> [StepReport] {
        var schedule = Schedule(block, keepGoing: keepGoing)
        let watchers = watchers(in: block)
        var reports: [StepReport?] = Array(repeating: nil, count: block.steps.count)
        if block.isParallel {
            await runSideBySide(block, &schedule, &reports, watchers, run, frame, limits, trail)
        } else {
            var actions = schedule.begin()
            while !actions.isEmpty {
                var next: [Schedule.Action] = []
                for action in actions {
                    guard let step = started(action, block, &reports, frame) else { continue }
                    await lookAhead(for: watchers[step] ?? [], in: block, run, frame, limits)
                    let outcome = await runStep(block.steps[step], run, frame, limits, trail: trail)
                    reports[step] = outcome.report
                    next += schedule.ended(step, failed: outcome.failed)
                }
                actions = next
            }
        }
        var told = reports.compactMap { $0 }
        Self.noteNeeds(in: block, &told)
        return told
    }

    /// Notes in the reports of a block's steps which of the others each waited for.
    static func noteNeeds(in block: Block, _ reports: inout [StepReport]) {
        guard reports.count == block.steps.count else { return }
        for edge in block.edges where edge.reason != .chain {
            let needed = block.steps[edge.from].id
            if !reports[edge.to].needs.contains(needed) { reports[edge.to].needs.append(needed) }
        }
    }

    private func runSideBySide(
        _ block: Block, _ schedule: inout Schedule, _ reports: inout [StepReport?],
        _ watchers: [Int: [Int]], _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async {
        await withTaskGroup(of: (Int, StepOutcome).self) { group in
            var running = 0
            func perform(_ actions: [Schedule.Action]) {
                for action in actions {
                    guard let number = started(action, block, &reports, frame) else { continue }
                    running += 1
                    let step = block.steps[number]
                    run.runningSteps[step.id, default: 0] += 1
                    group.addTask {
                        await self.lookAhead(for: watchers[number] ?? [], in: block, run, frame, limits)
                        return (number, await self.runStep(step, run, frame, limits, trail: trail))
                    }
                }
            }
            perform(schedule.begin())
            while running > 0, let (number, outcome) = await group.next() {
                running -= 1
                run.runningSteps[block.steps[number].id, default: 1] -= 1
                reports[number] = outcome.report
                perform(schedule.ended(number, failed: outcome.failed))
            }
        }
    }

    /// The number of a step that is to start; a skipped one is reported at once.
    private func started(
        _ action: Schedule.Action, _ block: Block, _ reports: inout [StepReport?], _ frame: Frame
    ) -> Int? {
        switch action {
        case .start(let number):
            return number
        case .skip(let number, let cause):
            let reason = isStopping ? "interrupted" : "\(block.steps[cause].id) failed"
            reports[number] = skipped(block.steps[number], reason, frame)
            return nil
        }
    }

    /// The report of a step that does not run.
    func skipped(_ step: Step, _ reason: String, _ frame: Frame) -> StepReport {
        var report = StepReport(id: step.id, name: nil, kind: step.kind, place: Place(step.span), verdict: .skipped)
        report.reason = reason
        report.startedMs = milliseconds(since: began)
        frame.keepAbsence(step.id, "skipped: \(reason)")
        return report
    }
}
