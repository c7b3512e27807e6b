/// Reads and writes sizes and rates: `10KiB`, `1MB`, `20/s`.
public enum QuantityText {
    /// The units of size and their bytes.
    static let units: [(name: String, bytes: Int)] = [
        ("B", 1), ("KB", 1_000), ("kB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20),
        ("GB", 1_000_000_000), ("GiB", 1 << 30),
    ]

    /// The bytes that a text such as `10KiB` means; nil if it has no unit or is no whole number of bytes.
    public static func parseSize(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let factor = units.first(where: { $0.name == unit })?.bytes,
            let bytes = DecimalText(digits)?.times(factor), bytes.isExact
        else { return nil }
        return bytes.whole
    }

    /// The most that a rate may be, per second: no machine sends more, and each arrival costs a moment.
    private static let fastest: Double = 1_000_000

    /// The number per second that a text such as `20/s` or `600/m` means; nil for none at all and beyond a million.
    public static func parseRate(_ text: String) -> Double? {
        perSecond(text).flatMap { $0 > 0 && $0 <= fastest ? $0 : nil }
    }

    /// The number per second, however small or large.
    static func perSecond(_ text: String) -> Double? {
        guard let slash = text.firstIndex(of: "/"), let number = DecimalText(text[..<slash])?.double else { return nil }
        return switch text[text.index(after: slash)...] {
        case "ms": number * 1000
        case "s": number
        case "m", "min": number / 60
        case "h": number / 3600
        default: nil
        }
    }

    /// A count of bytes for people: `16 MiB`, `1.5 KiB`, `7 bytes`.
    public static func bytes(_ count: Int) -> String {
        if count < 1024 { return count == 1 ? "1 byte" : "\(count) bytes" }
        let names = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var unit = 0
        var size = 1
        while count / size >= 1024, unit + 1 < names.count {
            size *= 1024
            unit += 1
        }
        // Tenths, cut; a limit of 16 MiB never reads as more than it is.
        let tenths = count / size * 10 + count % size * 10 / size
        return tenths % 10 == 0 ? "\(tenths / 10) \(names[unit])" : "\(tenths / 10).\(tenths % 10) \(names[unit])"
    }
}
