/// A `Retry-After` header: seconds, or a date.
public struct RetryAfter: Sendable {
    /// How long to wait; nil where the header says nothing that can be understood.
    public let pause: Duration?
    /// The header's text.
    public let text: String

    /// Reads a header; nil where there is none.
    ///
    /// `now` is in seconds since 1970.
    public init?(_ header: String?, now: Int64) {
        guard let header else { return nil }
        text = header
        let words = header.split { $0 == " " || $0 == "\t" }
        if words.count == 1, let word = words.first, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // A day is more than anybody waits, and keeps the sum within range.
            pause = .seconds(min(Int(word) ?? 86_400, 86_400))
        } else {
            pause = Self.seconds(ofDate: header).map { .seconds(min(max(0, $0 - now), 86_400)) }
        }
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Seconds since 1970 of a date in one of the three forms of RFC 9110 §5.6.7.
    public static func seconds(ofDate text: String) -> Int64? {
        var time: Int64?
        var month: Int64?
        var numbers: [Int64] = []
        for word in text.lowercased().split(whereSeparator: { " \t,-".contains($0) }) {
            let clock = word.split(separator: ":").map { Int64($0) }
            if clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
                (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
            {
                time = hour * 3600 + minute * 60 + second
            } else if word.count == 3, let index = months.firstIndex(of: String(word)) {
                month = Int64(index)
            } else if let number = Int64(word), number >= 0 {
                numbers.append(number)
            }
        }
        guard let time, let month, numbers.count == 2, (1...31).contains(numbers[0]), numbers[1] < 10_000 else {
            return nil
        }
        // A year of two digits is of the past century where it would lie far ahead.
        let year = numbers[1] < 70 ? numbers[1] + 2000 : numbers[1] < 100 ? numbers[1] + 1900 : numbers[1]
        return days(to: year, month) * 86_400 + (numbers[0] - 1) * 86_400 + time
    }

    /// Days from 1970 to the first of a month, which is counted from 0.
    private static func days(to year: Int64, _ month: Int64) -> Int64 {
        // A year that begins in March has its leap day at its end.
        let shifted = month < 2 ? year - 1 : year
        let place = (month + 10) % 12
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * place + 2) / 5 - 719_468
    }
}
