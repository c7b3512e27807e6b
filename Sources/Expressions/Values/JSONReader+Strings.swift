extension JSONReader {
    /// Reads a string's content and its end; the opening quote is taken.
    mutating func string() throws(JSONError) -> String {
        let start = position
        let isASCII = skipPlain()
        guard position < count else { throw JSONError(offset: start - 1, reason: "a string is not closed") }
        if byte(position) == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(start..<position, isASCII: isASCII)
        }
        return try escapedString(start)
    }

    private func text(_ range: Range<Int>, isASCII: Bool) throws(JSONError) -> String {
        let bytes = unsafe UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
        if isASCII { return unsafe String(decoding: bytes, as: UTF8.self) }
        if let text = unsafe String(validating: bytes, as: UTF8.self) { return text }
        let valid = unsafe bytes.validUTF8Prefix
        throw JSONError(offset: range.lowerBound + valid, reason: "the text is not UTF-8")
    }

    private mutating func escapedString(_ start: Int) throws(JSONError) -> String {
        var bytes: [UInt8] = []
        var plainStart = start
        while true {
            guard position < count else { throw JSONError(offset: start - 1, reason: "a string is not closed") }
            let next = byte(position)
            if next == UInt8(ascii: "\"") {
                unsafe bytes.append(
                    contentsOf: UnsafeBufferPointer(start: base + plainStart, count: position - plainStart))
                position += 1
                break
            }
            guard next == UInt8(ascii: "\\") else {
                throw JSONError(offset: position, reason: "a control character stands in a string")
            }
            unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: base + plainStart, count: position - plainStart))
            try escape(into: &bytes)
            plainStart = position
            _ = skipPlain()
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let written = unsafe UnsafeBufferPointer(start: base + start, count: position - start)
        throw unsafe JSONError(offset: start + written.validUTF8Prefix, reason: "the text is not UTF-8")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        let start = position
        guard start + 1 < count else { throw end("an escape is cut off") }
        position += 2
        switch byte(start + 1) {
        case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): bytes.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal(start)
            if scalar >> 10 == 0xD800 >> 10 {
                guard position + 1 < count, byte(position) == UInt8(ascii: "\\"),
                    byte(position + 1) == UInt8(ascii: "u")
                else { throw JSONError(offset: start, reason: "half of a surrogate pair stands alone") }
                position += 2
                let low = try hexadecimal(position - 2)
                guard low >> 10 == 0xDC00 >> 10 else {
                    throw JSONError(offset: start, reason: "half of a surrogate pair stands alone")
                }
                scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let decoded = Unicode.Scalar(scalar) else {
                throw JSONError(offset: start, reason: "half of a surrogate pair stands alone")
            }
            bytes.append(contentsOf: UTF8.encode(decoded).map { Array($0) } ?? [])
        default: throw JSONError(offset: start, reason: "an unknown escape stands in a string")
        }
    }

    /// Reads the four digits at the position; the escape began at `start`.
    private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < count, let digit = hexadecimalDigit(byte(position)) else {
                throw JSONError(offset: start, reason: "\\u wants four hexadecimal digits")
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Goes on to the next quote, backslash or control character, or to the end; tells whether all was ASCII.
    private mutating func skipPlain() -> Bool {
        var seen: UInt64 = 0
        // Eight bytes at a time, as long as none of them is special (the usual test for a byte that is zero).
        while position + 8 <= count {
            let word = unsafe UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
            let quote = word ^ 0x2222_2222_2222_2222
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let special =
                ((quote &- 0x0101_0101_0101_0101) & ~quote)
                | ((backslash &- 0x0101_0101_0101_0101) & ~backslash)
                | ((word &- 0x2020_2020_2020_2020) & ~word)
            if special & 0x8080_8080_8080_8080 != 0 { break }
            seen |= word
            position += 8
        }
        var low: UInt8 = 0
        while position < count {
            let next = byte(position)
            if next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") || next < 0x20 { break }
            low |= next
            position += 1
        }
        return seen & 0x8080_8080_8080_8080 == 0 && low < 0x80
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// How many bytes at the beginning are well-formed UTF-8.
    fileprivate var validUTF8Prefix: Int {
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = unsafe makeIterator()
        var length = 0
        while case .valid(let scalar) = unsafe parser.parseScalar(from: &bytes) { length += scalar.count }
        return length
    }
}
