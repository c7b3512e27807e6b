internal import Glibc

/// Times as RFC 3339 writes them.
enum Timestamp {
    /// The time in UTC with milliseconds: `2024-05-01T12:00:00.125Z`.
    static func text(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        let (days, rest) = floorDivide(milliseconds, 86_400_000)
        // Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 of them.
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
        let time = "\(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1000 % 60, 2))"
        return "\(date)T\(time).\(digits(rest % 1000, 3))Z"
    }

    private static func floorDivide(_ number: Int, _ divisor: Int) -> (quotient: Int, rest: Int) {
        let quotient = (number >= 0 ? number : number - divisor + 1) / divisor
        return (quotient, number - quotient * divisor)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

/// The clock of the machine.
enum SystemClock {
    /// Seconds since 1970.
    static func seconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
