internal import Expressions

/// Writes a record's members as JSON straight into bytes.
struct JSONBytesWriter: ResultWriter {
    private(set) var bytes: [UInt8]
    private let mask: SecretMask?
    /// Whether the next member is the first of its object.
    private var isFirst = true

    /// Creates a writer that appends to the given bytes.
    init(bytes: [UInt8] = [], mask: SecretMask? = nil) {
        self.bytes = bytes
        self.mask = mask
    }

    /// Appends a record to bytes, every secret replaced, without a copy of them.
    static func append(_ record: some ResultWritable, to bytes: inout [UInt8], masking mask: SecretMask?) {
        var writer = JSONBytesWriter(bytes: bytes, mask: mask)
        bytes = []
        writer.whole(record)
        bytes = writer.bytes
    }

    /// Writes a record as an object of its own.
    mutating func whole(_ record: some ResultWritable) {
        members { record.write(to: &$0) }
    }

    /// Writes an object whose members the closure writes.
    mutating func members(_ write: (inout Self) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        write(&self)
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    mutating func text(_ key: String, _ text: String) {
        name(key)
        string(masked(text))
    }

    mutating func symbol(_ key: String, _ symbol: String) {
        name(key)
        string(symbol)
    }

    mutating func integer(_ key: String, _ integer: Int) {
        name(key)
        bytes.append(contentsOf: String(integer).utf8)
    }

    mutating func flag(_ key: String, _ flag: Bool) {
        name(key)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    mutating func milliseconds(_ key: String, _ ms: Double) {
        name(key)
        number(roundedMilliseconds(ms))
    }

    mutating func value(_ key: String, _ value: Value) {
        name(key)
        (mask.map { value.masked(by: $0) } ?? value).appendJSON(to: &bytes)
    }

    mutating func texts(_ key: String, _ texts: [String]) {
        name(key)
        list(texts) { $0.string($0.masked($1)) }
    }

    mutating func record(_ key: String, _ record: some ResultWritable) {
        name(key)
        whole(record)
    }

    mutating func records(_ key: String, _ records: [some ResultWritable]) {
        name(key)
        list(records) { $0.whole($1) }
    }

    private func masked(_ text: String) -> String { mask?.masked(text) ?? text }

    private mutating func name(_ key: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        // A key is a word of ours, with nothing to escape.
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: key.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout Self, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        var isFollowing = false
        for element in elements {
            if isFollowing { bytes.append(UInt8(ascii: ",")) }
            isFollowing = true
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func number(_ number: Double) { Value.number(number).appendJSON(to: &bytes) }

    private mutating func string(_ text: String) { Value.string(text).appendJSON(to: &bytes) }
}
