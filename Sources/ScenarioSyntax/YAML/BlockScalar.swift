/// The lines of a literal or folded scalar.
struct BlockScalar {
    /// What becomes of the line breaks at the end.
    enum Chomping {
        case strip
        case clip
        case keep
    }

    /// The offsets of each line's first byte behind the indentation, its line break, and the next line.
    struct Line {
        var start: Int
        var end: Int
        var next: Int
        /// Nothing but the indentation, or less, stands on it.
        var isEmpty: Bool { start == end }
    }

    var lines: [Line] = []
    var chomping = Chomping.clip

    /// Splits the text below a header, each line indented by `indent` spaces.
    init(_ bytes: [UInt8], range: Range<Int>, inner: Range<Int>, indent: Int) {
        for offset in range.lowerBound..<inner.lowerBound {
            if bytes[offset] == UInt8(ascii: "#") { break }
            if bytes[offset] == UInt8(ascii: "-") { chomping = .strip }
            if bytes[offset] == UInt8(ascii: "+") { chomping = .keep }
        }
        var offset = inner.lowerBound
        while offset < inner.upperBound {
            var start = offset
            while start < inner.upperBound, start - offset < indent, bytes[start] == 0x20 { start += 1 }
            var end = start
            while end < inner.upperBound, ScalarMap.lineBreak(bytes, end) == 0 { end += 1 }
            let next = end < inner.upperBound ? end + ScalarMap.lineBreak(bytes, end) : end
            lines.append(Line(start: start, end: end, next: next))
            offset = next
        }
    }

    /// The indentations that a text may have: that of its first line that is not empty, then any smaller one.
    static func indents(_ bytes: [UInt8], _ range: Range<Int>) -> [Int] {
        var offset = range.lowerBound
        var most = 0
        while offset < range.upperBound {
            var end = offset
            while end < range.upperBound, bytes[end] == 0x20 { end += 1 }
            most = max(most, end - offset)
            if end < range.upperBound, ScalarMap.lineBreak(bytes, end) == 0 {
                let first = end - offset
                return (0...min(first, 100)).reversed() + (first > 100 ? [first] : [])
            }
            offset = end < range.upperBound ? end + ScalarMap.lineBreak(bytes, end) : end
        }
        return [most]
    }
}

extension ScalarMap {
    /// Reads a literal or folded text.
    mutating func readBlock(_ bytes: [UInt8], _ block: BlockScalar, _ style: YAMLScalar.Style) {
        let last = block.lines.lastIndex { !$0.isEmpty }
        var pending: [BlockScalar.Line] = []
        var isBehindText = false
        var isBehindBlank = false
        for (index, line) in block.lines.enumerated() {
            guard let last, index <= last else { break }
            if line.isEmpty {
                pending.append(line)
                continue
            }
            let isBlank = ScalarMap.isBlank(bytes[line.start])
            var breaks = pending
            if isBehindText, let first = breaks.first, style == .folded, !isBehindBlank, !isBlank,
                ScalarMap.lineBreak(bytes, first.end) < 3
            {
                if breaks.count == 1 { replace([0x20], at: first.end) }
                breaks.removeFirst()
            }
            for place in breaks { lineBreak(bytes, at: place.end) }
            copy(bytes, line.start..<line.end)
            pending = line.next > line.end ? [BlockScalar.Line(start: line.end, end: line.end, next: line.next)] : []
            isBehindText = true
            isBehindBlank = isBlank
        }
        guard block.chomping != .strip else { return }
        if last == nil {
            pending = pending.isEmpty ? block.lines : pending
        } else if let last {
            pending += block.lines[(last + 1)...].filter { $0.next > $0.end }
        }
        if block.chomping == .clip { pending = last == nil ? [] : Array(pending.prefix(1)) }
        for place in pending where place.next > place.end { lineBreak(bytes, at: place.end) }
    }
}
