import Diagnostics
import Expressions
import ScenarioModel

/// A test while it runs: its place in the plan, what it has to undo, and what it found.
///
/// `@unchecked Sendable`: child tasks of the interpreter carry it, and every one of them runs on the
/// interpreter's own executor.
final class TestRun: @unchecked Sendable {
    let planned: PlannedTest
    let scenario: Scenario
    let layers: SettingsLayers
    let session: TestSession
    /// Begins every seed in the test: the run's seed and the test's name.
    let seed: String
    let started: ContinuousClock.Instant
    /// Steps to run at the end, in the order they were registered.
    var cleanups: [Cleanup] = []
    /// Targets with their templates evaluated, by name.
    var targets: [String: ResolvedTarget] = [:]
    /// Which sibling steps of parallel groups still run, for `repeat: {while: ID}`.
    var runningSteps: [String: Int] = [:]
    var isFlaky = false
    /// Proxies before targets and what is in force on them; nil where the test has no faults.
    var faults: TestFaults?
    /// Whether the command line's faults are among them.
    var hasStandingFaults = false
    /// Repetitions around the current step: passed runs in them keep no request and answer.
    var repeatDepth = 0
    /// Whether the steps are those of a cleanup: a 404 on a delete is done, and errors are the cleanup's.
    var isCleaningUp = false
    private var terms: [TermsKey: Terms] = [:]

    private struct TermsKey: Hashable {
        var step: SourceSpan
        var target: String?
    }

    /// Steps that undo what a step began, in the frame in which it began.
    struct Cleanup {
        var block: Block
        var frame: Frame
        var owner: String
    }

    init(
        planned: PlannedTest, scenario: Scenario, layers: SettingsLayers, session: TestSession, seed: String,
        started: ContinuousClock.Instant
    ) {
        self.planned = planned
        self.scenario = scenario
        self.layers = layers
        self.session = session
        self.seed = seed
        self.started = started
    }

    /// What holds for a step on a target; found once, however often the step is repeated or polled.
    func terms(of step: Step, target: Target?) -> Terms {
        let key = TermsKey(step: step.span, target: target?.name)
        if let known = terms[key] { return known }
        let bounds = target.map { layers.connections(to: $0) }
        let found = Terms(
            settings: layers.settings(of: step, target: target), pool: bounds?.poolBounds ?? PoolBounds(),
            maxConnections: bounds?.maxConnections?.value)
        terms[key] = found
        return found
    }
}

/// The settings of a step, and the bounds of the connections to its target.
struct Terms {
    var settings: StepSettings
    var pool: PoolBounds
    var maxConnections: Int?
}

/// What running a step came to: its report, its value for others, and whether later steps may go on.
struct StepOutcome: @unchecked Sendable {
    var report: StepReport
    /// The result that later steps read; nil where there is none.
    var value: SharedValue?

    var failed: Bool { report.verdict == .failed || report.verdict == .error }
}
