/// Dates and times as RFC 3339 writes them, from PostgreSQL's ISO form.
///
/// Sessions run in UTC, so `timestamp`, which knows no zone, is written as UTC like `timestamptz`. Years before 1 and
/// beyond 9999, which RFC 3339 does not have, are written as ISO 8601 extends them: `-0043-03-15`, `+12345-01-01`.
/// `infinity` stays what it is.
enum PostgresTime {
    /// `2024-02-03`.
    static func date(_ text: String) -> String {
        let (body, isBC) = era(text)
        return day(body, isBC) ?? text
    }

    /// `2024-02-03 04:05:06.7+05:30` as `2024-02-02T22:35:06.7Z`.
    static func timestamp(_ text: String) -> String {
        let (body, isBC) = era(text)
        guard let space = body.firstIndex(of: " "), let day = day(String(body[..<space]), isBC) else { return text }
        var clock = String(body[body.index(after: space)...])
        guard let sign = clock.firstIndex(where: { $0 == "+" || $0 == "-" }) else { return "\(day)T\(clock)Z" }
        let offset = seconds(ofOffset: clock[sign...])
        clock = String(clock[..<sign])
        guard let offset else { return text }
        if offset == 0 { return "\(day)T\(clock)Z" }
        return shifted(day, clock, by: -offset) ?? text
    }

    /// `04:05:06` stays, `04:05:06+02` becomes `04:05:06+02:00`, and `+00` a `Z`.
    static func time(_ text: String) -> String {
        guard let sign = text.firstIndex(where: { $0 == "+" || $0 == "-" }) else { return text }
        let clock = text[..<sign]
        let offset = text[sign...]
        if seconds(ofOffset: offset) == 0 { return clock + "Z" }
        return String(clock + offset) + (offset.count == 3 ? ":00" : "")
    }

    private static func era(_ text: String) -> (body: String, isBC: Bool) {
        text.hasSuffix(" BC") ? (String(text.dropLast(3)), true) : (text, false)
    }

    /// A day with its year as RFC 3339 or ISO 8601 has it; nil where the text is none.
    private static func day(_ text: String, _ isBC: Bool) -> String? {
        let parts = text.split(separator: "-")
        guard parts.count == 3, let year = Int(parts[0]) else { return nil }
        return written(isBC ? 1 - year : year) + "-\(parts[1])-\(parts[2])"
    }

    private static func written(_ year: Int) -> String {
        let digits = String(year.magnitude)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return year < 0 ? "-" + padded : year > 9999 ? "+" + padded : padded
    }

    /// `+05:30`, `-08`, `+00:19:32`.
    private static func seconds(ofOffset text: Substring) -> Int? {
        let parts = text.dropFirst().split(separator: ":").map { Int($0) }
        guard (1...3).contains(parts.count), !parts.contains(nil) else { return nil }
        let total = zip(parts, [3600, 60, 1]).reduce(0) { $0 + ($1.0 ?? 0) * $1.1 }
        return text.first == "-" ? -total : total
    }

    /// Moves a time by seconds, days included.
    private static func shifted(_ day: String, _ clock: String, by seconds: Int) -> String? {
        let isNegative = day.hasPrefix("-")
        let numbers = day.split(separator: "-").map { Int($0.drop { $0 == "+" }) }
        let parts = clock.split(separator: ":")
        guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let date = numbers[2],
            parts.count == 3,
            let hours = Int(parts[0]), let minutes = Int(parts[1]), let whole = Int(parts[2].prefix(2))
        else { return nil }
        let total = hours * 3600 + minutes * 60 + whole + seconds
        let days = total >= 0 ? total / 86_400 : -((86_399 - total) / 86_400)
        let rest = total - days * 86_400
        let moved = civil(ofDay: self.days(isNegative ? -year : year, month, date) + days)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))\(parts[2].dropFirst(2))"
        return "\(written(moved.year))-\(two(moved.month))-\(two(moved.day))T\(time)Z"
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms").
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }
}
