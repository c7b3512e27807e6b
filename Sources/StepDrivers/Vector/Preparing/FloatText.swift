/// Writes 32-bit floats as JSON, each in the fewest digits that name it, as its description does.
///
/// Upserts write tens of millions of numbers. The usual ones, which need no exponent, are written straight into the
/// bytes that are sent; their digits come of one multiplication, since a double holds a float's nine digits exactly
/// enough.
enum FloatText {
    /// The most bytes that one number takes.
    static let longest = 17

    /// Numbers in brackets.
    static func list(_ numbers: [Float]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: numbers.count * (longest + 1) + 2) { buffer, filled in
            buffer[0] = UInt8(ascii: "[")
            filled = 1
            for (index, number) in numbers.enumerated() {
                if index > 0 {
                    buffer[filled] = UInt8(ascii: ",")
                    filled += 1
                }
                filled += write(number, to: buffer, at: filled)
            }
            buffer[filled] = UInt8(ascii: "]")
            filled += 1
        }
    }

    /// Writes a finite number at a place with room for ``longest`` bytes.
    ///
    /// - Returns: How many bytes it took.
    static func write(_ number: Float, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        guard let (digits, point) = shortest(number.magnitude) else {
            var place = start
            for byte in number.description.utf8 {
                buffer[place] = byte
                place += 1
            }
            return place - start
        }
        var place = start
        func put(_ byte: UInt8) {
            buffer[place] = byte
            place += 1
        }
        /// The last digits of a number, so many of them.
        func put(_ value: UInt32, digits: Int) {
            var rest = value
            for offset in stride(from: digits - 1, through: 0, by: -1) {
                buffer[place + offset] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            place += digits
        }
        if number < 0 { put(UInt8(ascii: "-")) }
        if point <= 0 {
            put(UInt8(ascii: "0"))
            put(UInt8(ascii: "."))
            for _ in point..<0 { put(UInt8(ascii: "0")) }
            put(digits, digits: 9)
        } else {
            let scale = tens[9 - point]
            put(digits / scale, digits: point)
            put(UInt8(ascii: "."))
            put(digits % scale, digits: 9 - point)
        }
        // One digit stays behind the point.
        while buffer[place - 1] == UInt8(ascii: "0"), buffer[place - 2] != UInt8(ascii: ".") { place -= 1 }
        return place - start
    }

    private static let tens: [UInt32] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

    /// Nine digits of a number whose last ones are zeros where fewer do, and how many of them stand before the point;
    /// nil for what the description writes: very small and large numbers, powers of two, zero.
    private static func shortest(_ number: Float) -> (digits: UInt32, point: Int)? {
        // Below a power of two floats stand closer than above it.
        guard number >= 1e-4, number < 1e6, number.significandBitPattern != 0 else { return nil }
        let (scale, point): (Double, Int) =
            if number < 1 {
                number >= 0.1 ? (1e9, 0) : number >= 0.01 ? (1e10, -1) : number >= 0.001 ? (1e11, -2) : (1e12, -3)
            } else if number < 1000 {
                number < 10 ? (1e8, 1) : number < 100 ? (1e7, 2) : (1e6, 3)
            } else {
                number < 10_000 ? (1e5, 4) : number < 100_000 ? (1e4, 5) : (1e3, 6)
            }
        let scaled = Double(number) * scale
        guard scaled >= 1e8, scaled < 999_999_999 else { return nil }
        // Whatever lies nearer to the float than half of its step is read as that float.
        let slack = Double(number.ulp) * scale * 0.499_999
        let whole = UInt32(scaled)
        func rounded(to step: UInt32) -> UInt32? {
            let quotient = whole / step
            let twice = (whole - quotient * step) * 2
            // Halves go to the even digit.
            let goesUp = twice > step || twice == step && (scaled > Double(whole) || quotient % 2 == 1)
            let candidate = (quotient + (goesUp ? 1 : 0)) * step
            return abs(Double(candidate) - scaled) < slack ? candidate : nil
        }
        let digits = rounded(to: 1000) ?? rounded(to: 100) ?? rounded(to: 10) ?? UInt32(scaled.rounded())
        return digits < 1_000_000_000 ? (digits, point) : nil
    }
}
