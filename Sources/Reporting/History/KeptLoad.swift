internal import Expressions
public import ScenarioModel

/// A load, as lists of its history show it.
public struct KeptLoad: Sendable, Hashable {
    public var id: String
    /// Wall-clock time, RFC 3339 in UTC.
    public var started: String
    public var version: String
    public var profile: String?
    public var seed: String
    /// Its name in the configuration, or else that of its first test.
    public var name: String
    /// What loads share that can be held against one another.
    public var identity: String
    /// The most arrivals per second that were meant; nil for users, and where a template said it.
    public var rate: Double?
    /// The most users; nil for arrivals, and where a template said it.
    public var users: Int?
    public var ms: Double
    public var status: Int
    public var passed: Int
    public var failed: Int
    public var errors: Int
    /// Runs that ended, per second.
    public var perSecond: Double
    /// Of the runs that passed, in milliseconds; nil where there are none.
    public var p95: Double?
    /// How it compared with its baseline; nil where it had none.
    public var comparison: LoadComparison.Verdict?

    /// Creates a kept load without results.
    public init(id: String, started: String, version: String, seed: String, name: String, identity: String) {
        self.id = id
        self.started = started
        self.version = version
        self.seed = seed
        self.name = name
        self.identity = identity
        (ms, status, passed, failed, errors, perSecond) = (0, 0, 0, 0, 0, 0)
    }

    /// What is kept of a load.
    public init(_ result: LoadResult) {
        let start = result.start
        self.init(
            id: start.id, started: start.started, version: start.version, seed: start.seed,
            name: start.load ?? start.tests.first ?? "load", identity: start.identity)
        let figures = LoadFigures(aggregate: result.outcome?.aggregate ?? .null)
        (profile, rate, users) = (start.profile, start.rate, start.users)
        ms = result.intervals.last.map { $0.startMs + $0.lengthMs } ?? 0
        status = result.status
        (passed, failed, errors) = (figures.count("passed"), figures.count("failed"), figures.count("errors"))
        perSecond = figures.number("per_second") ?? 0
        p95 = figures.number("ms", "p95")
        comparison = result.comparison?.verdict
    }

    /// What there was to do: `200/s`, `20 users`.
    var target: String? {
        rate.map { "\(Figures.fixed($0, digits: $0 == $0.rounded() ? 0 : 1))/s" }
            ?? users.map { Figures.count($0, "user") }
    }

    /// What it came to, in a word or two.
    var verdict: String {
        switch status {
        case 0: comparison == .worse ? "held, and worse than its baseline" : "held"
        case 130: "interrupted"
        case 4: "did not hold"
        default: "not carried out"
        }
    }
}
