/// Reads the dates of cookies, in which servers write whatever they like (RFC 6265 §5.1.1).
enum CookieDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Seconds since 1970, or nil when the text is no date.
    static func seconds(_ text: String) -> Int64? {
        var time: (hour: Int, minute: Int, second: Int)?
        var day: Int?
        var month: Int?
        var year: Int?
        for token in text.split(whereSeparator: { $0.isASCII && !$0.isLetter && !$0.isNumber && $0 != ":" }) {
            let parts = token.split(separator: ":", omittingEmptySubsequences: false)
            if time == nil, parts.count == 3, let hour = Int(parts[0]), let minute = Int(parts[1]),
                let second = Int(parts[2].prefix(while: \.isNumber))
            {
                time = (hour, minute, second)
            } else if day == nil, let number = Int(token), token.count <= 2 {
                day = number
            } else if month == nil, let index = months.firstIndex(of: token.prefix(3).lowercased()) {
                month = index + 1
            } else if year == nil, let number = Int(token), (2...4).contains(token.count) {
                year = number < 70 ? number + 2000 : number < 100 ? number + 1900 : number
            }
        }
        guard let time, let day, let month, let year, (1...31).contains(day), (1601...9999).contains(year),
            (0...23).contains(time.hour), (0...59).contains(time.minute), (0...60).contains(time.second)
        else { return nil }
        let seconds = time.hour * 3600 + time.minute * 60 + time.second
        return Int64(daysSince1970(year: year, month: month, day: day) * 86_400 + seconds)
    }

    /// Days of the proleptic Gregorian calendar.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
