/// A text that knows where each of its bytes was written, through quoting, folding and escapes.
public struct LocatedText: Sendable, Hashable {
    /// The text as the language means it.
    public let text: String
    /// Where the whole of it stands, quotes and block indicators left out.
    public let span: SourceSpan
    /// Runs of equal bytes: from `value` on, the text's bytes stand at `source` on, up to the next segment.
    ///
    /// Ascending in both; the first begins at value offset 0. A segment with `verbatim == false` is an
    /// escape or a fold: all of its bytes stand for the whole source range up to the next segment.
    public let segments: [Segment]

    /// A run of text and the place it was written at.
    public struct Segment: Sendable, Hashable {
        public var value: Int
        public var source: Int
        public var verbatim: Bool
        /// Creates a segment that begins at the given offsets.
        public init(value: Int, source: Int, verbatim: Bool = true) {
            self.value = value
            self.source = source
            self.verbatim = verbatim
        }
    }

    /// Creates a text with its map.
    public init(text: String, span: SourceSpan, segments: [Segment]) {
        self.text = text
        self.span = span
        self.segments = segments.isEmpty ? [Segment(value: 0, source: span.range.lowerBound)] : segments
    }

    /// Creates a text that stands in its source byte for byte.
    public init(verbatim text: String, at span: SourceSpan) {
        self.init(text: text, span: span, segments: [])
    }

    /// The place of a range of the text's UTF-8 bytes.
    public func span(of range: Range<Int>) -> SourceSpan {
        // Behind the last byte nothing begins, so that place is where the last byte ends.
        let lower = source(of: range.lowerBound, end: range.lowerBound == text.utf8.count)
        let upper = max(lower, source(of: range.upperBound, end: true))
        return SourceSpan(span.file, lower..<upper)
    }

    /// A part of the text, with its part of the map; the range is in UTF-8 bytes.
    public func slice(_ range: Range<Int>) -> LocatedText {
        let utf8 = text.utf8
        let from = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let to = utf8.index(utf8.startIndex, offsetBy: range.upperBound)
        var inside: [Segment] = []
        for segment in segments where segment.value < max(range.upperBound, range.lowerBound + 1) {
            if segment.value <= range.lowerBound {
                let skipped = range.lowerBound - segment.value
                let source = segment.verbatim ? segment.source + skipped : segment.source
                inside = [Segment(value: 0, source: source, verbatim: segment.verbatim)]
            } else {
                var moved = segment
                moved.value -= range.lowerBound
                inside.append(moved)
            }
        }
        return LocatedText(text: String(text[from..<to]), span: span(of: range), segments: inside)
    }

    private func source(of offset: Int, end: Bool) -> Int {
        // The end of a range belongs to the byte before it, so that a span stops before a line fold.
        let probe = end && offset > 0 ? offset - 1 : offset
        var low = 0
        var high = segments.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if segments[middle].value <= probe { low = middle } else { high = middle }
        }
        let segment = segments[low]
        let next = low + 1 < segments.count ? segments[low + 1].source : span.range.upperBound
        let place: Int
        if segment.verbatim {
            place = segment.source + (offset - segment.value)
        } else {
            place = end ? next : segment.source
        }
        return min(max(place, 0), span.file.bytes.count)
    }
}
