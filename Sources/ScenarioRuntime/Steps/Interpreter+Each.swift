import Diagnostics
import Expressions
import ScenarioModel

extension Interpreter {
    /// The most elements that passed of which a report tells; those that did not are all in it.
    private static let mostPassed = 100

    /// Runs a step for each element of its list; all run, and the step fails if one does.
    func runEach(
        _ step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        guard let each = step.each else {
            return failed(step, FailureReport(code: "run.lost", verdict: .error, message: "no list"))
        }
        let base = rendering(frame, seed: seed(step, frame))
        let elements: [Value]
        let parallel: Int
        do throws(StepFailure) {
            let list = try base.value(of: each.list, code: "each.failed")
            guard let array = list.array else {
                throw StepFailure(
                    FailureReport(
                        code: "each.list", verdict: .error,
                        message: "'each' needs one array, and got \(list.type) \(list.preview())",
                        place: Place(each.list.source.span)))
            }
            guard array.count >= each.minimum else {
                throw StepFailure(
                    FailureReport(
                        code: "each.empty", verdict: .failed,
                        message:
                            "'each' has \(array.count) element\(array.count == 1 ? "" : "s"), and \(each.minimum) are due",
                        place: Place(each.list.source.span),
                        hint: "nothing is not success; where it may be empty write 'each: { in: …, min: 0 }'"))
            }
            elements = array
            parallel = try known(each.parallel, base, { Int($0) }, "a number")
        } catch {
            return failed(step, error.report)
        }
        var inner = step
        inner.each = nil
        inner.condition = nil
        let single = inner
        let title = trail.last ?? step.id
        var outcomes: [StepOutcome?] = Array(repeating: nil, count: elements.count)
        await withTaskGroup(of: (Int, StepOutcome).self) { group in
            var next = 0
            func start() {
                guard next < elements.count, !Task.isCancelled, !isStopping || run.isCleaningUp else { return }
                let index = next
                next += 1
                let element = Frame(iteration: index, of: title, in: frame)
                element.set(each.variable, SharedValue(elements[index]))
                let trail = trail.dropLast() + ["\(title)[\(index)]"]
                group.addTask {
                    let begun = await self.milliseconds(since: self.began)
                    var outcome = await self.repeated(single, run, element, limits, Array(trail))
                    outcome.report.startedMs = begun
                    outcome.report.ms = await self.milliseconds(since: self.began) - begun
                    return (index, outcome)
                }
            }
            for _ in 0..<max(1, min(parallel, elements.count)) { start() }
            while let (index, outcome) = await group.next() {
                outcomes[index] = outcome
                start()
            }
        }
        return gathered(step, elements, outcomes)
    }

    private func gathered(_ step: Step, _ elements: [Value], _ outcomes: [StepOutcome?]) -> StepOutcome {
        var report = newReport(step)
        var failed = 0
        var passed = 0
        for (index, outcome) in outcomes.enumerated() {
            guard var child = outcome?.report else { continue }
            child.id = "\(step.id)[\(index)]"
            report.verdict = report.verdict.worse(child.verdict == .skipped ? .passed : child.verdict)
            report.isFlaky = report.isFlaky || child.isFlaky
            let isTrouble = child.verdict == .failed || child.verdict == .error
            if isTrouble { failed += 1 } else { passed += 1 }
            guard isTrouble || passed <= Self.mostPassed else { continue }
            child.name = child.name ?? elements[index].shownAsName
            report.children.append(child)
        }
        let count = "\(elements.count) element\(elements.count == 1 ? "" : "s")"
        report.reason = failed == 0 ? count : "\(failed) of \(count) failed"
        if passed > Self.mostPassed { report.reason? += "; \(passed - Self.mostPassed) that passed are not listed" }
        let values = outcomes.map { $0?.value }
        var fields: [SharedValue.Field] = [
            .init("items", computed: { .array(values.map { $0?.value ?? .null }) }), .init("ran", true),
        ]
        for capture in step.captures {
            let captured = values.map { $0?.field(capture.name)?.value ?? .null }
            fields.append(.init(capture.name, .array(captured)))
        }
        return StepOutcome(report: report, value: SharedValue(fields: fields))
    }
}

extension Value {
    /// An element as the name of its step: a text as it is, since names stand in quotes already.
    fileprivate var shownAsName: String {
        guard let text = string else { return preview(60) }
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
