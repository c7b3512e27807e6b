import Expressions
import ScenarioModel

/// A load while it runs.
///
/// `@unchecked Sendable`: its tasks share it on the interpreter's executor only.
final class LoadRun: @unchecked Sendable {
    let plan: LoadPlan
    let options: LoadOptions
    let cases: [LoadCase]
    let began: ContinuousClock.Instant
    let countedFrom: ContinuousClock.Instant
    /// The trace of which those of the runs are made.
    let trace: TraceID
    var arrivals: Arrivals
    var total = LoadTally(coarse: false)
    var current = LoadTally(coarse: true)
    /// How late the loop's own timer came in the current interval, at worst.
    var worstLag: Duration = .zero
    var intervals = 0
    var busyIntervals = 0
    private(set) var inFlight = 0
    private(set) var mostInFlight = 0
    private(set) var end: LoadOutcome.End?
    private(set) var endedAt: ContinuousClock.Instant?
    private var taken = 0
    /// Why the first run that was skipped was, so that a load of nothing but skips says it.
    var firstSkip: String?
    private(set) var samples: [TestResult] = []
    /// The causes of which there is a sample.
    private var sampled: Set<String> = []
    /// The task that starts runs, cancelled when what is left of them takes too long.
    var generator: Task<Void, Never>?
    private static let mostSamples = 3

    init(
        plan: LoadPlan, options: LoadOptions, cases: [LoadCase], began: ContinuousClock.Instant, seed: String,
        trace: TraceID
    ) {
        self.trace = trace
        self.plan = plan
        self.options = options
        self.cases = cases
        self.began = began
        countedFrom = began + plan.warmup
        arrivals = Arrivals(plan.curve, times: plan.times, spacing: plan.spacing, seed: seed + "/arrivals")
    }

    /// Whether no more runs are started.
    var isEnding: Bool { end != nil }

    /// Starts no more runs; the first reason stays.
    func end(_ reason: LoadOutcome.End, at now: ContinuousClock.Instant) {
        // An interrupt is told although the schedule was over: what was cut off is its doing.
        if end == nil || reason == .interrupted { end = reason }
        endedAt = endedAt ?? now
    }

    /// The time by which runs that are under way must have ended.
    var deadline: ContinuousClock.Instant? {
        endedAt.map { $0 + (end == .interrupted ? min(options.drain, options.drainOfInterrupt) : options.drain) }
    }

    /// The number of a closed load's next run; nil where there is none.
    func takeRun() -> Int? {
        if let times = plan.times, taken >= times { return nil }
        defer { taken += 1 }
        return taken
    }

    func started(meant: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        inFlight += 1
        mostInFlight = max(mostInFlight, inFlight)
        // A millisecond of the loop's own lag is no lateness.
        guard plan.isOpen, now - meant > .milliseconds(1) else { return }
        current.counts.late += 1
        if meant >= countedFrom { total.counts.late += 1 }
    }

    func ended() { inFlight -= 1 }

    /// Counts arrivals that found no room.
    func drop(_ count: Int, meant: ContinuousClock.Instant) {
        current.counts.dropped += count
        if meant >= countedFrom { total.counts.dropped += count }
    }

    /// Adds a run that has ended.
    func add(_ run: LoadTally.Run, meant: ContinuousClock.Instant) {
        current.add(run)
        if meant >= countedFrom { total.add(run) }
    }

    /// Whether a run that failed for a cause is to be kept in full: the first of each cause, and not many.
    func wantsSample(of cause: String) -> Bool { samples.count < Self.mostSamples && !sampled.contains(cause) }

    /// Keeps a run that failed for a cause.
    func keep(_ sample: TestResult, cause: String) {
        samples.append(sample)
        sampled.insert(cause)
    }

    /// Takes the current interval away, and begins the next.
    func takeInterval() -> LoadTally {
        defer { current = LoadTally(coarse: true) }
        return current
    }
}
