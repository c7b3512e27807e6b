internal import Glibc

/// An instant of the clock that never runs backwards and goes on while the machine sleeps (clock_gettime(2),
/// `CLOCK_BOOTTIME`).
///
/// It is the clock of `ContinuousClock`, in one word whose layout every module knows: an instant of the library has none
/// that code outside of it may count on, so that whatever holds one would be copied and compared by functions that are
/// looked up at run time. Sums beyond some 292 years from the start of the machine stay there.
public struct Instant: Sendable, Hashable, Comparable {
    @usableFromInline let nanoseconds: Int64

    @inlinable init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The instant of the call.
    public static var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// How long the machine had run by then.
    public var sinceStart: Duration { .nanoseconds(nanoseconds) }

    /// Creates the instant by which the machine had run that long.
    public init(sinceStart duration: Duration) { self.init(nanoseconds: duration.wholeNanoseconds) }

    @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    @inlinable public static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflows) = instant.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return Instant(nanoseconds: overflows ? (duration < .zero ? .min : .max) : sum)
    }

    @inlinable public static func - (instant: Instant, duration: Duration) -> Instant {
        let (rest, overflows) = instant.nanoseconds.subtractingReportingOverflow(duration.wholeNanoseconds)
        return Instant(nanoseconds: overflows ? (duration < .zero ? .max : .min) : rest)
    }

    @inlinable public static func - (later: Instant, earlier: Instant) -> Duration {
        let (rest, overflows) = later.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return .nanoseconds(overflows ? (later < earlier ? .min : .max) : rest)
    }

    @inlinable public static func += (instant: inout Instant, duration: Duration) { instant = instant + duration }

    /// How long it is from this instant to another.
    @inlinable public func duration(to other: Instant) -> Duration { other - self }
}

extension Duration {
    /// The duration in nanoseconds, without what is less than one.
    @inlinable var wholeNanoseconds: Int64 {
        if let few = Int64(exactly: attoseconds) { return few / 1_000_000_000 }
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return seconds < 0 ? .min : .max }
        let (sum, isOver) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isOver ? (seconds < 0 ? .min : .max) : sum
    }
}
