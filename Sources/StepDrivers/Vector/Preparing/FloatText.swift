/// Writes 32-bit floats as JSON, each in the fewest digits that name it.
///
/// Upserts write tens of millions of numbers. The usual ones, which need no exponent, are written straight into the
/// bytes that are sent; all others as their description has them.
enum FloatText {
    /// The most bytes that one number takes: `-0.000123456789`, and a description of four bytes more at most.
    private static let longest = 19

    /// Numbers in brackets.
    static func list(_ numbers: [Float]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: numbers.count * (longest + 1) + 2) { buffer, filled in
            guard var place = buffer.baseAddress else { return }
            let start = place
            place.initialize(to: UInt8(ascii: "["))
            place += 1
            for number in numbers {
                place = write(number, to: place)
                place.initialize(to: UInt8(ascii: ","))
                place += 1
            }
            // The last comma gives way to the bracket.
            if !numbers.isEmpty { place -= 1 }
            place.initialize(to: UInt8(ascii: "]"))
            filled = place + 1 - start
        }
    }

    /// Writes a finite number to a place with room for ``longest`` bytes.
    ///
    /// - Returns: Where it ends.
    private static func write(_ number: Float, to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var place = start
        guard let (digits, point) = shortest(number.magnitude) else {
            for byte in number.description.utf8 {
                place.initialize(to: byte)
                place += 1
            }
            return place
        }
        // Overwritten where there is no sign.
        place.initialize(to: UInt8(ascii: "-"))
        place += number.sign == .minus ? 1 : 0
        let first = digits / 100_000_000
        let others = text(digits % 100_000_000)
        // The last digit stands in the highest byte.
        let zeros = (others ^ noughts).leadingZeroBitCount / 8
        guard point > 0 else {
            place.initialize(to: UInt8(ascii: "0"))
            (place + 1).initialize(to: UInt8(ascii: "."))
            place += 2
            for _ in point..<0 {
                place.initialize(to: UInt8(ascii: "0"))
                place += 1
            }
            place.initialize(to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: first))
            UnsafeMutableRawPointer(place + 1).storeBytes(of: others.littleEndian, as: UInt64.self)
            return place + (9 - zeros)
        }
        // All digits one place to the right, then those before the point back again.
        (place + 1).initialize(to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: first))
        UnsafeMutableRawPointer(place + 2).storeBytes(of: others.littleEndian, as: UInt64.self)
        for offset in 0..<point { place[offset] = place[offset + 1] }
        place[point] = UInt8(ascii: ".")
        // One digit stays behind the point.
        return place + max(point + 1, 9 - zeros) + 1
    }

    /// Eight zeros as text.
    private static let noughts: UInt64 = 0x3030_3030_3030_3030

    /// Eight digits as text, the first in the lowest byte: halves, quarters and eighths are parted side by side.
    private static func text(_ number: UInt32) -> UInt64 {
        let halves = UInt64(number / 10_000) | UInt64(number % 10_000) << 32
        let hundreds = ((halves &* 10_486) >> 20) & 0x0000_007F_0000_007F
        let quarters = hundreds | (halves &- hundreds &* 100) << 16
        let tens = ((quarters &* 103) >> 10) & 0x000F_000F_000F_000F
        return (tens | (quarters &- tens &* 10) << 8) &+ noughts
    }

    /// Nine digits of a number whose last ones are zeros where fewer do, and how many of them stand before the point;
    /// nil for very small and large numbers, powers of two, zero.
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
        guard scaled >= 1e8, scaled < 999_999_000 else { return nil }
        // Whatever lies nearer to the float than half of its step, 2^(exponent - 23), is read as that float.
        let halfStep = Double(bitPattern: (UInt64(number.exponentBitPattern) + 1023 - 127 - 24) << 52)
        let slack = halfStep * scale * 0.999_999
        // Added to a double below 2^51, this leaves no room for a fraction: it is rounded.
        let rounder = 6_755_399_441_055_744.0
        let thousands = ((scaled * 0.001 + rounder) - rounder) * 1000
        let hundreds = ((scaled * 0.01 + rounder) - rounder) * 100
        let tens = ((scaled * 0.1 + rounder) - rounder) * 10
        // Chosen without a jump, since which one it is cannot be foretold.
        var found = (scaled + rounder) - rounder
        found = abs(tens - scaled) < slack ? tens : found
        found = abs(hundreds - scaled) < slack ? hundreds : found
        found = abs(thousands - scaled) < slack ? thousands : found
        return (UInt32(found), point)
    }
}
