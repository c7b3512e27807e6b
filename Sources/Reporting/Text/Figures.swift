internal import ScenarioModel

/// Writes times and counts as people read them.
enum Figures {
    /// A time to about three digits: `0.42 ms`, `4.2 ms`, `312 ms`, `3.2 s`, `2 min 5 s`.
    static func duration(_ ms: Double) -> String {
        guard ms.isFinite, ms < 1e12 else { return "?" }
        let ms = max(0, ms)
        if ms > 0, ms < 0.995 { return "\(fixed(ms, digits: 2)) ms" }
        if ms < 9.95 { return "\(fixed(ms, digits: 1)) ms" }
        if ms < 999.5 { return "\(Int(ms.rounded())) ms" }
        if ms < 59_950 { return "\(fixed(ms / 1000, digits: 1)) s" }
        let seconds = Int((ms / 1000).rounded())
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }

    /// A time that goes on, in tenths of seconds, so that it moves evenly: `0.0 s`, `1.3 s`, `2 min 5 s`.
    static func elapsed(_ ms: Double) -> String {
        ms < 59_950 ? "\(fixed(max(0, ms) / 1000, digits: 1)) s" : duration(ms)
    }

    /// A number with so many decimals, rounded.
    static func fixed(_ number: Double, digits: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "0" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(number) * Double(scale)).rounded())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
        return "\(sign)\(scaled / scale).\(zeros)\(fraction)"
    }

    /// A count with its noun: `1 request`, `1,204 requests`.
    static func count(_ count: Int, _ noun: String, plural: String? = nil) -> String {
        "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    /// A count with its thousands set apart: `99,980`.
    static func grouped(_ count: Int) -> String {
        let digits = Array(String(count.magnitude))
        var text = count < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// How far a step is: `2,560 of 100,000 points`, or `2,560 points` where nobody knows how many there are.
    static func progress(_ progress: StepProgress) -> String {
        let total = progress.total.map { " of \(grouped($0))" } ?? ""
        return "\(grouped(progress.done))\(total) \(progress.unit)"
    }
}
