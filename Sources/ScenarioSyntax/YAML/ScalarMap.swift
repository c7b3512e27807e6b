internal import Diagnostics

/// Finds where each byte of a scalar was written.
///
/// libyaml gives the text and the two ends. This reads the source again by the rules of the style and notes, run
/// by run, what stands for what. Should the two readings ever differ, libyaml's text holds and all of it is said
/// to stand for the whole scalar.
struct ScalarMap {
    /// The value as read here.
    private(set) var value: [UInt8] = []
    private(set) var segments: [LocatedText.Segment] = []
    /// The source behind the last byte that was copied as it is; -1 where a new run must begin.
    private var next = -1

    /// Maps a scalar whose indicators and text stand at a range of the file.
    static func locate(
        _ text: String, _ style: YAMLScalar.Style, in file: SourceFile, at range: Range<Int>
    ) -> LocatedText {
        let bytes = file.bytes
        let inner = innerRange(style, bytes, range)
        if isVerbatim(text, bytes, inner) {
            return LocatedText(verbatim: text, at: SourceSpan(file, inner))
        }
        switch style {
        case .plain, .singleQuoted, .doubleQuoted:
            var map = ScalarMap()
            map.readFlow(bytes, inner, style)
            if map.matches(text) { return map.located(text, SourceSpan(file, inner)) }
        case .literal, .folded:
            for indent in BlockScalar.indents(bytes, inner) {
                var map = ScalarMap()
                map.readBlock(bytes, BlockScalar(bytes, range: range, inner: inner, indent: indent), style)
                if map.matches(text) {
                    let start = map.segments.first?.source ?? inner.lowerBound
                    return map.located(text, SourceSpan(file, start..<max(start, inner.upperBound)))
                }
            }
        }
        let whole = LocatedText.Segment(value: 0, source: inner.lowerBound, verbatim: false)
        return LocatedText(text: text, span: SourceSpan(file, inner), segments: [whole])
    }

    /// The lines of a literal or folded text without their indentation, empty ones at the end included; nil where the
    /// source cannot be read as that text.
    static func blockLines(
        _ text: String, _ style: YAMLScalar.Style, _ bytes: [UInt8], _ range: Range<Int>
    ) -> [String]? {
        let inner = innerRange(style, bytes, range)
        for indent in BlockScalar.indents(bytes, inner) {
            let block = BlockScalar(bytes, range: range, inner: inner, indent: indent)
            var map = ScalarMap()
            map.readBlock(bytes, block, style)
            guard map.matches(text) else { continue }
            return block.lines.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) }
        }
        return nil
    }

    /// The text's range: quotes left out; of a block scalar the lines below its header.
    private static func innerRange(_ style: YAMLScalar.Style, _ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        switch style {
        case .plain:
            return range
        case .singleQuoted, .doubleQuoted:
            return range.count < 2 ? range : (range.lowerBound + 1)..<(range.upperBound - 1)
        case .literal, .folded:
            var start = range.lowerBound
            while start < range.upperBound, lineBreak(bytes, start) == 0 { start += 1 }
            start += start < range.upperBound ? lineBreak(bytes, start) : 0
            return min(start, range.upperBound)..<range.upperBound
        }
    }

    private static func isVerbatim(_ text: String, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        text.utf8.count == range.count && text.utf8.elementsEqual(bytes[range])
    }

    private func matches(_ text: String) -> Bool {
        text.utf8.count == value.count && text.utf8.elementsEqual(value)
    }

    private func located(_ text: String, _ span: SourceSpan) -> LocatedText {
        LocatedText(text: text, span: span, segments: segments)
    }

    /// Adds source bytes that stand for themselves.
    mutating func copy(_ bytes: [UInt8], _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if next != range.lowerBound {
            segments.append(LocatedText.Segment(value: value.count, source: range.lowerBound))
        }
        value += bytes[range]
        next = range.upperBound
    }

    /// Adds bytes for which something else stands in the source.
    mutating func replace(_ bytes: some Sequence<UInt8>, at source: Int) {
        segments.append(LocatedText.Segment(value: value.count, source: source, verbatim: false))
        value += bytes
        next = -1
    }

    /// Adds a line break: CR, CRLF and NEL become a line feed, the separators of Unicode stay.
    mutating func lineBreak(_ bytes: [UInt8], at source: Int) {
        let width = ScalarMap.lineBreak(bytes, source)
        if bytes[source] == 0x0A || width == 3 {
            copy(bytes, source..<(source + width))
        } else {
            replace([0x0A], at: source)
        }
    }

    /// The width of the line break at an offset, 0 if there is none; YAML 1.1 knows five.
    static func lineBreak(_ bytes: [UInt8], _ offset: Int) -> Int {
        switch bytes[offset] {
        case 0x0A: return 1
        case 0x0D: return offset + 1 < bytes.count && bytes[offset + 1] == 0x0A ? 2 : 1
        case 0xC2: return offset + 1 < bytes.count && bytes[offset + 1] == 0x85 ? 2 : 0
        case 0xE2:
            guard offset + 2 < bytes.count, bytes[offset + 1] == 0x80 else { return 0 }
            return bytes[offset + 2] == 0xA8 || bytes[offset + 2] == 0xA9 ? 3 : 0
        default: return 0
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension ScalarMap {
    /// Reads a plain or quoted text: escapes, doubled quotes and folded lines.
    mutating func readFlow(_ bytes: [UInt8], _ range: Range<Int>, _ style: YAMLScalar.Style) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            if style == .singleQuoted, byte == UInt8(ascii: "'") {
                replace([byte], at: offset)
                offset += 2
            } else if style == .doubleQuoted, byte == UInt8(ascii: "\\"), offset + 1 < range.upperBound {
                offset = readEscape(bytes, at: offset, end: range.upperBound)
            } else if ScalarMap.isBlank(byte) || ScalarMap.lineBreak(bytes, offset) > 0 {
                offset = readFold(bytes, at: offset, end: range.upperBound, isJoined: false)
            } else {
                copy(bytes, offset..<(offset + 1))
                offset += 1
            }
        }
    }

    /// Reads blanks and line breaks: one break is a space, more are one line feed less than their number.
    private mutating func readFold(_ bytes: [UInt8], at start: Int, end: Int, isJoined: Bool) -> Int {
        var offset = start
        var breaks: [Int] = []
        while offset < end {
            let width = ScalarMap.lineBreak(bytes, offset)
            if width > 0 {
                breaks.append(offset)
                offset += width
            } else if ScalarMap.isBlank(bytes[offset]) {
                offset += 1
            } else {
                break
            }
        }
        if isJoined {
            for place in breaks { lineBreak(bytes, at: place) }
        } else if breaks.isEmpty {
            copy(bytes, start..<offset)
        } else if ScalarMap.lineBreak(bytes, breaks[0]) == 3 {
            for place in breaks { lineBreak(bytes, at: place) }
        } else if breaks.count == 1 {
            replace([0x20], at: start)
        } else {
            for place in breaks.dropFirst() { lineBreak(bytes, at: place) }
        }
        return offset
    }

    private mutating func readEscape(_ bytes: [UInt8], at start: Int, end: Int) -> Int {
        let letter = bytes[start + 1]
        let width = ScalarMap.lineBreak(bytes, start + 1)
        if width > 0 { return readFold(bytes, at: start + 1 + width, end: end, isJoined: true) }
        if let digits = ["x": 2, "u": 4, "U": 8][Unicode.Scalar(letter)] {
            let last = min(end, start + 2 + digits)
            let code = UInt32(String(decoding: bytes[(start + 2)..<last], as: UTF8.self), radix: 16)
            if let scalar = code.flatMap(Unicode.Scalar.init) { replace(Character(scalar).utf8, at: start) }
            return last
        }
        if let text = ScalarMap.escapes[letter] { replace(text.utf8, at: start) }
        return start + 2
    }

    /// The escapes of double quotes that stand for one character each.
    static let escapes: [UInt8: String] = [
        UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{07}", UInt8(ascii: "b"): "\u{08}", UInt8(ascii: "t"): "\t",
        0x09: "\t", UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{0B}", UInt8(ascii: "f"): "\u{0C}",
        UInt8(ascii: "r"): "\r", UInt8(ascii: "e"): "\u{1B}", 0x20: " ", UInt8(ascii: "\""): "\"",
        UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\", UInt8(ascii: "N"): "\u{85}", UInt8(ascii: "_"): "\u{A0}",
        UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
    ]
}
