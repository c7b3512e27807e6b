import EventLoop
import Expressions
import ScenarioModel

extension Interpreter {
    /// Runs one run of a load, from its variables to its cleanup, and counts what came of it.
    func runOne(
        _ load: LoadRun, _ index: Int, meant: Instant, started: Instant
    ) async {
        defer { load.ended() }
        let own = load.cases[index % load.cases.count]
        let run = TestRun(
            own.source, session: TestSession(test: own.name), seed: RunSeed(own.seed, number: index),
            trace: load.trace.numbered(index), started: started,
            terms: own.terms)
        run.isTraceRecorded = false
        run.faults = own.hasFaults ? faults(of: own.source.scenario) : nil
        // Passed runs keep no request and answer.
        run.repeatDepth = 1
        let frame = Frame(parent: base, trail: "", seed: run.origin)
        frame.set("suite", own.suite)
        if own.readsRun { frame.set("run", SharedValue(runValue(run))) }
        if let row = own.row { frame.set("case", row) }
        let limits = Limits().adding("scenario timeout", own.limit, from: started)
        var steps: [CountedStep] = []
        var failures: [FailureReport] = []
        var skip: String?
        do throws(StepFailure) {
            if own.hasBeginning {
                skip = try await begin(own.source.scenario, run, frame, with: [:])
            } else {
                frame.set("vars", noVariables)
            }
            if skip == nil, let links = own.chain {
                steps = await runChain(links, run, frame, limits)
            } else if skip == nil {
                let scenario = own.source.scenario
                steps = await runBlock(scenario.steps, run, frame, limits, keepGoing: scenario.keepGoing, trail: [])
                    .map { .told($0) }
            }
        } catch {
            failures.append(error.report)
        }
        let ended = clock.now
        if let cleanup = own.cleanup, skip == nil {
            run.cleanups.insert(.init(block: cleanup, frame: frame, owner: own.source.scenario.name), at: 0)
        }
        if !run.session.isEmpty { for driver in own.drivers { await driver.endSteps(run.session) } }
        let cleanup = run.cleanups.isEmpty ? [] : await cleanUp(run)
        if !run.session.isEmpty { for driver in own.drivers { await driver.endSession(run.session) } }
        run.faults?.close()
        if Task.isCancelled {
            if meant >= load.countedFrom { load.total.addUnfinished() }
            return
        }
        if let skip, load.firstSkip == nil { load.firstSkip = skip }
        var verdict: Verdict = skip == nil ? .passed : .skipped
        for step in steps where step.verdict != .skipped { verdict = verdict.worse(step.verdict) }
        for failure in failures { verdict = verdict.worse(failure.verdict) }
        var kind = Self.firstCode(failures, steps)
        if verdict == .passed, cleanup.contains(where: { $0.verdict == .failed || $0.verdict == .error }) {
            verdict = .error
            kind = "cleanup"
        }
        load.add(
            LoadTally.Run(
                verdict: verdict, kind: kind, ms: (ended - meant).milliseconds,
                serviceMs: (ended - started).milliseconds, prefix: own.prefix, steps: steps),
            meant: meant)
        guard verdict == .failed || verdict == .error, load.wantsSample(of: kind ?? "") else { return }
        var reports = steps.map { report(of: $0, run, frame) }
        if own.chain != nil { Self.noteNeeds(in: own.source.scenario.steps, &reports) }
        var sample = TestResult(
            test: own.source.planned.name, verdict: verdict, startedMs: (started - load.began).milliseconds,
            ms: (ended - started).milliseconds, steps: reports, cleanup: cleanup, failures: failures)
        sample.test.name += "#\(index)"
        load.keep(sample, cause: kind ?? "")
    }

    private static func firstCode(_ failures: [FailureReport], _ steps: [CountedStep]) -> String? {
        if let failure = failures.first { return failure.code }
        for case .told(let report) in steps {
            if let code = firstCode(report.failures, report.children.map { .told($0) }) { return code }
        }
        return nil
    }
}
