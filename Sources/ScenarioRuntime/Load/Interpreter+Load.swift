import Diagnostics
import EventLoop
public import Expressions
public import ScenarioModel
import ScenarioSyntax

/// How a load runs: one task starts runs as its plan says, one tells of each interval and judges it, and one watches
/// the loop itself. A run is a test without a report; what it came to is counted, and nothing of it is kept.
extension Interpreter {
    /// Runs the tests of the plan as a load, drawn in turn; everything leaves as ``LoadEvent``s.
    ///
    /// `baseline` is the aggregate of an earlier load, for `$baseline`.
    public func runLoad(_ repetition: Repetition, _ options: LoadOptions, baseline: Value = .null) async {
        let watch = Task(executorPreference: executor) { await self.watchLoops() }
        defer { watch.cancel() }
        base.set("baseline", SharedValue(baseline))
        // Should the process die, there was something that it did: which run, nobody could say.
        onStep(0, "load")
        let frame = Frame(
            parent: base, trail: "", seed: RunSeed(plan.options.seed), variables: ["run": SharedValue(.null)])
        do throws(StepFailure) {
            let cases = try loadCases()
            if let first = cases.first {
                frame.set("suite", first.suite)
                // Assertions and settings may read the variables; one that needs a row or a need is none of them.
                try? evaluateVariables(of: first.source.scenario, in: frame, with: [:], seed: first.seed)
            }
            let values = try loadValues(repetition, rendering(frame, seed: plan.options.seed))
            let plan = LoadPlan(repetition, values)
            if !plan.assertions.isEmpty { await engine.whenReady(for: plan.assertions.map(\.expression)) }
            let beginning = try await beginLoad(values, plan, cases: cases.count)
            part = beginning.part
            let run = LoadRun(
                plan: plan, options: options, cases: cases, part: part, began: beginning.at,
                seed: self.plan.options.seed, trace: loadTrace)
            load = run
            // An interrupt may have come before there was anything to end.
            if isStopping { endLoad(.interrupted) }
            isStopping = false
            await carryOut(run, frame)
            await shutDown()
            await loops?.wait { $0.haveGone }
        } catch {
            await shutDown()
            loadSurroundings.sink(.finished(LoadOutcome(aggregate: .null, failures: [error.report])))
        }
    }

    /// Starts no more runs of the load; those under way have a while to end.
    public func stopLoad() {
        if load != nil { endLoad(.interrupted) } else { isStopping = true }
    }

    /// The trace of which those of the runs are made.
    var loadTrace: TraceID { TraceID(run: "\(plan.options.runID)/\(salt)") }

    func loadCases() throws(StepFailure) -> [LoadCase] {
        let tests = plan.tests.filter { $0.skip == nil }
        let isMixed = Set(tests.map(\.scenario.file.path)).count > 1
        var cases: [LoadCase] = []
        for planned in tests {
            if let failure = planned.failure { throw StepFailure(failure) }
            let layers = SettingsLayers(
                plan.configuration, suites: planned.suites, flags: plan.options.flags, scenario: planned.scenario)
            let kinds = planned.scenario.requestKinds
            cases.append(
                LoadCase(
                    RunSource(planned: planned, scenario: planned.scenario, layers: layers),
                    prefix: isMixed ? planned.scenario.name + "." : "",
                    drivers: drivers.values.filter { kinds.contains($0.kind) },
                    seed: plan.options.seed + "/" + planned.name.name))
        }
        return cases
    }

    private func loadValues(_ load: Repetition, _ base: Rendering) throws(StepFailure) -> LoadPlan.Values {
        func duration(_ late: Late<Duration>) throws(StepFailure) -> Duration {
            try known(late, base, DurationText.parse, "a duration such as 5s")
        }
        let extent: LoadPlan.Extent
        switch load.extent {
        case .times(let times): extent = .times(try known(times, base, { Int($0) }, "a number"))
        case .duration(let length): extent = .duration(try duration(length))
        case .whileStep(_, let span):
            throw StepFailure(
                FailureReport(
                    code: "load.extent", verdict: .error, message: "'while' repeats a step, and no load",
                    place: Place(span), hint: "write 'for: 1m' or 'times: 100'"))
        }
        let rate = try load.rate.map { (late) throws(StepFailure) in
            try known(late, base, QuantityText.parseRate, "a rate such as 20/s")
        }
        return LoadPlan.Values(
            parallel: try known(load.parallel, base, { Int($0) }, "a number"), rate: rate,
            warmup: try load.warmup.map(duration) ?? .zero, think: try load.think.map(duration) ?? .zero,
            extent: extent)
    }

    private func carryOut(_ load: LoadRun, _ frame: Frame) async {
        let ticker = Task(executorPreference: executor) { await self.tellIntervals(load, frame) }
        await generate(load)
        await loops?.wait { $0.haveEnded }
        ticker.cancel()
        let spent = await ticker.value
        tellInterval(load, frame, since: spent)
        isStopping = false
        loadSurroundings.sink(.finished(conclude(load, frame)))
    }

    /// Does this loop's part of a load.
    func generate(_ load: LoadRun) async {
        told = LoadMoment(time: load.began, spent: loadSurroundings.processTime())
        let generator = Task(executorPreference: executor) {
            await self.pause(until: load.began, load)
            if load.plan.isOpen { await self.startArrivals(load) } else { await self.runUsers(load) }
        }
        load.generator = generator
        let watch = Task(executorPreference: executor) { await self.watchLoop(load) }
        await generator.value
        watch.cancel()
        await watch.value
    }

    private func startArrivals(_ load: LoadRun) async {
        await withDiscardingTaskGroup { group in
            var burst = 0
            while !load.isEnding, let next = load.nextArrival() {
                let meant = load.began + next.offset
                if meant > clock.now {
                    burst = 0
                    await pause(until: meant, load)
                    if load.isEnding { break }
                } else {
                    burst += 1
                    // What is overdue is started in groups, so that answers get their turn.
                    if burst.isMultiple(of: 64) { await Task.yield() }
                }
                let now = clock.now
                guard load.inFlight < load.room else {
                    load.drop(1, meant: meant)
                    let more = load.skipArrivals(to: now - load.began)
                    if more > 0 { load.drop(more, meant: now) }
                    continue
                }
                load.started(meant: meant, at: now)
                group.addTask { await self.runOne(load, next.index, meant: meant, started: now) }
            }
            // The last arrival may be far from the end of the schedule.
            let length = load.plan.curve.length
            if load.plan.times == nil, length.isFinite { await pause(until: load.began + .seconds(length), load) }
            load.end(.completed, at: clock.now)
        }
    }

    private func runUsers(_ load: LoadRun) async {
        await withDiscardingTaskGroup { group in
            for user in load.part.users(of: load.plan.mostUsers) { group.addTask { await self.runUser(load, user) } }
        }
        load.end(.completed, at: clock.now)
    }

    private func runUser(_ load: LoadRun, _ user: Int) async {
        let length = load.plan.curve.length
        var runs = 0
        while !load.isEnding {
            let now = clock.now
            if length.isFinite, now >= load.began + .seconds(length) {
                load.end(.completed, at: now)
                return
            }
            guard load.plan.users(at: now - load.began) > user else {
                await pause(until: now + .milliseconds(20), load)
                continue
            }
            guard let index = load.takeRun() else { return }
            load.started(meant: now, at: now)
            await runOne(load, index, meant: now, started: now)
            if load.plan.think > .zero { await pause(until: clock.now + load.plan.think, load) }
            runs += 1
            // Runs that fail before they send anything never wait, and would keep the loop to themselves.
            if runs.isMultiple(of: 8) { await Task.yield() }
        }
    }

    /// Waits until then, or until the load is to end.
    private func pause(until time: Instant, _ load: LoadRun) async {
        while !load.isEnding, !Task.isCancelled {
            let now = clock.now
            guard time > now else { return }
            _ = try? await clock.sleep(until: min(time, now + .milliseconds(200)))
        }
    }

    /// Notes how late the loop's timers come, and ends the wait for runs that do not end.
    private func watchLoop(_ load: LoadRun) async {
        while !Task.isCancelled {
            let due = clock.now + .milliseconds(10)
            guard (try? await clock.sleep(until: due)) != nil else { return }
            let now = clock.now
            load.worstLag = max(load.worstLag, now - due)
            if let deadline = load.deadline, now > deadline {
                isStopping = true
                load.generator?.cancel()
            }
        }
    }
}
