internal import Glibc

/// Numbers as JSON text, both ways.
enum JSONNumber {
    /// Integers beyond this magnitude are not all doubles.
    static let exactLimit = 9_007_199_254_740_992.0

    /// The powers of ten that a double holds exactly.
    static let powers: [Double] = (0...22).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }

    /// Appends the shortest text that reads back as the number, in the form jq 1.6 chooses.
    ///
    /// Exponents from 16 zeros on, and below 0.0001; NaN is `null`, an infinity the largest finite number.
    static func append(_ number: Double, to bytes: inout [UInt8], largeIntegers: JSON.LargeIntegers = .exponent) {
        guard !number.isNaN else {
            bytes += "null".utf8
            return
        }
        if number.magnitude < 1e15, number == number.rounded(.towardZero), !(number == 0 && number.sign == .minus) {
            bytes += String(Int(number)).utf8
            return
        }
        let finite = max(-Double.greatestFiniteMagnitude, min(Double.greatestFiniteMagnitude, number))
        var (digits, point) = shortest(finite.magnitude)
        let hidesInDigits = finite.magnitude > exactLimit && largeIntegers == .exponent
        // Of so many digits the reader takes only the exact ones for a number.
        if hidesInDigits, digits.count > 15, 16...17 ~= point {
            digits = Decimal(String(Int(finite.magnitude)).utf8).digits
        }
        if finite.sign == .minus { bytes.append(UInt8(ascii: "-")) }
        if point <= -4 || point > digits.count + 15 || hidesInDigits {
            bytes.append(digits[0])
            if digits.count > 1 {
                bytes.append(UInt8(ascii: "."))
                bytes += digits[1...]
            }
            let exponent = point - 1
            bytes += exponent < 0 ? "e-".utf8 : "e+".utf8
            if abs(exponent) < 10 { bytes.append(UInt8(ascii: "0")) }
            bytes += String(abs(exponent)).utf8
        } else if point <= 0 {
            bytes += "0.".utf8
            bytes += [UInt8](repeating: UInt8(ascii: "0"), count: -point)
            bytes += digits
        } else if digits.count <= point {
            bytes += digits
            bytes += [UInt8](repeating: UInt8(ascii: "0"), count: point - digits.count)
        } else {
            bytes += digits[..<point]
            bytes.append(UInt8(ascii: "."))
            bytes += digits[point...]
        }
    }

    /// The significant digits of the shortest text, and where the decimal point stands among them.
    private static func shortest(_ magnitude: Double) -> (digits: [UInt8], point: Int) {
        let parsed = Decimal(Array(magnitude.description.utf8))
        return parsed.digits.isEmpty ? ([UInt8(ascii: "0")], 1) : (parsed.digits, parsed.point)
    }

    /// A decimal text as its significant digits, without zeros at either end, and the place of the point among them.
    struct Decimal: Equatable {
        var digits: [UInt8] = []
        var point = 0

        /// Reads `12.50e3`; the text is a number by JSON's grammar, without its sign.
        init(_ text: some Sequence<UInt8>) {
            var seenPoint = false
            var exponent = 0
            var exponentSign = 0
            for byte in text {
                switch byte {
                case UInt8(ascii: "."): seenPoint = true
                case UInt8(ascii: "e"), UInt8(ascii: "E"): exponentSign = 1
                case UInt8(ascii: "-") where exponentSign != 0: exponentSign = -1
                case UInt8(ascii: "+"), UInt8(ascii: "-"): break
                case _ where exponentSign != 0:
                    // Beyond any double's range; a longer exponent changes nothing.
                    if exponent < 100_000 { exponent = exponent * 10 + Int(byte - UInt8(ascii: "0")) }
                case UInt8(ascii: "0") where digits.isEmpty:
                    if seenPoint { point -= 1 }
                default:
                    digits.append(byte)
                    if !seenPoint { point += 1 }
                }
            }
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
            point += exponent * exponentSign
            if digits.isEmpty { point = 0 }
        }
    }
}

extension JSONNumber {
    /// Whether a double stands for the number that a text of JSON writes, without a loss that the writer could notice.
    ///
    /// Up to 17 significant digits a double is what a writer of doubles meant. More digits, integers beyond 2^53 and
    /// magnitudes that no double has are held only if they are held exactly.
    static func holds(_ number: Double, _ text: String) -> Bool {
        let written = Decimal(text.utf8)
        guard number.isFinite, number != 0 || written.digits.isEmpty else { return false }
        let isLargeInteger = written.digits.count > 15 && 16...17 ~= written.point && number.magnitude >= exactLimit
        guard written.digits.count > 17 || isLargeInteger else { return true }
        return written == Decimal(exactDigits(of: number.magnitude))
    }

    /// All decimal digits of a double, as `d.ddd…e±dd`.
    private static func exactDigits(of magnitude: Double) -> [UInt8] {
        // No double has more than 767 significant digits.
        var buffer = [CChar](repeating: 0, count: 800)
        let length = unsafe withVaList([magnitude]) { unsafe vsnprintf(&buffer, buffer.count, "%.770e", $0) }
        return buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    }
}
