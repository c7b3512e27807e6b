internal import Glibc

/// Reads one JSON text from memory that the caller lends for its life.
@safe struct JSONReader: ~Copyable {
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private let depthLimit: Int
    private var position = 0
    private var depth = 0
    private(set) var exactTexts = 0
    private(set) var duplicateKeys: [String] = []
    private static let duplicateLimit = 16

    /// Creates a reader of the bytes, which stay where they are while it reads.
    init(_ bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
        // An empty buffer may have no address; nothing is read from this one, since the count is 0.
        unsafe base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        count = bytes.count
        self.depthLimit = depthLimit
    }

    mutating func document() throws(JSONError) -> Value {
        if count >= 3, byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF {
            throw JSONError(offset: 0, reason: "the text begins with a byte order mark")
        }
        skipBlanks()
        if position == count {
            throw JSONError(offset: position, reason: count == 0 ? "the text is empty" : "the text is blank")
        }
        let value = try value()
        skipBlanks()
        if position < count {
            throw JSONError(offset: position, reason: "more text stands behind the value")
        }
        return value
    }

    // MARK: - Values

    private mutating func value() throws(JSONError) -> Value {
        guard position < count else { throw end("a value is due") }
        switch byte(position) {
        case UInt8(ascii: "\""):
            position += 1
            return .string(try string())
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"):
            try word("true")
            return true
        case UInt8(ascii: "f"):
            try word("false")
            return false
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default: throw unexpected("a value is due")
        }
    }

    private mutating func array() throws(JSONError) -> Value {
        try enter()
        var elements: [Value] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return .array(elements)
        }
        while true {
            elements.append(try value())
            skipBlanks()
            if take(UInt8(ascii: ",")) {
                skipBlanks()
                if position < count, byte(position) == UInt8(ascii: "]") {
                    throw JSONError(offset: position, reason: "a comma stands before ']'")
                }
            } else if take(UInt8(ascii: "]")) {
                depth -= 1
                return .array(elements)
            } else {
                throw position == count ? end("an array is not closed") : unexpected("',' or ']' is due")
            }
        }
    }

    private mutating func object() throws(JSONError) -> Value {
        try enter()
        var object = Value.Object()
        skipBlanks()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return .object(object)
        }
        while true {
            guard take(UInt8(ascii: "\"")) else {
                throw position == count ? end("an object is not closed") : unexpected("a key in double quotes is due")
            }
            let key = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else {
                throw position == count ? end("an object is not closed") : unexpected("':' is due")
            }
            skipBlanks()
            if object.insert(try value(), for: key), duplicateKeys.count < Self.duplicateLimit {
                duplicateKeys.append(key)
            }
            skipBlanks()
            if take(UInt8(ascii: ",")) {
                skipBlanks()
                if position < count, byte(position) == UInt8(ascii: "}") {
                    throw JSONError(offset: position, reason: "a comma stands before '}'")
                }
            } else if take(UInt8(ascii: "}")) {
                depth -= 1
                return .object(object)
            } else {
                throw position == count ? end("an object is not closed") : unexpected("',' or '}' is due")
            }
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > depthLimit {
            throw JSONError(offset: position, reason: "nested deeper than \(depthLimit) levels")
        }
        position += 1
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        guard position + length <= count, unsafe memcmp(base + position, word.utf8Start, length) == 0 else {
            throw unexpected("a value is due")
        }
        position += length
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONError) -> Value {
        let start = position
        var digits = 0
        var integer = 0
        let isNegative = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if position < count, isDigit(byte(position)) {
                throw JSONError(offset: start, reason: "a number begins with 0")
            }
            digits = 1
        } else {
            while position < count, isDigit(byte(position)) {
                // Numbers of more digits take the slow way below.
                if digits < 18 { integer = integer * 10 + Int(byte(position) - UInt8(ascii: "0")) }
                digits += 1
                position += 1
            }
            if digits == 0 { throw position == count ? end("a number is cut off") : unexpected("a digit is due") }
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            digits += try digitRun()
        }
        if position < count, byte(position) | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            _ = try digitRun()
        }
        if isInteger, digits < 18, integer <= Int(JSONNumber.exactLimit) {
            return .number(isNegative ? -Double(integer) : Double(integer))
        }
        return slowNumber(start, isInteger: isInteger, digits: digits)
    }

    private mutating func digitRun() throws(JSONError) -> Int {
        let start = position
        while position < count, isDigit(byte(position)) { position += 1 }
        if position == start { throw position == count ? end("a number is cut off") : unexpected("a digit is due") }
        return position - start
    }

    /// Decides whether a double holds the number well enough (language.md §1), or its text is carried.
    private mutating func slowNumber(_ start: Int, isInteger: Bool, digits: Int) -> Value {
        let text = unsafe String(
            decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
        guard !isInteger, let number = Double(text), number.isFinite else {
            exactTexts += 1
            return .string(text)
        }
        let mayRound = digits > 17 || digits > 15 && number.magnitude > JSONNumber.exactLimit || number == 0
        guard mayRound, !JSONNumber.isExact(number, text) else { return .number(number) }
        exactTexts += 1
        return .string(text)
    }

    // MARK: - Strings

    /// Reads a string's content and its end; the opening quote is taken.
    private mutating func string() throws(JSONError) -> String {
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

    // MARK: - Bytes

    @inline(__always)
    private func byte(_ offset: Int) -> UInt8 { unsafe base[offset] }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    private mutating func take(_ expected: UInt8) -> Bool {
        guard position < count, byte(position) == expected else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func skipBlanks() {
        while position < count {
            switch byte(position) {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func end(_ due: String) -> JSONError {
        JSONError(offset: position, reason: "the text ends, \(due)")
    }

    private func unexpected(_ due: String) -> JSONError {
        let found = byte(position)
        let shown = found > 0x20 && found < 0x7F ? "'\(Character(Unicode.Scalar(found)))'" : "a byte \(found)"
        return JSONError(offset: position, reason: "unexpected \(shown), \(due)")
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// How many bytes at the beginning are well-formed UTF-8.
    fileprivate var validUTF8Prefix: Int {
        var low = 0
        var high = count
        // A longer prefix is valid only if the shorter ones are, up to a character that a cut takes apart.
        while low < high {
            let middle = (low + high + 1) / 2
            if unsafe isValid(upTo: middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }

    private func isValid(upTo end: Int) -> Bool {
        var end = end
        // Leaves out a last character that is not complete within the prefix.
        var back = 0
        while back < 3, end - back > 0, unsafe self[end - back - 1] & 0xC0 == 0x80 { back += 1 }
        if end - back > 0, unsafe self[end - back - 1] >= 0xC0 { end -= back + 1 }
        return unsafe String(validating: UnsafeBufferPointer(rebasing: self[0..<end]), as: UTF8.self) != nil
    }
}
