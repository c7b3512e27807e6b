import Diagnostics
import EventLoop
import Expressions
public import ScenarioModel

/// How the first of a load's loops leads the others: all begin at one moment, each tells what it did when it is asked,
/// and one loop judges the whole.
///
/// A loop that goes before its time is an error of the load: the others then end as after an interrupt.
extension Interpreter {
    /// How long after the order to begin the loops do so: each has read it by then.
    private static let notice: Duration = .milliseconds(20)

    /// Takes a line that another loop of the load wrote.
    public func hear(_ line: [UInt8], from loop: Int) {
        guard let loops else { return }
        do throws(MessageProblem) {
            switch try LoopReport(line) {
            case .ready: try loops.change { (board) throws(MessageProblem) in try board.becomeReady(loop) }
            case .tally(let tally): try take(tally, from: loop)
            case .need(let question): try answer(question, to: loop)
            }
        } catch {
            lost(
                loop,
                FailureReport(
                    code: "run.crash", verdict: .error,
                    message: "the worker process of loop \(loop + 2) sent what is no message: \(error)"))
            loops.end(loop)
        }
    }

    /// Notes that the process of another loop has gone; `failure` tells how, should it have been too early.
    public func lost(_ loop: Int, _ failure: FailureReport) {
        guard let loops else { return }
        var isEarly = false
        loops.change { isEarly = $0.leave(loop) }
        guard isEarly else { return }
        var failure = failure
        if load != nil { failure.notes.append("what that loop had not told yet is missing in the figures") }
        loops.keep(failure)
        endLoad(.crashed)
    }

    /// Starts no more runs, in no loop.
    func endLoad(_ reason: LoadOutcome.End) {
        load?.end(reason, at: clock.now)
        loops?.tellAll(.end(reason))
    }

    /// Ends loops that owe something for too long, so that whoever waits for them goes on.
    func watchLoops() async {
        guard let loops else { return }
        while (try? await clock.sleep(until: clock.now + .milliseconds(500))) != nil {
            var overdue: [Int] = []
            loops.change { overdue = $0.overdue(at: clock.now) }
            for loop in overdue {
                lost(
                    loop,
                    FailureReport(
                        code: "run.crash", verdict: .error,
                        message: "the worker process of loop \(loop + 2) gave no answer for "
                            + "\(LoopBoard.patience.components.seconds) s"))
                loops.end(loop)
            }
        }
    }

    /// Has the other loops begin, where there are any; returns the moment, and this loop's part.
    func beginLoad(
        _ values: LoadPlan.Values, _ plan: LoadPlan, cases: Int
    ) async throws(StepFailure) -> (at: Instant, part: LoadPart) {
        guard let loops else { return (clock.now, .whole) }
        await loops.wait { $0.haveStarted }
        if let failure = loops.failures.first { throw StepFailure(failure) }
        let now = clock.now
        let most = min(plan.isOpen ? plan.parallel : plan.mostUsers, plan.times ?? .max)
        loops.begin(values, at: now + Self.notice - began, loops: most, now: now)
        return (now + Self.notice, LoadPart(index: 0, of: loops.count, cases: cases))
    }

    /// Has the other loops tell what they did, and waits for it.
    func gatherTallies() async {
        guard let loops else { return }
        loops.ask(at: clock.now)
        await loops.wait { $0.haveAnswered }
    }

    private func take(_ tally: LoopTally, from loop: Int) throws(MessageProblem) {
        guard let load, let loops else { throw MessageProblem("it told something before the beginning") }
        try loops.change { (board) throws(MessageProblem) in try board.take(tally, from: loop, at: clock.now) }
        for secret in tally.secrets { secrets.add(.string(secret)) }
        load.take(tally)
    }

    /// Runs what another loop's run needs, unless it has run already.
    private func answer(_ question: NeedQuestion, to loop: Int) throws(MessageProblem) {
        guard let planned = plan.tests.first(where: { $0.name.index == question.test }),
            let need = planned.scenario.needs.first(where: { $0.name == question.name })
        else { throw MessageProblem("it needs '\(question.name)', which test \(question.test) does not") }
        let key = needKey(need, question.parameters)
        let run =
            needs[key]
            ?? startNeed(
                need, question.parameters, key: key, planned,
                trace: TraceID(run: plan.options.runID, test: planned.name.index))
        Task(executorPreference: executor) { await self.hand(on: run, key: question.key, to: loop) }
    }

    private func hand(on need: NeedRun, key: String, to loop: Int) async {
        let outcome = await need.task.value
        loops?.tell(.need(key: key, outcome, secrets: secrets.all), to: loop)
    }
}
