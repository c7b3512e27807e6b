import Diagnostics
import EventLoop
import Expressions
import ScenarioModel

/// The steps of a load's run one after another.
///
/// What ``runBlock(_:_:_:_:keepGoing:trail:)`` and ``runStep(_:_:_:_:trail:)`` do beside running a request is for those
/// who follow or read each step; of a load nobody does.
extension Interpreter {
    /// Runs the steps of a chain; behind the first that does not pass they are skipped.
    ///
    /// This and what it calls become one function: each call of an asynchronous one asks twice where it runs.
    @inline(__always)
    func runChain(
        _ chain: [LoadCase.Link], _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async -> [CountedStep] {
        var endings: [CountedStep] = []
        endings.reserveCapacity(chain.count)
        var culprit: String?
        for link in chain {
            if let culprit {
                endings.append(.told(skipped(link.step, isStopping ? "interrupted" : "\(culprit) failed", frame)))
                continue
            }
            let ending = await runLink(link, run, frame, limits)
            if ending.verdict == .failed || ending.verdict == .error { culprit = link.step.id }
            endings.append(ending)
        }
        return endings
    }

    @inline(__always)
    private func runLink(
        _ link: LoadCase.Link, _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async -> CountedStep {
        guard let request = link.request, !isInterrupted(run) else {
            return .told(await runStep(link.step, run, frame, limits, trail: []).report)
        }
        let started = clock.now
        // What has a carrier has run before, and so was ready.
        if !link.step.expressions.isEmpty, run.carrier(of: link.step) == nil {
            await engine.whenReady(for: link.step.expressions)
        }
        switch await runBriefly(link.step, request, run, frame, limits) {
        case .passed(let passed):
            passed.startedMs = (started - began).milliseconds
            passed.ms = milliseconds(since: started)
            return .passed(passed)
        case .told(let outcome):
            return .told(noted(outcome, of: link.step, started, frame).report)
        }
    }

    /// The report of a step, made now where it was only counted.
    func report(of step: CountedStep, _ run: TestRun, _ frame: Frame) -> StepReport {
        switch step {
        case .told(let report): return report
        case .passed(let passed):
            var report = concluded(passed.carrier, run, frame, passed.attempted, passed.findings).report
            report.startedMs = passed.startedMs
            report.ms = passed.ms
            return report
        }
    }
}
