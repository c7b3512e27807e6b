import Diagnostics
import EventLoop
import Expressions
import ScenarioModel

/// A test while it runs: its place in the plan, what it has to undo, and what it found.
///
/// `@unchecked Sendable`: child tasks of the interpreter carry it, and every one of them runs on the
/// interpreter's own executor.
final class TestRun: @unchecked Sendable {
    let source: RunSource
    var planned: PlannedTest { source.planned }
    var scenario: Scenario { source.scenario }
    var layers: SettingsLayers { source.layers }
    let session: TestSession
    /// Begins every seed in the test: the run's seed and the test's name.
    let origin: RunSeed
    var seed: String { origin.text }
    let started: Instant
    /// Steps to run at the end, in the order they were registered.
    var cleanups: [Cleanup] = []
    /// Targets with their templates evaluated, by name.
    var targets: [String: ResolvedTarget] = [:]
    /// Which sibling steps of parallel groups still run, for `repeat: {while: ID}`.
    var runningSteps: [String: Int] = [:]
    var isFlaky = false
    /// What the scenarios came to that this test was the first to need.
    var needReports: [StepReport] = []
    /// Proxies before targets and what is in force on them; nil where the test has no faults.
    var faults: TestFaults?
    /// Whether the command line's faults are among them.
    var hasStandingFaults = false
    /// Whether a step's faults are in force, beside those of the command line.
    var isStruck: Bool { (faults?.depth ?? 0) > (hasStandingFaults ? 1 : 0) }
    /// Repetitions around the current step: passed runs in them keep no request and answer.
    var repeatDepth = 0
    /// Whether the steps are those of a cleanup: a 404 on a delete is done, and errors are the cleanup's.
    var isCleaningUp = false
    /// The trace of the test's requests.
    let trace: TraceID
    /// Whether services are asked to keep that trace; those of a load would fill their stores.
    var isTraceRecorded = true
    let known: KnownTerms
    /// What carries the requests of steps whose target the scenario derives: it ends with this run.
    private var ownCarriers: [ObjectIdentifier: Carrier] = [:]

    /// Steps that undo what a step began, in the frame in which it began.
    struct Cleanup {
        var block: Block
        var frame: Frame
        var owner: String
    }

    init(
        _ source: RunSource, session: TestSession, seed: RunSeed,
        trace: TraceID, started: Instant, terms: KnownTerms = KnownTerms()
    ) {
        self.source = source
        self.session = session
        origin = seed
        self.trace = trace
        self.started = started
        known = terms
    }

    /// What holds for a step on a target; found once, however often the step is repeated or polled.
    func terms(of step: Step, target: Target?) -> Terms {
        let known = known.of(step)
        if let found = known.terms.first(where: { $0.target == target?.name }) { return found.terms }
        let bounds = target.map { layers.connections(to: $0) }
        let found = Terms(
            settings: layers.settings(of: step, target: target), pool: bounds?.poolBounds ?? PoolBounds(),
            maxConnections: bounds?.maxConnections?.value)
        known.terms.append((target?.name, found))
        return found
    }

    /// What carries a step's requests, where it was kept.
    func carrier(of step: Step) -> Carrier? {
        if let known = known.of(step).carrier { return known }
        return ownCarriers.isEmpty ? nil : ownCarriers[ObjectIdentifier(step.identity)]
    }

    /// Keeps what carries a step's requests.
    func keep(_ carrier: Carrier, for step: Step) {
        if carrier.target?.isOfTest ?? false {
            ownCarriers[ObjectIdentifier(step.identity)] = carrier
        } else {
            known.of(step).carrier = carrier
        }
    }

    /// What servers are told of who asks.
    func label(of step: Step) -> String { planned.name.name + "/" + step.id }
}

/// What is known of steps once they have run, for all runs of the same test.
///
/// `@unchecked Sendable`: used on the interpreter's executor only.
final class KnownTerms: @unchecked Sendable {
    private var steps: [ObjectIdentifier: KnownStep] = [:]
    /// The names of test and scenario as services may see them.
    var shownNames: (test: String, scenario: String)?
    /// The one that was asked for last, which is asked for several times in a row.
    private var last: KnownStep?

    func of(_ step: Step) -> KnownStep {
        if let last, last.identity === step.identity { return last }
        let key = ObjectIdentifier(step.identity)
        let known = steps[key] ?? KnownStep(step.identity)
        steps[key] = known
        last = known
        return known
    }
}

/// What is known of one step.
final class KnownStep {
    /// Kept, so that no other step can take its place.
    fileprivate let identity: Step.Identity
    /// What holds for it on each target that it had; hardly ever more than one.
    var terms: [(target: String?, terms: Terms)] = []
    /// What carries its requests, where its target is always the same.
    var carrier: Carrier?
    /// What services are told of it, once it has sent something.
    var origin: StepOrigin?
    /// Its span outside of all iterations.
    var span: UInt64?

    init(_ identity: Step.Identity) { self.identity = identity }
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
