internal import Glibc

/// Reads one JSON text from memory that the caller lends for its life.
@safe struct JSONReader: ~Copyable {
    let base: UnsafePointer<UInt8>
    let count: Int
    private let depthLimit: Int
    var position = 0
    private var depth = 0
    var exactTexts = 0
    private(set) var duplicateKeys: [String] = []
    /// How many members the last object of each depth had: the next one will have as many.
    private var usualMembers = InlineArray<8, Int>(repeating: 4)
    private static let duplicateLimit = 16
    private static let mostReserved = 64

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
            if object.isEmpty, depth <= usualMembers.count { object.reserve(usualMembers[depth - 1]) }
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
                if depth <= usualMembers.count { usualMembers[depth - 1] = min(object.count, Self.mostReserved) }
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

    // MARK: - Bytes

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { unsafe base[offset] }

    @inline(__always)
    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    mutating func take(_ expected: UInt8) -> Bool {
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

    func end(_ due: String) -> JSONError {
        JSONError(offset: position, reason: "the text ends, \(due)")
    }

    func unexpected(_ due: String) -> JSONError {
        let found = byte(position)
        let shown = found > 0x20 && found < 0x7F ? "'\(Character(Unicode.Scalar(found)))'" : "a byte \(found)"
        return JSONError(offset: position, reason: "unexpected \(shown), \(due)")
    }
}
