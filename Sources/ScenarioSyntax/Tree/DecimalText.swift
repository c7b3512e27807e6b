/// A number of decimal digits with at most one point, kept exact.
struct DecimalText {
    /// All digits as one whole number.
    let digits: Int
    /// How many of them stand behind the point, as a power of ten.
    let scale: Int

    /// Reads digits such as `1.5`; nil for a sign, an exponent, a lone point, or beyond 18 digits.
    init?(_ text: Substring) {
        var digits = 0
        var scale: Int?
        guard let first = text.utf8.first, let last = text.utf8.last, first != 0x2E, last != 0x2E,
            text.utf8.count <= 18
        else { return nil }
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39:
                digits = digits * 10 + Int(byte - 0x30)
                scale = scale.map { $0 * 10 }
            case 0x2E where scale == nil:
                scale = 1
            default:
                return nil
            }
        }
        self.digits = digits
        self.scale = scale ?? 1
    }

    /// Whether the text has a point.
    var hasFraction: Bool { scale > 1 }

    /// The number as a float.
    var double: Double { Double(digits) / Double(scale) }

    /// The number times a unit, cut to a whole number; nil beyond 64 bits.
    func times(_ unit: Int) -> (whole: Int, isExact: Bool)? {
        let (high, low) = digits.multipliedFullWidth(by: unit)
        guard high < scale else { return nil }
        let (quotient, remainder) = scale.dividingFullWidth((high, low))
        return (quotient, remainder == 0)
    }
}
