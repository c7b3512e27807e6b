/// Reads the characters that a text may stand for at a place, for each way in which it may be escaped.
struct EscapeReader {
    let text: [UInt8]

    /// A character behind an escape: its bytes, and where the text goes on.
    struct Unit {
        var bytes: [UInt8]
        var end: Int
    }

    /// The escaped reading of the text at `place`; the plain reading, one byte, is the caller's.
    ///
    /// `level` is how often the text is escaped by backslashes, each time doubling those before it; a text
    /// has one level throughout, which the caller tries in turn.
    func escape(at place: Int, level: Int = 1) -> Unit? {
        switch text[place] {
        case UInt8(ascii: "%"): percent(at: place)
        case UInt8(ascii: "+"): Unit(bytes: [0x20], end: place + 1)
        case UInt8(ascii: "&"): entity(at: place)
        case UInt8(ascii: "\\"): backslash(at: place, level: level)
        case UInt8(ascii: "'"): shellQuote(at: place)
        default: nil
        }
    }

    /// The most levels of backslashes that are looked for.
    static let mostLevels = 4

    /// Whether an escape can begin with the byte.
    static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "&"), UInt8(ascii: "\\"), UInt8(ascii: "'"): true
        default: false
        }
    }

    /// `%2F`, also encoded again: `%252F`.
    private func percent(at place: Int) -> Unit? {
        var digits = place + 1
        while byte(digits) == UInt8(ascii: "2"), byte(digits + 1) == UInt8(ascii: "5"),
            hex(digits + 2) != nil, hex(digits + 3) != nil
        {
            digits += 2
        }
        guard let high = hex(digits), let low = hex(digits + 1) else { return nil }
        return Unit(bytes: [high << 4 | low], end: digits + 2)
    }

    /// `&amp;`, `&#38;`, `&#x26;`, also escaped again: `&amp;amp;`, `&amp;quot;`.
    private func entity(at place: Int) -> Unit? {
        var name = place + 1
        while text[name...].starts(with: "amp;".utf8), let next = entityName(at: name + 4), next.end > name + 4 {
            name += 4
        }
        return entityName(at: name)
    }

    private func entityName(at place: Int) -> Unit? {
        if byte(place) == UInt8(ascii: "#") { return characterReference(at: place + 1) }
        for (name, character) in Self.entities where text[min(place, text.count)...].starts(with: name.utf8) {
            return Unit(bytes: [character], end: place + name.utf8.count)
        }
        return nil
    }

    private static let entities: [(String, UInt8)] = [
        ("amp;", UInt8(ascii: "&")), ("lt;", UInt8(ascii: "<")), ("gt;", UInt8(ascii: ">")),
        ("quot;", UInt8(ascii: "\"")), ("apos;", UInt8(ascii: "'")),
    ]

    private func characterReference(at place: Int) -> Unit? {
        let isHex = byte(place) == UInt8(ascii: "x") || byte(place) == UInt8(ascii: "X")
        var end = isHex ? place + 1 : place
        let first = end
        var scalar: UInt32 = 0
        while end - first < 8, let digit = hex(end), isHex || digit < 10 {
            scalar = scalar * (isHex ? 16 : 10) + UInt32(digit)
            end += 1
        }
        guard end > first, byte(end) == UInt8(ascii: ";") else { return nil }
        return unit(scalar, end: end + 1)
    }

    /// `\"`, `\n`, `\u00e9`, `\\`, also escaped again: `\\\"`, `\\n`; what they escape may be an entity.
    private func backslash(at place: Int, level: Int) -> Unit? {
        let full = 1 << level
        var end = place
        while end < place + full, byte(end) == UInt8(ascii: "\\") { end += 1 }
        let count = end - place
        if count == full { return Unit(bytes: [UInt8(ascii: "\\")], end: end) }
        guard let letter = byte(end) else { return nil }
        if count == full - 1 {
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "'"): return Unit(bytes: [letter], end: end + 1)
            case UInt8(ascii: "&"): return entity(at: end)
            case UInt8(ascii: "%"): return percent(at: end)
            default: break
            }
        }
        guard count == full / 2 else { return nil }
        switch letter {
        case UInt8(ascii: "n"): return Unit(bytes: [0x0A], end: end + 1)
        case UInt8(ascii: "r"): return Unit(bytes: [0x0D], end: end + 1)
        case UInt8(ascii: "t"): return Unit(bytes: [0x09], end: end + 1)
        case UInt8(ascii: "b"): return Unit(bytes: [0x08], end: end + 1)
        case UInt8(ascii: "f"): return Unit(bytes: [0x0C], end: end + 1)
        case UInt8(ascii: "u"): return unicodeEscape(at: end + 1, backslashes: count)
        default: return nil
        }
    }

    /// The digits behind `\u`, and those of the second half of a surrogate pair.
    private func unicodeEscape(at place: Int, backslashes: Int) -> Unit? {
        guard let first = fourDigits(at: place) else { return nil }
        guard 0xD800..<0xDC00 ~= first else { return unit(first, end: place + 4) }
        let next = place + 4 + backslashes
        let areBackslashes = (place + 4..<next).allSatisfy { byte($0) == UInt8(ascii: "\\") }
        guard areBackslashes, byte(next) == UInt8(ascii: "u"), let second = fourDigits(at: next + 1),
            0xDC00..<0xE000 ~= second
        else { return nil }
        return unit(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), end: next + 5)
    }

    private func fourDigits(at place: Int) -> UInt32? {
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = hex(place + offset) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// `'\''`, how a shell's single quotes hold one of their own.
    private func shellQuote(at place: Int) -> Unit? {
        text[place...].starts(with: "'\\''".utf8) ? Unit(bytes: [UInt8(ascii: "'")], end: place + 4) : nil
    }

    private func unit(_ scalar: UInt32, end: Int) -> Unit? {
        Unicode.Scalar(scalar).map { Unit(bytes: Array(String($0).utf8), end: end) }
    }

    private func byte(_ place: Int) -> UInt8? { place < text.count ? text[place] : nil }

    private func hex(_ place: Int) -> UInt8? {
        guard let byte = byte(place) else { return nil }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): return byte - UInt8(ascii: "A") + 10
        default: return nil
        }
    }
}
