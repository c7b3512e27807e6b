public import Expressions

/// What a load did in one stretch of its time.
public struct LoadInterval: Sendable, Hashable {
    /// Milliseconds from the load's start.
    public var startMs: Double
    public var lengthMs: Double
    /// Whether it lies in the warm-up, which is not counted.
    public var isWarmup = false
    public var passed = 0
    public var failed = 0
    public var errors = 0
    /// Arrivals that found no room.
    public var dropped = 0
    /// Arrivals that started more than a millisecond after their time.
    public var late = 0
    /// Runs under way at its end.
    public var inFlight = 0
    /// Of the runs that passed, from the time that the schedule meant.
    public var latencies = LatencyCounts()
    /// Of the runs that did not.
    public var failedLatencies = LatencyCounts()
    /// The time that the generator's own loop was behind at worst, in milliseconds.
    public var lagMs: Double = 0
    /// The share of one processor that the generator took.
    public var cpu: Double = 0
    /// The generator's memory in bytes.
    public var memory = 0
    /// Of each step: `{runs, failed, p50, p95}`.
    public var steps: Value.Object = .init()
    /// The assertions that did not hold at its end, of all that was counted until then.
    public var failing: [String] = []

    /// Creates an interval in which nothing happened.
    public init(startMs: Double, lengthMs: Double) {
        self.startMs = startMs
        self.lengthMs = lengthMs
    }

    /// Runs that ended in it.
    public var runs: Int { passed + failed + errors }

    /// Runs per second.
    public var perSecond: Double { lengthMs > 0 ? Double(runs) * 1000 / lengthMs : 0 }

    /// Whether the generator itself had too little time: a busy processor, or a loop that ran late.
    public var isGeneratorBusy: Bool { lagMs > Self.mostLag || cpu > Self.mostCPU }

    /// A loop that is this late moves percentiles of services that answer in a few milliseconds.
    static let mostLag: Double = 25
    /// A thread that takes more has no reserve for what comes at once.
    static let mostCPU: Double = 0.9

    /// This interval and the one after it as one.
    public func joined(with next: LoadInterval) -> LoadInterval {
        var both = next
        both.startMs = startMs
        both.lengthMs = lengthMs + next.lengthMs
        both.isWarmup = isWarmup && next.isWarmup
        both.passed += passed
        both.failed += failed
        both.errors += errors
        both.dropped += dropped
        both.late += late
        both.latencies = latencies.merged(with: next.latencies)
        both.failedLatencies = failedLatencies.merged(with: next.failedLatencies)
        both.lagMs = max(lagMs, next.lagMs)
        both.cpu = both.lengthMs > 0 ? (cpu * lengthMs + next.cpu * next.lengthMs) / both.lengthMs : 0
        return both
    }
}

extension LoadInterval: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.milliseconds("start_ms", startMs)
        writer.milliseconds("length_ms", lengthMs)
        writer.flag("warmup", ifSet: isWarmup)
        writer.integer("runs", runs)
        writer.integer("passed", passed)
        writer.integer("failed", failed)
        writer.integer("errors", errors)
        writer.integer("dropped", dropped)
        writer.integer("late", late)
        writer.integer("in_flight", inFlight)
        writer.milliseconds("per_second", perSecond)
        writer.value("ms", Self.percentiles(latencies))
        writer.value("failed_ms", Self.percentiles(failedLatencies))
        writer.milliseconds("lag_ms", lagMs)
        writer.milliseconds("cpu", cpu)
        writer.integer("memory", memory)
        writer.object("steps", unlessEmpty: steps)
        writer.texts("failing", unlessEmpty: failing)
        writer.value("histogram", latencies.value)
        writer.value("failed_histogram", failedLatencies.value)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(startMs: try reader.milliseconds("start_ms"), lengthMs: try reader.milliseconds("length_ms"))
        isWarmup = try reader.flag("warmup")
        passed = try reader.integer("passed", default: 0)
        failed = try reader.integer("failed", default: 0)
        errors = try reader.integer("errors", default: 0)
        dropped = try reader.integer("dropped", default: 0)
        late = try reader.integer("late", default: 0)
        inFlight = try reader.integer("in_flight", default: 0)
        lagMs = try reader.milliseconds("lag_ms")
        cpu = try reader.milliseconds("cpu")
        memory = try reader.integer("memory", default: 0)
        steps = try reader.members("steps")
        failing = try reader.texts("failing")
        latencies = LatencyCounts(reader.object["histogram"] ?? .null)
        failedLatencies = LatencyCounts(reader.object["failed_histogram"] ?? .null)
    }

    private static func percentiles(_ counts: LatencyCounts) -> Value {
        guard let p50 = counts.percentile(50), let p95 = counts.percentile(95), let p99 = counts.percentile(99),
            let max = counts.percentile(100)
        else { return .null }
        return ["p50": .number(p50), "p95": .number(p95), "p99": .number(p99), "max": .number(max)]
    }
}
