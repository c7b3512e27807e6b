/// The line of source that a span begins on, ready to show, with the cells to underline.
public struct Excerpt: Sendable, Hashable {
    /// The source's path as the user knows it.
    public let path: String
    /// The line and the column of the span's first character.
    public let position: SourcePosition
    /// What stands on the line before the marked part, made visible.
    public let before: String
    /// The marked part; empty where the span is, or where it begins behind the line's last character.
    public let marked: String
    /// What follows on the line.
    public let after: String
    /// The cells to underline, counted from 0 at the start of `text`; never empty.
    public let caret: Range<Int>

    /// The whole line as shown: escaped, tabs expanded, cut to the width.
    public var text: String { before + marked + after }

    /// Cuts the excerpt of a span; only its first line is shown, in at most `width` cells.
    public init(_ span: SourceSpan, width: Int = 120) {
        let file = span.file
        let bytes = file.bytes
        let lower = min(max(span.range.lowerBound, 0), bytes.count)
        let line = file.lines.range(ofLine: file.lines.line(at: lower), in: bytes)
        let from = min(max(lower, line.lowerBound), line.upperBound)
        let to = max(from, min(span.range.upperBound, line.upperBound))
        path = file.path
        position = file.position(at: lower)

        // A line is looked at near the span only, so that one of many megabytes costs no more than a short one.
        let reach = max(width, 20) * 4
        let start = from - reach <= line.lowerBound ? line.lowerBound : Excerpt.characterStart(from - reach, in: bytes)
        let end = to + reach >= line.upperBound ? line.upperBound : Excerpt.characterStart(to + reach, in: bytes)
        let middle = from + reach >= to ? to : Excerpt.characterStart(from + reach, in: bytes)
        let head = VisibleText(bytes, start..<from)
        let body = VisibleText(bytes, from..<max(from, middle), from: head.cells)
        let tail = VisibleText(bytes, max(to, middle)..<max(to, middle, end), from: head.cells + body.cells)
        let isCutBefore = start > line.lowerBound
        let isCutWithin = middle < to
        let isCutAfter = end < line.upperBound

        let width = max(width, 20)
        let total = head.cells + body.cells + tail.cells
        if total <= width, !isCutBefore, !isCutAfter, !isCutWithin {
            before = head.text
            marked = body.text
            after = tail.text
            caret = head.cells..<(head.cells + max(1, body.cells))
            return
        }
        // The marked part has the first claim on the width, then up to a third of it what stands before.
        let room = max(1, width - 2)
        let bodyCut = body.keepingStart(min(body.cells, max(room / 2, room - head.cells - tail.cells)))
        let left = max(room / 3, room - bodyCut.cells - tail.cells)
        let headCut = head.keepingEnd(min(left, room - bodyCut.cells))
        let tailCut = tail.keepingStart(max(0, room - bodyCut.cells - headCut.cells))
        let dotsBefore = isCutBefore || headCut.cells < head.cells
        let dotsAfter = isCutWithin || bodyCut.cells < body.cells || isCutAfter || tailCut.cells < tail.cells
        before = (dotsBefore ? "…" : "") + headCut.text
        marked = bodyCut.text
        after = (bodyCut.cells < body.cells ? "" : tailCut.text) + (dotsAfter ? "…" : "")
        let column = headCut.cells + (dotsBefore ? 1 : 0)
        caret = column..<(column + max(1, bodyCut.cells))
    }

    /// Moves an offset back to the first byte of its character.
    private static func characterStart(_ offset: Int, in bytes: [UInt8]) -> Int {
        var start = offset
        while start > 0, start < bytes.count, offset - start < 3, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start < bytes.count && bytes[start] & 0xC0 == 0x80 ? offset : start
    }
}

extension VisibleText {
    /// The longest beginning of at most so many cells.
    fileprivate func keepingStart(_ limit: Int) -> VisibleText {
        guard limit < cells else { return self }
        var kept = VisibleText()
        for character in text {
            var longer = kept
            longer.append(String(character))
            if longer.cells > limit { break }
            kept = longer
        }
        return kept
    }

    /// The longest end of at most so many cells.
    fileprivate func keepingEnd(_ limit: Int) -> VisibleText {
        guard limit < cells else { return self }
        var count = 0
        var start = text.endIndex
        while start > text.startIndex {
            let previous = text.index(before: start)
            count += VisibleText(String(text[previous])).cells
            if count > limit { break }
            start = previous
        }
        return VisibleText(String(text[start...]))
    }
}
