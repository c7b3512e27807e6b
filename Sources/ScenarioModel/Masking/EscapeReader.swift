/// Reads the characters that a text may stand for at a place, for each way in which it may be escaped.
struct EscapeReader {
    let text: [UInt8]

    /// A character behind an escape: its bytes, and where the text goes on.
    struct Unit {
        var bytes: [UInt8]
        var end: Int
    }

    /// The escaped readings of the text at `place`; the plain reading, one byte, is the caller's.
    func escapes(at place: Int) -> [Unit] {
        switch text[place] {
        case UInt8(ascii: "%"): percent(at: place).map { [$0] } ?? []
        case UInt8(ascii: "+"): [Unit(bytes: [0x20], end: place + 1)]
        case UInt8(ascii: "&"): entity(at: place).map { [$0] } ?? []
        case UInt8(ascii: "\\"): backslash(at: place)
        case UInt8(ascii: "'"): shellQuote(at: place).map { [$0] } ?? []
        default: []
        }
    }

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

    /// `\"`, `\n`, `\u00e9`, `\/`, also escaped again: `\\\"`, `\\n`; and what they escape may be an entity.
    private func backslash(at place: Int) -> [Unit] {
        var end = place
        var units: [Unit] = []
        // Each doubling of a backslash is a level of nesting; four levels are a run of 16.
        while byte(end) == UInt8(ascii: "\\"), end - place < 16 {
            end += 1
            if end - place == 2 || end - place == 4 || end - place == 8 || end - place == 16 {
                units.append(Unit(bytes: [UInt8(ascii: "\\")], end: end))
            }
        }
        guard let letter = byte(end) else { return units }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "'"): units.append(Unit(bytes: [letter], end: end + 1))
        case UInt8(ascii: "n"): units.append(Unit(bytes: [0x0A], end: end + 1))
        case UInt8(ascii: "r"): units.append(Unit(bytes: [0x0D], end: end + 1))
        case UInt8(ascii: "t"): units.append(Unit(bytes: [0x09], end: end + 1))
        case UInt8(ascii: "b"): units.append(Unit(bytes: [0x08], end: end + 1))
        case UInt8(ascii: "f"): units.append(Unit(bytes: [0x0C], end: end + 1))
        case UInt8(ascii: "u"): if let unit = unicodeEscape(at: end + 1) { units.append(unit) }
        case UInt8(ascii: "&"): if let unit = entity(at: end), unit.bytes != [0x5C] { units.append(unit) }
        case UInt8(ascii: "%"): if let unit = percent(at: end), unit.bytes != [0x5C] { units.append(unit) }
        default: break
        }
        return units
    }

    /// The digits behind `\u`, and those of the second half of a surrogate pair.
    private func unicodeEscape(at place: Int) -> Unit? {
        guard let first = fourDigits(at: place) else { return nil }
        guard 0xD800..<0xDC00 ~= first else { return unit(first, end: place + 4) }
        var next = place + 4
        while byte(next) == UInt8(ascii: "\\") { next += 1 }
        guard next > place + 4, byte(next) == UInt8(ascii: "u"), let second = fourDigits(at: next + 1),
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
