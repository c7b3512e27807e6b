import Diagnostics
import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// What the runs of one repetition share.
    ///
    /// `@unchecked Sendable`: used on the interpreter's executor only.
    private final class Repeating: @unchecked Sendable {
        let step: Step
        let single: Step
        let run: TestRun
        let frame: Frame
        let limits: Limits
        let trail: [String]
        /// How its runs are called, before their numbers.
        let title: String
        let captureNames: [String]
        /// The captures of the steps of a group.
        let nested: [(step: String, names: [String])]
        let tally = RepeatTally()
        let countedFrom: Instant
        let watched: String?
        var pace: Pace
        /// The pause of a user between two runs.
        let think: Duration
        var inFlight = 0

        init(
            step: Step, run: TestRun, frame: Frame, limits: Limits, trail: [String], pace: Pace, think: Duration,
            countedFrom: Instant, watched: String?
        ) {
            self.step = step
            var single = step
            single.repetition = nil
            single.condition = nil
            self.single = single
            self.run = run
            self.frame = frame
            self.limits = limits
            self.trail = trail
            title = trail.last ?? step.id
            captureNames = step.captures.map(\.name)
            nested = step.nestedCaptures
            self.pace = pace
            self.think = think
            self.countedFrom = countedFrom
            self.watched = watched
        }
    }

    /// Runs a step as its `repeat` says, and judges the aggregate.
    func runRepeated(
        _ step: Step, _ repetition: Repetition, _ run: TestRun, _ frame: Frame, _ limits: Limits, _ trail: [String]
    ) async -> StepOutcome {
        let base = rendering(frame, seed: seed(step, frame))
        let started = clock.now
        let repeating: Repeating
        let parallel: Int
        do throws(StepFailure) {
            parallel = try known(repetition.parallel, base, { Int($0) }, "a number")
            let warmup = try repetition.warmup.map { (late) throws(StepFailure) in
                try known(late, base, DurationText.parse, "a duration such as 5s")
            }
            let extent: Pace.Extent
            var watched: String?
            switch repetition.extent {
            case .times(let times): extent = .times(try known(times, base, { Int($0) }, "a number"))
            case .duration(let length):
                extent = .until(
                    started + (warmup ?? .zero) + (try known(length, base, DurationText.parse, "a duration such as 1m"))
                )
            case .whileStep(let id, _):
                extent = .asLong
                watched = id
            }
            let rate = try repetition.rate.map { (late) throws(StepFailure) in
                try known(late, base, QuantityText.parseRate, "a rate such as 20/s")
            }
            repeating = Repeating(
                step: step, run: run, frame: frame, limits: limits, trail: trail,
                pace: Pace(
                    extent: extent, perSecond: rate, start: started, warmup: warmup ?? .zero,
                    stages: repetition.stages, spacing: repetition.spacing, seed: base.seed.text + "/arrivals"),
                think: try repetition.think.map { (late) throws(StepFailure) in
                    try known(late, base, DurationText.parse, "a duration such as 5s")
                } ?? .zero,
                countedFrom: started + (warmup ?? .zero), watched: watched)
        } catch {
            return failed(step, error.report)
        }
        run.repeatDepth += 1
        if repetition.isOpen {
            await runArrivals(repeating, parallel)
        } else {
            await withTaskGroup(of: Void.self) { group in
                for user in 0..<min(max(1, repeating.pace.mostUsers ?? parallel), Repetition.mostParallel) {
                    group.addTask { await self.runWorker(repeating, user) }
                }
            }
        }
        run.repeatDepth -= 1
        let elapsed = max(clock.now - repeating.countedFrom, .milliseconds(1))
        return conclude(repeating, repetition, elapsed, base)
    }

    private func runWorker(_ repeating: Repeating, _ user: Int) async {
        var now = clock.now
        while !shouldStop(repeating, at: now) {
            let isActive = repeating.pace.isActive(user: user, at: now)
            if isActive {
                guard let next = repeating.pace.next(at: now) else { return }
                now = await runRun(repeating, index: next.index, time: now)
            } else if repeating.pace.hasEnded(at: now) {
                return
            }
            let pause = isActive ? repeating.think : .milliseconds(20)
            guard pause > .zero else { continue }
            _ = try? await clock.sleep(until: now + pause)
            now = clock.now
        }
    }

    private func runArrivals(_ repeating: Repeating, _ parallel: Int) async {
        await withDiscardingTaskGroup { group in
            while !shouldStop(repeating, at: clock.now), let next = repeating.pace.next(at: clock.now) {
                if next.time > clock.now { _ = try? await clock.sleep(until: next.time) }
                if shouldStop(repeating, at: clock.now) { break }
                if repeating.inFlight >= parallel {
                    // All that are due by now find no room either; a rate beyond all capacity is not counted one by one.
                    let dropped = 1 + repeating.pace.skip(to: clock.now)
                    if next.time >= repeating.countedFrom { repeating.tally.counts.dropped += dropped }
                    await Task.yield()
                    continue
                }
                // A millisecond of the loop's own lag is no lateness.
                if clock.now - next.time > .milliseconds(1), next.time >= repeating.countedFrom {
                    repeating.tally.counts.late += 1
                }
                repeating.inFlight += 1
                group.addTask {
                    _ = await self.runRun(repeating, index: next.index, time: next.time)
                    await self.ended(repeating)
                }
            }
        }
    }

    private func ended(_ repeating: Repeating) { repeating.inFlight -= 1 }

    /// Runs the step once and counts it; returns the time of its end.
    private func runRun(
        _ repeating: Repeating, index: Int, time: Instant
    ) async -> Instant {
        let element = Frame(iteration: index, of: repeating.title, in: repeating.frame)
        let ending: RunEnding
        if case .request(let request) = repeating.single.action, repeating.single.until == nil {
            ending = await runBriefly(repeating.single, request, repeating.run, element, repeating.limits)
        } else {
            ending = .told(
                await runOnce(
                    repeating.single, repeating.run, element, repeating.limits,
                    repeating.trail.dropLast() + ["\(repeating.title)[\(index)]"], index: index))
        }
        let ended = clock.now
        guard time >= repeating.countedFrom else { return ended }
        repeating.tally.add(
            ending, index: index, ms: (ended - time).milliseconds,
            endedMs: (ended - repeating.countedFrom).milliseconds, captureNames: repeating.captureNames,
            nested: repeating.nested)
        return ended
    }

    private func shouldStop(_ repeating: Repeating, at now: Instant) -> Bool {
        if Task.isCancelled || isStopping && !repeating.run.isCleaningUp { return true }
        if repeating.limits.haveStruck(at: now) { return true }
        if let watched = repeating.watched { return (repeating.run.runningSteps[watched] ?? 0) == 0 }
        return false
    }

    private func conclude(
        _ repeating: Repeating, _ repetition: Repetition, _ elapsed: Duration, _ base: Rendering
    ) -> StepOutcome {
        let step = repeating.step
        let tally = repeating.tally
        var report = newReport(step)
        let names = repeating.captureNames + repeating.nested.flatMap(\.names)
        let aggregate = tally.value(elapsed: elapsed, captureNames: names)
        var shown = aggregate
        for name in names { shown[name] = nil }
        report.aggregate = .object(shown)
        report.target = tally.target
        if tally.counts.runs > 0 { report.course = tally.course.value(isOpen: repetition.isOpen) }
        report.reason = summary(tally.counts)
        report.children = tally.samples
        let dot = SharedValue(.object(aggregate))
        do throws(StepFailure) {
            if let failure = try passFailure(tally.counts, repetition, step, base) { report.failures.append(failure) }
        } catch {
            report.failures.append(error.report)
        }
        let judge = Judge(rendering: rendering(repeating.frame, dot: dot, seed: base.seed))
        report.failures += judge.assertions(repetition.assertions, dot, code: "repeat.assert")
        for failure in report.failures { report.verdict = report.verdict.worse(failure.verdict) }
        var fields = aggregate
        fields["ran"] = true
        return StepOutcome(report: report, value: SharedValue(fields: fields.map { .init($0.0, $0.1) }))
    }

    private func summary(_ tally: RunCounts) -> String {
        var text = "\(tally.passed)/\(tally.runs) passed"
        if tally.latencies.count > 0 { text += ", p95 \(Int(tally.latencies.percentile(95).rounded())) ms" }
        if tally.dropped > 0 { text += ", \(tally.dropped) dropped" }
        if tally.late > 0 { text += ", \(tally.late) late" }
        return text
    }

    private func passFailure(
        _ tally: RunCounts, _ repetition: Repetition, _ step: Step, _ base: Rendering
    ) throws(StepFailure) -> FailureReport? {
        let place = Place(repetition.span)
        guard tally.runs > 0 else {
            return FailureReport(
                code: "repeat.none", verdict: .failed, message: "no run was started, so nothing is proved", place: place
            )
        }
        var pass = repetition.pass
        if case .template(let template) = pass {
            let text = try base.value(of: template).tostring
            pass = Repetition.Pass(written: text) ?? .all
        }
        let isEnough: Bool
        let wanted: String
        switch pass {
        case .all, .template:
            isEnough = tally.passed == tally.runs
            wanted = "all"
        case .count(let count):
            isEnough = tally.passed >= count
            wanted = "\(count)"
        case .share(let share):
            isEnough = Double(tally.passed) >= share * Double(tally.runs)
            wanted = "\(Value.number(share * 100).tostring)%"
        }
        if isEnough { return nil }
        let isError = tally.failed == 0
        return FailureReport(
            code: "repeat.pass", verdict: isError ? .error : .failed,
            message: "\(tally.passed) of \(tally.runs) runs passed, and \(wanted) must", place: place,
            hint: "the first failures follow" + (wanted == "all" ? "; 'pass: 99%' would allow some" : ""))
    }
}

extension Repetition {
    /// Whether runs come by a rate, and not one after another.
    fileprivate var isOpen: Bool { rate != nil || stages.contains { $0.rate != nil } }
}

extension Step {
    /// The captures of the steps in a repeated group, by step.
    fileprivate var nestedCaptures: [(step: String, names: [String])] {
        guard case .group(let group) = action else { return [] }
        return group.block.steps.filter { !$0.captures.isEmpty }.map { ($0.id, $0.captures.map(\.name)) }
    }
}
