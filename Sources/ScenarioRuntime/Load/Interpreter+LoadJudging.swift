import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// Tells of each interval as it ends, until cancelled; returns the processor time up to the last and its end.
    func tellIntervals(_ load: LoadRun, _ frame: Frame) async -> LoadMoment {
        var last = LoadMoment(time: load.began, spent: loadSurroundings.processTime())
        var number = 1
        while true {
            let due = load.began + load.options.interval * number
            guard (try? await clock.sleep(until: due)) != nil else { return last }
            await gatherTallies()
            last = tellInterval(load, frame, since: last)
            number = max(number + 1, Int((last.time - load.began) / load.options.interval) + 1)
        }
    }

    /// Tells of what happened since a moment, judges all so far, and returns the present moment.
    @discardableResult
    func tellInterval(_ load: LoadRun, _ frame: Frame, since last: LoadMoment) -> LoadMoment {
        let now = LoadMoment(time: clock.now, spent: loadSurroundings.processTime())
        let length = now.time - last.time
        let others = loops?.takeFigures(own: load.takePeak()) ?? LoopFigures()
        let tally = load.takeInterval()
        // A short rest in which nothing happened is no interval; one that has a run is, so that they come to the total.
        let isRest = length < load.options.interval / 10
        guard !isRest || tally.counts.runs + tally.counts.dropped > 0 else { return now }
        var interval = LoadInterval(
            startMs: (last.time - load.began).milliseconds, lengthMs: length.milliseconds)
        interval.isWarmup = last.time < load.countedFrom
        interval.passed = tally.counts.passed
        interval.failed = tally.counts.failed
        interval.errors = tally.counts.errors
        interval.dropped = tally.counts.dropped
        interval.late = tally.counts.late
        interval.inFlight = load.inFlight + others.inFlight
        interval.latencies = tally.counts.latencies.counts
        interval.failedLatencies = tally.counts.failedLatencies.counts
        interval.lagMs = max(load.takeLag(), others.lag).milliseconds
        interval.cpu = max((now.spent - last.spent) / max(length, .milliseconds(1)), others.cpu)
        interval.memory = loadSurroundings.memory() + others.memory
        interval.steps = Value.Object(tally.steps.entries.map { ($0.name, $0.element.brief) })
        // A rest is too short to tell whether a processor was busy.
        if !interval.isWarmup, !isRest || load.intervals == 0 {
            load.intervals += 1
            if interval.isGeneratorBusy { load.busyIntervals += 1 }
        }
        if load.total.counts.runs > 0, !load.plan.assertions.isEmpty {
            let failures = judge(load, frame)
            interval.failing = failures.map { $0.name ?? $0.place?.excerpt ?? $0.message }
            let isStarting = !load.isEnding || loops?.areStarting ?? false
            if !failures.isEmpty, load.plan.abortsEarly, isStarting { endLoad(.aborted) }
        }
        loadSurroundings.sink(.interval(interval))
        return now
    }

    private func judge(_ load: LoadRun, _ frame: Frame) -> [FailureReport] {
        let judged = Frame(parent: frame, trail: "load")
        let dot = SharedValue(.object(aggregate(load, withCaptures: true)))
        let rendering = rendering(judged, dot: dot, seed: plan.options.seed)
        let assertions = load.plan.assertions
        let context = judged.context(for: assertions.map(\.expression), dot: dot, seed: rendering.seed)
        let judgements = engine.judge(assertions.map(\.expression), in: context)
        return zip(assertions, judgements).compactMap { assertion, judgement in
            guard case .fails(let failure) = judgement else { return nil }
            var report = Judge.report(assertion, failure, code: "load.threshold", rendering: rendering)
            if load.total.counts.passed == 0, report.code == "assert.missing-path" {
                report.hint =
                    "no run passed, so that 'ms' and 'service_ms' are null; 'failed_ms' has the times of those that failed"
            }
            return report
        }
    }

    private func aggregate(_ load: LoadRun, withCaptures: Bool) -> Value.Object {
        let elapsed = max(clock.now - load.countedFrom, .milliseconds(1))
        var aggregate = load.total.value(elapsed: elapsed, withCaptures: withCaptures)
        aggregate["most_in_flight"] = Value(max(load.mostInFlight, loops?.mostInFlight ?? 0))
        aggregate["generator"] = [
            "loops": Value(load.part.count), "intervals": Value(load.intervals),
            "busy_intervals": Value(load.busyIntervals),
            "bottleneck": .bool(load.isGeneratorBottleneck),
        ]
        return aggregate
    }

    /// Judges what a load came to as a whole.
    func conclude(_ load: LoadRun, _ frame: Frame) -> LoadOutcome {
        var failures = loops?.failures ?? []
        let total = load.total
        if !failures.isEmpty { return outcome(of: load, failures) }
        if total.counts.runs == 0 {
            var failure = FailureReport(
                code: "load.none", verdict: .failed, message: "no run ended, so nothing is proved")
            if let skip = load.firstSkip { failure.notes = ["\(total.skipped) skipped: \(skip)"] }
            if total.counts.dropped > 0 { failure.notes.append("\(total.counts.dropped) arrivals found no room") }
            if total.unfinished > 0 { failure.notes.append("\(total.unfinished) were cut off at the end") }
            failures.append(failure)
        } else {
            failures += passFailure(total, load.plan.pass).map { [$0] } ?? []
            failures += judge(load, frame)
        }
        if let failure = droppedFailure(total, load) { failures.append(failure) }
        let end = load.end ?? .completed
        if total.unfinished > 0, end != .interrupted, total.counts.runs > 0 {
            failures.append(
                FailureReport(
                    code: "load.unfinished", verdict: .failed,
                    message:
                        "\(total.unfinished) runs had not ended \(DurationText.format(load.options.drain)) after the last "
                        + "was started, and were cut off"))
        }
        return outcome(of: load, failures)
    }

    private func outcome(of load: LoadRun, _ failures: [FailureReport]) -> LoadOutcome {
        LoadOutcome(
            aggregate: .object(aggregate(load, withCaptures: false)), failures: failures,
            samples: load.samples.map(\.result), latencies: load.total.counts.latencies.counts,
            end: load.end ?? .completed, requests: requests + (loops?.requests ?? 0))
    }

    private func passFailure(_ total: LoadTally, _ pass: Repetition.Pass) -> FailureReport? {
        let wanted: String
        switch pass {
        case .all, .template:
            if total.counts.passed == total.counts.runs { return nil }
            wanted = "all"
        case .count(let count):
            if total.counts.passed >= count { return nil }
            wanted = "\(count)"
        case .share(let share):
            if Double(total.counts.passed) >= share * Double(total.counts.runs) { return nil }
            wanted = "\(Value.number(share * 100).tostring)%"
        }
        return FailureReport(
            code: "load.pass", verdict: .failed,
            message: "\(total.counts.passed) of \(total.counts.runs) runs passed, and \(wanted) must",
            hint: wanted == "all" ? "'pass: 99%' in the load, or '--pass 99%', would allow some" : nil)
    }

    private func droppedFailure(_ total: LoadTally, _ load: LoadRun) -> FailureReport? {
        guard load.plan.isOpen, total.counts.dropped > 0 else { return nil }
        let arrivals = total.counts.dropped + total.counts.runs + total.unfinished + total.skipped
        switch load.plan.allowedDropped {
        case .all, .template: return nil
        case .count(let count): if total.counts.dropped <= count { return nil }
        case .share(let share): if Double(total.counts.dropped) <= share * Double(arrivals) { return nil }
        }
        return FailureReport(
            code: "load.dropped", verdict: .failed,
            message: "\(total.counts.dropped) of \(arrivals) arrivals found \(load.plan.parallel) runs in flight, "
                + "and were dropped",
            hint: "the target is too slow for this rate, or 'parallel' ('--users') too small; "
                + "'allow_dropped: 1%' would allow some")
    }
}

/// A moment of a load, and the processor time that was spent by then.
struct LoadMoment: Sendable {
    var time: Instant
    var spent: Duration
}

extension LoadRun {
    /// Whether the generator had too little time for itself in more than a tenth of the intervals.
    var isGeneratorBottleneck: Bool { busyIntervals * 10 > intervals }
}

extension Place {
    /// What the place underlines.
    fileprivate var excerpt: String? {
        let scalars = text.unicodeScalars
        guard column >= 1, endColumn > column, endColumn - 1 <= scalars.count else { return nil }
        let start = scalars.index(scalars.startIndex, offsetBy: column - 1)
        let end = scalars.index(start, offsetBy: endColumn - column)
        return String(scalars[start..<end])
    }
}
