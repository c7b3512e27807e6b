extension JSONReader {
    /// The digits of a number as they are read, without leading zeros.
    private struct Mantissa {
        var value = 0
        var count = 0

        @inline(__always)
        mutating func append(_ digit: UInt8) {
            if count > 0 || digit != UInt8(ascii: "0") { count += 1 }
            if count <= 18 { value = value &* 10 &+ Int(digit &- UInt8(ascii: "0")) }
        }
    }

    /// Reads a number, or carries its text where a double would round it.
    mutating func number() throws(JSONError) -> Value {
        let start = position
        var mantissa = Mantissa()
        let isNegative = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if position < count, isDigit(byte(position)) {
                throw JSONError(offset: start, reason: "a number begins with 0")
            }
        } else {
            try digits(into: &mantissa)
        }
        var fraction = 0
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            let first = position
            try digits(into: &mantissa)
            fraction = position - first
        }
        var hasExponent = false
        if position < count, byte(position) | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            hasExponent = true
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            var exponent = Mantissa()
            try digits(into: &exponent)
        }
        if isInteger, mantissa.count < 18, mantissa.value <= Int(JSONNumber.exactLimit) {
            return .number(isNegative ? -Double(mantissa.value) : Double(mantissa.value))
        }
        // Both are exact doubles, so that the quotient is rounded once, as it should be.
        if !isInteger, !hasExponent, mantissa.count <= 15, fraction < JSONNumber.powers.count {
            let magnitude = Double(mantissa.value) / JSONNumber.powers[fraction]
            return .number(isNegative ? -magnitude : magnitude)
        }
        let text = unsafe String(
            decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
        if !isInteger, let number = Double(text) {
            let isPlain = !hasExponent && mantissa.count <= 17 && number.magnitude < 1e15 && mantissa.count > 0
            if isPlain && number != 0 || JSONNumber.holds(number, text) { return .number(number) }
        }
        exactTexts += 1
        return .string(text)
    }

    private mutating func digits(into mantissa: inout Mantissa) throws(JSONError) {
        let start = position
        while position < count, isDigit(byte(position)) {
            mantissa.append(byte(position))
            position += 1
        }
        if position == start { throw position == count ? end("a number is cut off") : unexpected("a digit is due") }
    }
}
