/// The base64 digits that depend on a secret alone, wherever it stands in a longer text.
enum Base64Core {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The digits of the standard alphabet that a secret determines at an offset, modulo 3, of a text.
    static func digits(of secret: [UInt8], at offset: Int) -> [UInt8] {
        let bytes = [UInt8](repeating: 0, count: offset) + secret
        // A digit holds 6 bits; the first that has no bit of what stands before, to the last that is full.
        let first = (offset * 8 + 5) / 6
        let last = bytes.count * 8 / 6
        return (first..<last).map { alphabet[sixBits(of: bytes, from: $0 * 6)] }
    }

    private static func sixBits(of bytes: [UInt8], from bit: Int) -> Int {
        let high = Int(bytes[bit / 8]) << 8
        let low = bit / 8 + 1 < bytes.count ? Int(bytes[bit / 8 + 1]) : 0
        return (high | low) >> (10 - bit % 8) & 0x3F
    }

    /// A byte as a digit of the standard alphabet; the URL alphabet's two are read as its.
    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            byte
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: nil
        }
    }

    /// The digit at a place, plain or escaped, and where the text goes on; line ends within are passed over.
    static func nextDigit(_ escapes: EscapeReader, at start: Int, mayBreak: Bool) -> (digit: UInt8, end: Int)? {
        var place = start
        while place < escapes.text.count {
            if let digit = digit(escapes.text[place]) { return (digit, place + 1) }
            if mayBreak, isLineEnd(escapes.text[place]) {
                place += 1
                continue
            }
            guard let unit = single(escapes, at: place) else { return nil }
            if let digit = digit(unit.byte) { return (digit, unit.end) }
            guard mayBreak, isLineEnd(unit.byte) else { return nil }
            place = unit.end
        }
        return nil
    }

    /// The one byte that an escape at a place stands for, at whatever level of backslashes.
    private static func single(_ escapes: EscapeReader, at place: Int) -> (byte: UInt8, end: Int)? {
        guard EscapeReader.mayBegin(escapes.text[place]) else { return nil }
        for level in 1...EscapeReader.mostLevels {
            if let unit = escapes.escape(at: place, level: level), unit.bytes.count == 1 {
                return (unit.bytes[0], unit.end)
            }
        }
        return nil
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// The end of a core with the digit behind it, which may hold bits of the secret, and the padding.
    static func afterEdge(_ escapes: EscapeReader, _ end: Int) -> Int {
        var place = nextDigit(escapes, at: end, mayBreak: false)?.end ?? end
        for _ in 0..<2 {
            guard place < escapes.text.count else { break }
            if escapes.text[place] == UInt8(ascii: "=") {
                place += 1
            } else if let unit = single(escapes, at: place), unit.byte == UInt8(ascii: "=") {
                place = unit.end
            }
        }
        return place
    }
}
