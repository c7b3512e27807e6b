import EventLoop
import ScenarioModel
import ScenarioSyntax

/// The time limits around a step, outermost first; an inner one is cut to what is left of the outer.
struct Limits {
    /// A deadline, and the setting behind it.
    struct Limit {
        /// What it bounds: `timeout`, `within`, `group timeout`, `scenario timeout`.
        var name: String
        var deadline: Instant
        var length: Duration
        var origin: Origin

        /// How a report names it: `scenario timeout 5m (default)`.
        var text: String { "\(name) \(DurationText.format(length)) (\(origin))" }
    }

    /// The limit that strikes first; of equal ones the innermost.
    private(set) var tightest: Limit?

    /// The limits with one more inside.
    func adding(_ name: String, _ setting: Setting<Duration>, from now: Instant) -> Limits {
        let deadline = now + setting.value
        if let tightest, tightest.deadline < deadline { return self }
        return Limits(
            tightest: Limit(name: name, deadline: deadline, length: setting.value, origin: setting.origin))
    }

    /// What is left, never negative; nil without limits.
    func remaining(at now: Instant) -> Duration? {
        tightest.map { max(.zero, $0.deadline - now) }
    }

    /// Whether a limit has struck.
    func haveStruck(at now: Instant) -> Bool { tightest.map { $0.deadline <= now } ?? false }
}
