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
        guard let factor = units.first(where: { $0.name == unit })?.bytes, let number = decimal(digits) else {
            return nil
        }
        let bytes = number * Double(factor)
        guard bytes <= 9e15, bytes == bytes.rounded() else { return nil }
        return Int(bytes)
    }

    /// The number per second that a text such as `20/s` or `600/m` means.
    public static func parseRate(_ text: String) -> Double? {
        guard let slash = text.firstIndex(of: "/"), let number = decimal(text[..<slash]) else { return nil }
        return switch text[text.index(after: slash)...] {
        case "ms": number * 1000
        case "s": number
        case "m", "min": number / 60
        case "h": number / 3600
        default: nil
        }
    }

    /// A finite number of decimal digits without a sign or an exponent.
    static func decimal(_ text: Substring) -> Double? {
        let isDecimal = text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2E }
        guard isDecimal, let first = text.utf8.first, first != 0x2E, text.utf8.last != 0x2E else { return nil }
        guard let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// A count of bytes for people: `16 MiB`, `1.5 KiB`, `7 bytes`.
    public static func bytes(_ count: Int) -> String {
        if count < 1024 { return count == 1 ? "1 byte" : "\(count) bytes" }
        var value = Double(count)
        var unit = 0
        let names = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit + 1 < names.count {
            value /= 1024
            unit += 1
        }
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) \(names[unit])" : "\(tenths) \(names[unit])"
    }
}
