internal import Glibc

/// A `Retry-After` header: seconds, or a date.
struct RetryAfter {
    /// How long to wait; nil where the header says nothing that can be understood.
    let pause: Duration?
    /// The header's text.
    let text: String

    /// Reads a header; nil where there is none.
    ///
    /// `now` is in seconds since 1970.
    init?(_ header: String?, now: Int64) {
        guard let header else { return nil }
        text = header
        let trimmed = header[...].trimmed
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // A day is more than anybody waits, and keeps the sum within range.
            pause = .seconds(min(Int(trimmed) ?? 86_400, 86_400))
        } else {
            pause = Self.seconds(ofDate: trimmed).map { .seconds(min(max(0, $0 - now), 86_400)) }
        }
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Seconds since 1970 of a date in one of the three forms of RFC 9110 §5.6.7.
    static func seconds(ofDate text: String) -> Int64? {
        var parts = tm()
        var hasTime = false
        var hasMonth = false
        var numbers: [Int32] = []
        for word in text.lowercased().split(whereSeparator: { " ,-".contains($0) }) {
            let clock = word.split(separator: ":").map { Int32($0) }
            if clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
                (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
            {
                (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
                hasTime = true
            } else if let month = months.firstIndex(of: String(word.prefix(3))), word.count == 3 {
                parts.tm_mon = Int32(month)
                hasMonth = true
            } else if let number = Int32(word), number >= 0 {
                numbers.append(number)
            }
        }
        guard hasTime, hasMonth, numbers.count == 2, (1...31).contains(numbers[0]), numbers[1] < 10_000 else {
            return nil
        }
        parts.tm_mday = numbers[0]
        // A year of two digits is of the past century where it would lie far ahead.
        let year = numbers[1] < 70 ? numbers[1] + 2000 : numbers[1] < 100 ? numbers[1] + 1900 : numbers[1]
        parts.tm_year = year - 1900
        return Int64(timegm(&parts))
    }
}
