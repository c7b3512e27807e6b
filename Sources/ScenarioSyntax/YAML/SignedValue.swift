/// The value on a line that begins with a quote or a bracket, found without YAML's help, which has failed.
struct SignedValue {
    /// The first byte of the value.
    let start: Int
    /// The quote or bracket.
    let sign: UInt8
    /// The byte that closes it.
    let close: Int
    /// The first byte of text behind the close; nil where nothing stands there that does not belong.
    let behind: Int?
    /// Whether the value begins with `{{`.
    let isTemplate: Bool

    /// Finds the value of a line that has the form `- …`, `key: …` or both.
    init?(_ bytes: [UInt8], _ line: Range<Int>) {
        guard let start = SignedValue.valueStart(bytes, line), start < line.upperBound else { return nil }
        let sign = bytes[start]
        let close: Int?
        switch sign {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            close = SignedValue.closingQuote(bytes, start, line.upperBound)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            close = SignedValue.closingBracket(bytes, start, line.upperBound)
        default:
            return nil
        }
        guard let close else { return nil }
        self.start = start
        self.sign = sign
        self.close = close
        isTemplate = sign == UInt8(ascii: "{") && start + 1 < line.upperBound && bytes[start + 1] == sign
        var offset = close + 1
        while offset < line.upperBound, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
        let isFree = offset >= line.upperBound || ":,]}".utf8.contains(bytes[offset])
        let isComment = offset > close + 1 && offset < line.upperBound && bytes[offset] == UInt8(ascii: "#")
        behind = isFree || isComment ? nil : offset
    }

    /// Where the value of a line begins: behind its `- ` and its `key: `.
    static func valueStart(_ bytes: [UInt8], _ line: Range<Int>) -> Int? {
        var offset = line.lowerBound
        let end = line.upperBound
        func skipBlanks() {
            while offset < end, bytes[offset] == 0x20 { offset += 1 }
        }
        skipBlanks()
        while offset + 1 < end, bytes[offset] == UInt8(ascii: "-"), bytes[offset + 1] == 0x20 {
            offset += 1
            skipBlanks()
        }
        guard offset < end else { return nil }
        // A key is anything up to `: ` that does not begin like a value.
        if !"[{\"'|>@`%&*!.".utf8.contains(bytes[offset]) {
            var colon = offset
            while colon + 1 < end, bytes[colon] != UInt8(ascii: ":") || bytes[colon + 1] != 0x20 { colon += 1 }
            if colon + 1 < end {
                offset = colon + 1
                skipBlanks()
            }
        }
        return offset < end ? offset : nil
    }

    /// The quote that closes the one at `start`, on the same line.
    static func closingQuote(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
        let quote = bytes[start]
        var offset = start + 1
        while offset < end {
            if quote == UInt8(ascii: "\""), bytes[offset] == UInt8(ascii: "\\") {
                offset += 2
            } else if bytes[offset] == quote {
                guard quote == UInt8(ascii: "'"), offset + 1 < end, bytes[offset + 1] == quote else { return offset }
                offset += 2
            } else {
                offset += 1
            }
        }
        return nil
    }

    private static func closingBracket(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
        var depth = 0
        var offset = start
        while offset < end {
            switch bytes[offset] {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return offset }
            case UInt8(ascii: "\""):
                guard let close = closingQuote(bytes, offset, end) else { return nil }
                offset = close
            default: break
            }
            offset += 1
        }
        return nil
    }
}
