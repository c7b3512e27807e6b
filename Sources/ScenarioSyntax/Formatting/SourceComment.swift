/// A comment of a YAML file and how it stands there.
struct SourceComment: Hashable {
    /// Which piece of the file a comment shares its line with.
    enum Place {
        /// None: it has the line to itself.
        case ownLine
        /// A value, a key or a bracket in front of it.
        case behindContent
        /// Nothing but a dash or a comma.
        case behindIndicator
    }

    /// From `#` on, without blanks at the end.
    var text: String
    /// The byte of its `#`.
    var offset: Int
    /// The bytes in front of it on its line.
    var column: Int
    var place: Place
    /// The byte behind the last key, value or bracket before it.
    var contentEnd: Int
    /// Whether an empty line stands above it.
    var hasBlankAbove: Bool
}

/// The pieces of a file between libyaml's events: comments, dashes and empty lines.
///
/// Events cover keys, values and the brackets of flow collections; what lies between two of them is white space,
/// indicators and comments, so that a `#` there begins a comment and nothing else.
struct SourceGaps {
    /// What stands in front of an event.
    struct Gap {
        /// Whether an empty line stands above the event, or above its dash.
        var hasBlankAbove = false
    }

    private(set) var comments: [SourceComment] = []
    /// One for each event.
    private(set) var gaps: [Gap] = []
    private let bytes: [UInt8]
    private var scanned: Int
    private var contentEnd: Int

    /// Looks at a file's bytes between its events.
    init(_ bytes: [UInt8], from start: Int, events: [YAMLEvent]) {
        self.bytes = bytes
        scanned = start
        contentEnd = start
        for event in events { visit(event) }
        _ = scan(to: bytes.count)
    }

    private mutating func visit(_ event: YAMLEvent) {
        let range = event.range
        switch event.kind {
        case .streamStart, .streamEnd, .documentStart(isImplicit: true), .documentEnd(isImplicit: true):
            gaps.append(Gap())
        case .documentStart, .documentEnd:
            gaps.append(Gap())
            // Directives stay as they are written, comments before and between them included.
            if !bytes[range].contains(UInt8(ascii: "%")) { _ = scan(to: range.lowerBound) }
            take(range.upperBound)
        case .sequenceEnd, .mappingEnd:
            gaps.append(Gap())
            guard isFlowEnd(range) else { return }
            _ = scan(to: range.lowerBound)
            take(range.upperBound)
        case .sequenceStart(let isFlow), .mappingStart(let isFlow):
            gaps.append(gap(before: range.lowerBound))
            takeProperties(event)
            if isFlow {
                let bracket = SourceProperties(event, bytes).end
                _ = scan(to: bracket)
                take(min(bracket + 1, bytes.count))
            }
        case .alias:
            gaps.append(gap(before: range.lowerBound))
            take(range.upperBound)
        case .scalar(let text, let style):
            gaps.append(gap(before: range.lowerBound))
            takeProperties(event)
            if !(style == .plain && text.isEmpty) { _ = scan(to: SourceProperties(event, bytes).end) }
            take(SourceScalar.end(of: event, bytes))
        }
    }

    /// Block collections end where the next piece begins, flow collections with a bracket.
    private func isFlowEnd(_ range: Range<Int>) -> Bool {
        range.count == 1
            && (bytes[range.lowerBound] == UInt8(ascii: "]") || bytes[range.lowerBound] == UInt8(ascii: "}"))
    }

    private mutating func gap(before offset: Int) -> Gap {
        let dash = scan(to: offset)
        return Gap(hasBlankAbove: hasBlank(above: dash ?? offset))
    }

    private mutating func takeProperties(_ event: YAMLEvent) {
        for property in SourceProperties(event, bytes).ranges {
            _ = scan(to: property.lowerBound)
            take(property.upperBound)
        }
    }

    private mutating func take(_ end: Int) {
        scanned = max(scanned, end)
        contentEnd = max(contentEnd, end)
    }

    /// Notes the comments up to an offset; returns the first dash.
    private mutating func scan(to end: Int) -> Int? {
        var dash: Int?
        var offset = scanned
        while offset < end {
            if bytes[offset] == UInt8(ascii: "#") {
                offset = note(at: offset)
            } else {
                if bytes[offset] == UInt8(ascii: "-"), dash == nil { dash = offset }
                offset += 1
            }
        }
        scanned = max(scanned, end)
        return dash
    }

    /// Notes a comment; returns where it ends.
    private mutating func note(at start: Int) -> Int {
        var end = start
        while end < bytes.count, ScalarMap.lineBreak(bytes, end) == 0 { end += 1 }
        var last = end
        while last > start, ScalarMap.isBlank(bytes[last - 1]) { last -= 1 }
        let line = SourceGaps.lineStart(bytes, start)
        let isAlone = bytes[line..<start].allSatisfy(ScalarMap.isBlank)
        let place: SourceComment.Place = isAlone ? .ownLine : contentEnd > line ? .behindContent : .behindIndicator
        comments.append(
            SourceComment(
                text: String(decoding: bytes[start..<last], as: UTF8.self), offset: start, column: start - line,
                place: place, contentEnd: contentEnd, hasBlankAbove: isAlone && hasBlank(above: start)))
        return end
    }

    /// Whether the line above is empty and no part of a value.
    private func hasBlank(above offset: Int) -> Bool {
        let line = SourceGaps.lineStart(bytes, offset)
        guard line > 0 else { return false }
        var end = line - 1
        if end > 0, bytes[end] == 0x0A, bytes[end - 1] == 0x0D { end -= 1 }
        let above = SourceGaps.lineStart(bytes, end)
        return above >= contentEnd && bytes[above..<end].allSatisfy(ScalarMap.isBlank)
    }

    /// The first byte of the line that an offset lies on.
    static func lineStart(_ bytes: [UInt8], _ offset: Int) -> Int {
        var start = min(offset, bytes.count)
        while start > 0, bytes[start - 1] != 0x0A, bytes[start - 1] != 0x0D { start -= 1 }
        return start == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? min(3, offset) : start
    }
}

/// The anchor and the tag in front of a value.
struct SourceProperties {
    /// Where each of them stands.
    private(set) var ranges: [Range<Int>] = []
    /// The first byte behind them, and behind the white space and comments that follow.
    let end: Int

    /// Finds those of an event.
    init(_ event: YAMLEvent, _ bytes: [UInt8]) {
        var left = (event.anchor == nil ? 0 : 1) + (event.tag == nil ? 0 : 1)
        var offset = event.range.lowerBound
        guard left > 0 else {
            end = offset
            return
        }
        while offset < bytes.count {
            let byte = bytes[offset]
            if ScalarMap.isBlank(byte) || ScalarMap.lineBreak(bytes, offset) > 0 {
                offset += max(1, ScalarMap.lineBreak(bytes, offset))
            } else if byte == UInt8(ascii: "#") {
                while offset < bytes.count, ScalarMap.lineBreak(bytes, offset) == 0 { offset += 1 }
            } else if left > 0, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "!") {
                left -= 1
                let start = offset
                while offset < bytes.count, bytes[offset] > 0x20, !",[]{}".utf8.contains(bytes[offset]) { offset += 1 }
                ranges.append(start..<offset)
            } else {
                break
            }
        }
        end = offset
    }

    /// Their texts, in the order they are written.
    func texts(_ bytes: [UInt8]) -> [String] { ranges.map { String(decoding: bytes[$0], as: UTF8.self) } }
}
