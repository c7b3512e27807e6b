/// Writes values as jq 1.6 does: the same escapes, members in their order, and the same numbers unless they have to be read back.
struct JSONWriter {
    var bytes: [UInt8] = []
    /// Stops soon behind so many bytes.
    var limit = Int.max
    /// Whether the limit stopped it.
    private(set) var isCut = false
    private let pretty: Bool
    private let sorted: Bool
    private let largeIntegers: JSON.LargeIntegers
    private var depth = 0

    init(pretty: Bool = false, sorted: Bool = false, largeIntegers: JSON.LargeIntegers) {
        self.pretty = pretty
        self.sorted = sorted
        self.largeIntegers = largeIntegers
    }

    mutating func write(_ value: Value) {
        guard bytes.count < limit else {
            isCut = true
            return
        }
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let bool): bytes += bool ? "true".utf8 : "false".utf8
        case .number(let number): JSONNumber.append(number, to: &bytes, largeIntegers: largeIntegers)
        case .string(let text): write(text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            depth += 1
            for (position, element) in elements.enumerated() {
                if isCut { break }
                separate(isFirst: position == 0)
                write(element)
            }
            close(UInt8(ascii: "]"), isEmpty: elements.isEmpty)
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            depth += 1
            if sorted {
                for (position, key) in object.sortedKeys.enumerated() where !isCut {
                    write(key, object[key] ?? .null, isFirst: position == 0)
                }
            } else {
                var isFirst = true
                for (key, value) in object where !isCut {
                    write(key, value, isFirst: isFirst)
                    isFirst = false
                }
            }
            close(UInt8(ascii: "}"), isEmpty: object.isEmpty)
        }
    }

    private mutating func write(_ key: String, _ value: Value, isFirst: Bool) {
        separate(isFirst: isFirst)
        write(key)
        bytes.append(UInt8(ascii: ":"))
        if pretty { bytes.append(UInt8(ascii: " ")) }
        write(value)
    }

    private mutating func separate(isFirst: Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        if pretty { indent() }
    }

    private mutating func close(_ bracket: UInt8, isEmpty: Bool) {
        depth -= 1
        if pretty, !isEmpty { indent() }
        bytes.append(bracket)
    }

    private mutating func indent() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth * 2 { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        let room = limit - bytes.count
        let wasCut = text.withUTF8 { utf8 in
            let shown = unsafe utf8.count > room ? UnsafeBufferPointer(rebasing: utf8.prefix(max(0, room))) : utf8
            var plainStart = 0
            for position in 0..<shown.count {
                let byte = unsafe shown[position]
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F else { continue }
                unsafe bytes.append(contentsOf: shown[plainStart..<position])
                escape(byte)
                plainStart = position + 1
            }
            unsafe bytes.append(contentsOf: shown[plainStart..<shown.count])
            return shown.count < utf8.count
        }
        if wasCut { isCut = true } else { bytes.append(UInt8(ascii: "\"")) }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes += "u00".utf8
            for digit in [byte >> 4, byte & 0xF] {
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
