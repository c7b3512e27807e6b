/// A moment as payloads hold it: RFC 3339, or a date or a time without a zone, which is UTC.
struct Moment: Sendable, Comparable {
    /// Since 1970, in UTC.
    let microseconds: Int

    static func < (left: Moment, right: Moment) -> Bool { left.microseconds < right.microseconds }

    /// Reads a text such as `2026-01-02T03:04:05.25+01:00`; nil where it is none.
    init?(_ text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        var seconds = Self.day(year, month, day) * 86_400
        var fraction = 0
        if !reader.rest.isEmpty {
            guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let hour = reader.number(2),
                reader.skip(":"), let minute = reader.number(2), hour < 24, minute < 60
            else { return nil }
            seconds += hour * 3600 + minute * 60
            if reader.skip(":") {
                guard let second = reader.number(2), second <= 60 else { return nil }
                seconds += second
            }
            if reader.skip(".") {
                guard let digits = reader.fraction() else { return nil }
                fraction = digits
            }
            guard let offset = reader.zone() else { return nil }
            seconds -= offset
        }
        guard reader.rest.isEmpty else { return nil }
        microseconds = seconds * 1_000_000 + fraction
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The number of a day since 1970-01-01, by the Gregorian calendar.
    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March, so that the leap day is the last.
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let ofEra = year - era * 400
        let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ sign: Character) -> Bool {
            guard let byte = rest.first, Character(Unicode.Scalar(byte)) == sign else { return false }
            rest.removeFirst()
            return true
        }

        /// A number of just so many digits.
        mutating func number(_ digits: Int) -> Int? {
            let text = rest.prefix(digits)
            guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest.removeFirst(digits)
            return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }

        /// Digits behind the point, as microseconds.
        mutating func fraction() -> Int? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest.removeFirst(digits.count)
            let six = Array(digits.prefix(6)) + Array(repeating: 0x30, count: max(0, 6 - digits.count))
            return six.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }

        /// Seconds east of UTC; none written means UTC.
        mutating func zone() -> Int? {
            if rest.isEmpty || skip("Z") || skip("z") { return 0 }
            let isEast = skip("+")
            guard isEast || skip("-"), let hour = number(2), hour < 24 else { return nil }
            _ = skip(":")
            guard let minute = number(2), minute < 60 else { return nil }
            return (isEast ? 1 : -1) * (hour * 3600 + minute * 60)
        }
    }
}
