internal import Glibc
internal import ScenarioModel

/// The time of the wall clock at which a run began.
enum RunTime {
    /// Milliseconds since 1970; those of its text where the start has nothing more exact, 0 where it has no time.
    static func unixMs(of start: RunStart) -> Double {
        if start.startedUnixMs > 0 { return start.startedUnixMs }
        // 2026-11-22T23:34:28Z
        let numbers = start.started.split(whereSeparator: { !$0.isNumber }).prefix(6).compactMap { Int32($0) }
        guard numbers.count == 6 else { return 0 }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        return Double(timegm(&parts)) * 1000
    }
}
