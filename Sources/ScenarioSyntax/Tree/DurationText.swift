/// Reads and writes durations with units: `250ms`, `5s`, `2m`, `1h`, `1.5s`, `1m30s`.
public enum DurationText {
    private static let units: [(name: String, nanoseconds: Int)] = [
        ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]
    /// A hundred years; what is longer is a mistake, and arithmetic on deadlines would overflow.
    private static let longest = 36_525 * 86_400_000_000_000

    /// The duration that a text means; nil if a unit is missing or unknown, or the text has a sign.
    ///
    /// Units go from large to small, each at most once; a fraction may stand in the last one only.
    public static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total = 0
        var last = Int.max
        guard !rest.isEmpty, text.utf8.count <= 64 else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest.dropFirst(name.count)
            guard let number = DecimalText(digits), rest.isEmpty || !number.hasFraction,
                let unit = units.first(where: { $0.name == name })?.nanoseconds, unit < last,
                let part = number.times(unit)?.whole, part <= longest - total
            else { return nil }
            last = unit
            total += part
        }
        return .nanoseconds(total)
    }

    /// Whether a text would be a duration were its numbers smaller.
    static func isTooLong(_ text: String) -> Bool {
        guard parse(text) == nil else { return false }
        return parse(text.replacing(/[0-9]+/, with: "1")) != nil
    }

    /// The shortest exact text of whole units that `parse` reads back, to the microsecond: `1m30s`, `1.5s`, `250ms`.
    public static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if seconds < 0 || attoseconds < 0 { return "-" + format(.zero - duration) }
        let micros = attoseconds / 1_000_000_000_000
        if seconds == 0 {
            if micros == 0 { return "0s" }
            if micros < 1000 { return "\(micros)us" }
            return decimal(micros, per: 1000) + "ms"
        }
        var text = ""
        if seconds >= 3600 { text += "\(seconds / 3600)h" }
        if seconds % 3600 >= 60 { text += "\(seconds % 3600 / 60)m" }
        if seconds % 60 > 0 || micros > 0 {
            text += decimal(seconds % 60 * 1_000_000 + micros, per: 1_000_000) + "s"
        }
        return text
    }

    /// A quotient with as many decimals as it needs.
    private static func decimal(_ value: Int64, per unit: Int64) -> String {
        let whole = value / unit
        var fraction = String(value % unit + unit).dropFirst()
        while fraction.last == "0" { fraction = fraction.dropLast() }
        return fraction.isEmpty ? "\(whole)" : "\(whole).\(fraction)"
    }
}
