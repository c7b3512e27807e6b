internal import Glibc

/// Times as Prometheus takes them: seconds since 1970, or RFC 3339.
enum MetricTime {
    /// Whether a text is a time.
    static func isTime(_ text: String) -> Bool { seconds(text) != nil }

    /// Now, in seconds since 1970 with milliseconds.
    static var now: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + (Double(now.tv_nsec) / 1e6).rounded(.down) / 1e3
    }

    /// Seconds as a query's parameter, to the millisecond.
    static func text(_ seconds: Double) -> String { ((seconds * 1000).rounded() / 1000).description }

    /// The seconds since 1970 that a text means.
    static func seconds(_ text: String) -> Double? {
        if let seconds = Double(text) { return seconds.isFinite ? seconds : nil }
        let pattern = /(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d(?:\.\d+)?)(?:[Zz]|([+-])(\d\d):(\d\d))/
        guard let match = text.wholeMatch(of: pattern), let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3), let hour = Int(match.4), let minute = Int(match.5), let second = Double(match.6),
            1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second < 61
        else { return nil }
        var offset = 0
        if let sign = match.7, let hours = match.8.flatMap({ Int($0) }), let minutes = match.9.flatMap({ Int($0) }) {
            offset = (hours * 60 + minutes) * (sign == "-" ? -60 : 60)
        }
        return Double(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 - offset) + second
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar; years begin in March, so that leap days come last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let ofEra = year - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }
}
