import EventLoop
public import Expressions
public import ScenarioModel

/// How one of the other loops does its part of a load: it waits for the beginning, runs what is its own, and tells
/// what it did. It judges nothing, and runs no scenario that others need.
extension Interpreter {
    /// Does a loop's part of a load that another loop leads.
    public func followLoad(_ repetition: Repetition, _ options: LoadOptions, baseline: Value = .null) async {
        guard let follower else { return }
        base.set("baseline", SharedValue(baseline))
        onStep(0, "load")
        secrets.keepFresh()
        // What is wrong with the tests is wrong in the leading loop as well, which tells of it.
        guard let cases = try? loadCases() else { return }
        follower.tell(.ready)
        if let beginning = await follower.beginning.get() {
            part = LoadPart(index: beginning.index, of: beginning.count, cases: cases.count)
            let run = LoadRun(
                plan: LoadPlan(repetition, beginning.values), options: options, cases: cases, part: part,
                began: began + beginning.at, seed: plan.options.seed, trace: loadTrace)
            load = run
            await generate(run)
            var tally = tally(of: run)
            tally.isLast = true
            follower.tell(.tally(tally))
        }
        await shutDown()
    }

    /// Takes a line that the leading loop wrote; false where it is no message.
    public func hear(order line: [UInt8]) -> Bool {
        guard let follower, let order = try? LoopOrder(line) else { return false }
        switch order {
        case .begin(let beginning): follower.beginning.set(beginning)
        case .tell: if let load { follower.tell(.tally(tally(of: load))) }
        case .end(let reason):
            follower.beginning.set(nil)
            load?.end(reason, at: clock.now)
        case .need(let key, let outcome, let texts):
            for text in texts { secrets.add(.string(text)) }
            follower.take(outcome, key: key)
        }
        return true
    }

    /// What the loop did since this was last asked.
    private func tally(of load: LoadRun) -> LoopTally {
        let now = LoadMoment(time: clock.now, spent: loadSurroundings.processTime())
        let last = told ?? LoadMoment(time: load.began, spent: .zero)
        defer { told = now }
        var tally = LoopTally()
        tally.interval = load.takeInterval().record
        tally.total = load.takeTotal().record
        tally.isStarting = !load.isEnding
        tally.inFlight = load.inFlight
        tally.peak = load.takePeak()
        tally.lag = load.takeLag()
        tally.spent = now.spent - last.spent
        tally.passed = now.time - last.time
        tally.memory = loadSurroundings.memory()
        tally.requests = requests
        tally.firstSkip = load.firstSkip
        tally.samples = load.takeSamples()
        tally.secrets = secrets.takeFresh()
        return tally
    }
}
