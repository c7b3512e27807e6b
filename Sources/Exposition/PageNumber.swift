/// Numbers as pages write them: decimal, `NaN`, and the infinities.
enum PageNumber {
    /// The powers of ten that a double holds exactly.
    private static let powers: [Double] = (0...22).map { exponent in
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    /// The number that bytes write, or nil.
    static func parse(_ text: [UInt8], _ range: Range<Int>) -> Double? {
        var at = range.lowerBound
        let end = range.upperBound
        guard at < end else { return nil }
        let isNegative = text[at] == UInt8(ascii: "-")
        if isNegative || text[at] == UInt8(ascii: "+") { at += 1 }
        // Up to 18 digits fit an integer, and up to 2^53 a double; both and a small power of ten divide exactly.
        var mantissa: UInt64 = 0
        var digits = 0
        var fraction = 0
        var hasPoint = false
        while at < end {
            let byte = text[at]
            if byte &- 0x30 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                digits += 1
                if hasPoint { fraction += 1 }
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            at += 1
        }
        if at == end, digits > 0, digits <= 18, mantissa <= 1 << 53, fraction <= 22 {
            let magnitude = Double(mantissa) / powers[fraction]
            return isNegative ? -magnitude : magnitude
        }
        return slow(text[range])
    }

    private static func slow(_ bytes: ArraySlice<UInt8>) -> Double? {
        guard bytes.count <= 400 else { return nil }
        let word = String(decoding: bytes, as: UTF8.self)
        let isDecimal = bytes.allSatisfy { byte in
            byte &- 0x30 < 10 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        if isDecimal {
            guard let number = Double(word) else { return nil }
            return number
        }
        switch word.lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return nil
        }
    }

    /// The whole number that bytes write, with a sign or without.
    static func integer(_ text: [UInt8], _ range: Range<Int>) -> Int? {
        Int(String(decoding: text[range], as: UTF8.self))
    }
}
