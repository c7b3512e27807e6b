import EventLoop
import Expressions
import ScenarioModel

/// A load while it runs.
///
/// `@unchecked Sendable`: its tasks share it on the interpreter's executor only.
final class LoadRun: @unchecked Sendable {
    let plan: LoadPlan
    let options: LoadOptions
    let cases: [LoadCase]
    /// What of it is this loop's.
    let part: LoadPart
    let began: Instant
    let countedFrom: Instant
    /// The trace of which those of the runs are made.
    let trace: TraceID
    private var arrivals: Arrivals
    /// How many runs of an open load this loop may have in flight.
    let room: Int
    var total = LoadTally(coarse: false)
    var current = LoadTally(coarse: true)
    /// How late the loop's own timer came in the current interval, at worst.
    var worstLag: Duration = .zero
    var intervals = 0
    var busyIntervals = 0
    private(set) var inFlight = 0
    private(set) var mostInFlight = 0
    /// The most in flight since that was last asked.
    private var peak = 0
    private(set) var end: LoadOutcome.End?
    private(set) var endedAt: Instant?
    private var taken = 0
    /// Why the first run that was skipped was, so that a load of nothing but skips says it.
    var firstSkip: String?
    private(set) var samples: [Sample] = []
    /// Those of them that the leading loop knows.
    private var toldSamples = 0
    /// The causes of which there is a sample.
    private var sampled: Set<String> = []
    /// The task that starts runs, cancelled when what is left of them takes too long.
    var generator: Task<Void, Never>?
    private static let mostSamples = 3

    /// A run that did not pass, in full, and the code of its first failure.
    struct Sample {
        var cause: String
        var result: TestResult
    }

    init(
        plan: LoadPlan, options: LoadOptions, cases: [LoadCase], part: LoadPart, began: Instant,
        seed: String, trace: TraceID
    ) {
        self.part = part
        room = part.share(of: plan.parallel)
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
    func end(_ reason: LoadOutcome.End, at now: Instant) {
        // What comes from outside is told although the schedule was over: what was cut off is its doing.
        if end.map({ reason.weight > $0.weight }) ?? true { end = reason }
        endedAt = endedAt ?? now
    }

    /// The time by which runs that are under way must have ended.
    var deadline: Instant? {
        let isCut = end == .interrupted || end == .crashed
        return endedAt.map { $0 + (isCut ? min(options.drain, options.drainOfInterrupt) : options.drain) }
    }

    /// The number of a closed load's next run; nil where there is none.
    func takeRun() -> Int? {
        let number = part.number(inRound: taken)
        if let times = plan.times, number >= times { return nil }
        taken += 1
        return number
    }

    /// This loop's next arrival of an open load; nil where there is none.
    func nextArrival() -> (index: Int, offset: Duration)? {
        while let next = arrivals.next() {
            if part.owns(next.index) { return next }
        }
        return nil
    }

    /// Passes over the arrivals that are due by then, and says how many of them were this loop's.
    func skipArrivals(to offset: Duration) -> Int {
        let before = part.runs(below: arrivals.count)
        _ = arrivals.skip(to: offset)
        return part.runs(below: arrivals.count) - before
    }

    func started(meant: Instant, at now: Instant) {
        inFlight += 1
        mostInFlight = max(mostInFlight, inFlight)
        peak = max(peak, inFlight)
        // A millisecond of the loop's own lag is no lateness.
        guard plan.isOpen, now - meant > .milliseconds(1) else { return }
        current.counts.late += 1
        if meant >= countedFrom { total.counts.late += 1 }
    }

    func ended() { inFlight -= 1 }

    /// Counts arrivals that found no room.
    func drop(_ count: Int, meant: Instant) {
        current.counts.dropped += count
        if meant >= countedFrom { total.counts.dropped += count }
    }

    /// Adds a run that has ended.
    func add(_ run: LoadTally.Run, meant: Instant) {
        current.add(run)
        if meant >= countedFrom { total.add(run) }
    }

    /// Whether a run that failed for a cause is to be kept in full: the first of each cause, and not many.
    func wantsSample(of cause: String) -> Bool { samples.count < Self.mostSamples && !sampled.contains(cause) }

    /// Keeps a run that failed for a cause.
    func keep(_ sample: TestResult, cause: String) {
        samples.append(Sample(cause: cause, result: sample))
        sampled.insert(cause)
    }

    /// Adds what another loop has done.
    func take(_ tally: LoopTally) {
        current.merge(tally.interval)
        total.merge(tally.total)
        firstSkip = firstSkip ?? tally.firstSkip
        for sample in tally.samples where wantsSample(of: sample.cause) { keep(sample.result, cause: sample.cause) }
    }

    /// Takes the current interval away, and begins the next.
    func takeInterval() -> LoadTally {
        defer { current = LoadTally(coarse: true) }
        return current
    }

    /// Takes away all that counts, for the loop that judges it.
    func takeTotal() -> LoadTally {
        defer { total = LoadTally(coarse: false) }
        return total
    }

    /// The most runs in flight since this was last asked.
    func takePeak() -> Int {
        defer { peak = inFlight }
        return peak
    }

    /// How late the loop's own timer came since this was last asked, at worst.
    func takeLag() -> Duration {
        defer { worstLag = .zero }
        return worstLag
    }

    /// The samples that came since this was last asked.
    func takeSamples() -> [Sample] {
        defer { toldSamples = samples.count }
        return Array(samples[toldSamples...])
    }
}

extension LoadOutcome.End {
    /// Which of two reasons is told: the later ones come from outside of the schedule.
    fileprivate var weight: Int {
        switch self {
        case .completed: 0
        case .aborted: 1
        case .crashed: 2
        case .interrupted: 3
        }
    }
}
