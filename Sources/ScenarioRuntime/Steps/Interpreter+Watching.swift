import Diagnostics
import Expressions
import ScenarioModel

/// What a step that watches another knows when its own turn comes.
enum FirstLook {
    case taken(Value)
    case failed(FailureReport)
}

extension Interpreter {
    /// The steps of a block that watch each of the others, by number.
    func watchers(in block: Block) -> [Int: [Int]] {
        var watchers: [Int: [Int]] = [:]
        for edge in block.edges {
            if case .watch = edge.reason { watchers[edge.from, default: []].append(edge.to) }
        }
        return watchers
    }

    /// Takes the first look of steps that watch the one about to begin; what comes of it waits in the frame.
    func lookAhead(
        for watchers: [Int], in block: Block, _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async {
        guard !watchers.isEmpty, !isInterrupted(run) else { return }
        // Side by side, since each may have to wait for what it looks at.
        await withTaskGroup(of: Void.self) { group in
            for number in watchers {
                group.addTask { await self.lookAhead(of: block.steps[number], run, frame, limits) }
            }
        }
    }

    private func lookAhead(of step: Step, _ run: TestRun, _ frame: Frame, _ limits: Limits) async {
        guard let watch = step.watch else { return }
        frame.keep(look: await firstLook(of: step, watch, run, frame, limits), for: step.id)
    }

    private func firstLook(
        of step: Step, _ watch: any WatchingRequest, _ run: TestRun, _ frame: Frame, _ limits: Limits
    ) async -> FirstLook {
        guard let driver = drivers[watch.kind] else { return .failed(lost(step, "no driver carries it out")) }
        if !step.expressions.isEmpty { await engine.whenReady(for: step.expressions) }
        let request = watch.firstLook
        do throws(StepFailure) {
            let target = try resolveTarget(of: step, request, run, rendering(frame, seed: seed(step, frame)))
            let carrier = Carrier(
                step: step, request: request, driver: driver, target: target,
                terms: run.terms(of: step, target: target?.target), label: run.label(of: step),
                part: part)
            let attempted = await attempt(carrier, run, frame, limits)
            guard let attempt = attempted.attempt else {
                return .failed(attempted.failure ?? lost(step, "it was not carried out"))
            }
            guard let error = attempt.error else { return .taken(attempt.result.value) }
            return .failed(
                FailureReport(
                    code: "\(step.kind).\(error.kind.codeName)", verdict: error.kind == .rejected ? .failed : .error,
                    message: "before '\(watch.watched.id)': \(error.message)", place: attempt.place ?? Place(step.span),
                    hint: error.hint))
        } catch {
            return .failed(error.report)
        }
    }

    /// The request that a step sends in its own turn: that of a watching one depends on its first look.
    func settled(
        _ request: any StepRequest, of step: Step, _ frame: Frame
    ) throws(StepFailure) -> any StepRequest {
        guard let watch = request as? any WatchingRequest else { return request }
        switch frame.look(of: step.id) {
        case .taken(let value): return watch.lastLook(after: value)
        case .failed(let report): throw StepFailure(report)
        case nil: throw StepFailure(lost(step, "'\(watch.watched.id)' did not begin"))
        }
    }

    private func lost(_ step: Step, _ reason: String) -> FailureReport {
        FailureReport(
            code: "run.lost", verdict: .error, message: "no first look was taken: \(reason)", place: Place(step.span))
    }
}
