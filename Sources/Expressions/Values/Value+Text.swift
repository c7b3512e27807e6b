extension Value {
    /// The value as JSON that reads back as the same; `pretty` indents by two spaces as jq does, `sorted` orders the members by key.
    public func json(pretty: Bool = false, sorted: Bool = false) -> String {
        var writer = JSONWriter(pretty: pretty, sorted: sorted, largeIntegers: .exponent)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The value as compact JSON that reads back as the same.
    public var json: String { json(pretty: false) }

    /// Appends the value as compact JSON, with numbers that read back as the same unless it is said otherwise.
    public func appendJSON(to bytes: inout [UInt8], largeIntegers: JSON.LargeIntegers = .exponent) {
        var writer = JSONWriter(largeIntegers: largeIntegers)
        swap(&writer.bytes, &bytes)
        writer.write(self)
        swap(&writer.bytes, &bytes)
    }

    /// The value as compact JSON with the numbers of jq's `tojson`, which is what services are sent and people are shown.
    public var tojson: String {
        var writer = JSONWriter(largeIntegers: .digits)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The text of a string, or the JSON of anything else, as jq's `tostring` gives it.
    public var tostring: String {
        if case .string(let text) = self { return text }
        return tojson
    }

    /// The value as compact JSON for a message, cut behind `limit` characters with an ellipsis and the true length.
    public func preview(_ limit: Int = 200) -> String {
        var writer = JSONWriter(largeIntegers: .digits)
        // A character has at most 4 bytes, and an escape is not longer than what is kept of it.
        writer.limit = limit * 4 + 16
        writer.write(self)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        if !writer.isCut, text.unicodeScalars.count <= limit { return text }
        var kept = String.UnicodeScalarView(text.unicodeScalars.prefix(limit))
        if writer.isCut, let last = kept.last, last == "\u{FFFD}" { kept.removeLast() }
        return "\(String(kept))… (\(lengthNote))"
    }

    /// How long the value is, in words: `1200 characters`, `300 elements`, `40 members`.
    private var lengthNote: String {
        switch self {
        case .string(let text): "\(text.unicodeScalars.count) characters"
        case .array(let elements): elements.count == 1 ? "1 element" : "\(elements.count) elements"
        case .object(let object): object.count == 1 ? "1 member" : "\(object.count) members"
        default: "cut"
        }
    }
}
