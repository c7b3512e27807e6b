/// Builds the tree of a file as it is written, each comment beside the node that it belongs to.
struct SourceComposer {
    private let bytes: [UInt8]
    private let events: [YAMLEvent]
    private let gaps: [SourceGaps.Gap]
    private let comments: [SourceComment]
    private var next = 0
    private var cursor = 0

    /// What becomes of a file: its document, the comments behind it, and its directives.
    struct Document {
        var root: SourceNode
        var rest: [SourceComment]
        /// The directives with the `---` that ends them, as they are written.
        var prologue: String?
        /// All comments in the order of the file, those in headers of block scalars left out.
        var comments: [SourceComment]
    }

    /// Reads a file that is known to be well-formed and to hold one document.
    static func document(_ bytes: [UInt8], from start: Int) throws(YAMLProblem) -> Document? {
        guard var parser = LibYAMLParser(bytes, from: start) else { return nil }
        var events: [YAMLEvent] = []
        while true {
            let event = try parser.next()
            events.append(event)
            if case .streamEnd = event.kind { break }
        }
        guard events.count > 3, case .documentStart(let isImplicit) = events[1].kind else { return nil }
        var composer = SourceComposer(bytes, from: start, events)
        composer.next = 2
        let root = composer.node(column: -1, isKey: false)
        let hasDirectives = !isImplicit && bytes[events[1].range].contains(UInt8(ascii: "%"))
        return Document(
            root: root, rest: composer.take(before: bytes.count),
            prologue: hasDirectives ? String(decoding: bytes[start..<events[1].range.upperBound], as: UTF8.self) : nil,
            comments: composer.comments)
    }

    private init(_ bytes: [UInt8], from start: Int, _ events: [YAMLEvent]) {
        self.bytes = bytes
        self.events = events
        let gaps = SourceGaps(bytes, from: start, events: events)
        self.gaps = gaps.gaps
        comments = gaps.comments
    }

    /// Takes the comments before an offset.
    private mutating func take(before offset: Int) -> [SourceComment] {
        let first = cursor
        while cursor < comments.count, comments[cursor].offset < offset { cursor += 1 }
        return Array(comments[first..<cursor])
    }

    /// Takes the comment that stands on the line where a node has ended.
    private mutating func takeBehind(_ end: Int) -> SourceComment? {
        guard cursor < comments.count, comments[cursor].place == .behindContent, comments[cursor].contentEnd == end
        else { return nil }
        cursor += 1
        return comments[cursor - 1]
    }

    /// Builds the node that the next event begins; `column` is that of the collection around it.
    private mutating func node(column: Int, isKey: Bool) -> SourceNode {
        let event = events[next]
        let gap = gaps[next]
        next += 1
        var before = take(before: event.range.lowerBound)
        let properties = SourceProperties(event, bytes)
        let node: SourceNode
        var end = event.range.upperBound
        switch event.kind {
        case .scalar(let text, let style):
            if !(style == .plain && text.isEmpty) { before += take(before: properties.end) }
            node = SourceNode(.scalar(SourceScalar(text, style, event, bytes)))
            end = SourceScalar.end(of: event, bytes)
        case .sequenceStart(let isFlow):
            if isFlow { before += take(before: properties.end) }
            node = sequence(from: isFlow ? properties.end : nil, around: column, &end)
        case .mappingStart(let isFlow):
            if isFlow { before += take(before: properties.end) }
            node = mapping(from: isFlow ? properties.end : nil, &end)
        case .alias(let name):
            node = SourceNode(.alias(name))
        default:
            node = SourceNode(.alias(""))
        }
        node.properties = properties.texts(bytes)
        node.before = before
        node.hasBlankAbove = gap.hasBlankAbove
        // Behind a key comes its value, whose comment it then is.
        if !isKey { node.after = takeBehind(end) }
        return node
    }

    private mutating func sequence(from bracket: Int?, around column: Int, _ end: inout Int) -> SourceNode {
        let start = next
        let own = dashColumn()
        var elements: [SourceNode] = []
        while true {
            if case .sequenceEnd = events[next].kind { break }
            elements.append(node(column: own, isKey: false))
        }
        let node = SourceNode(.sequence(elements))
        // A list may stand as far left as the key above it; then a comment there belongs to the next key.
        finish(node, from: bracket, first: start, least: own == column ? own + 1 : own, &end)
        return node
    }

    private mutating func mapping(from bracket: Int?, _ end: inout Int) -> SourceNode {
        let start = next
        let own = column(of: events[next].range.lowerBound)
        var pairs: [SourceNode.Pair] = []
        while true {
            if case .mappingEnd = events[next].kind { break }
            let key = node(column: own, isKey: true)
            pairs.append(SourceNode.Pair(key: key, value: node(column: own, isKey: false)))
        }
        let node = SourceNode(.mapping(pairs))
        finish(node, from: bracket, first: start, least: own, &end)
        return node
    }

    /// Ends a collection: of the comments behind its last element, it takes those that are indented as it is.
    private mutating func finish(
        _ node: SourceNode, from bracket: Int?, first: Int, least: Int, _ end: inout Int
    ) {
        let closing = events[next]
        next += 1
        guard let bracket else {
            let limit = nextContent()
            while cursor < comments.count, comments[cursor].offset < limit, comments[cursor].place == .ownLine,
                comments[cursor].column >= least
            {
                node.tail.append(comments[cursor])
                cursor += 1
            }
            end = -1
            return
        }
        node.isFlow = true
        node.tail = take(before: closing.range.lowerBound)
        end = closing.range.upperBound
        node.isOnOneLine = !(bracket..<end).contains { ScalarMap.lineBreak(bytes, $0) > 0 }
    }

    /// Where the next key, value or bracket begins.
    private func nextContent() -> Int {
        for event in events[next...] {
            switch event.kind {
            case .sequenceEnd, .mappingEnd, .documentEnd(isImplicit: true):
                let range = event.range
                if range.count == 1, "]}".utf8.contains(bytes[range.lowerBound]) { return range.lowerBound }
            case .streamEnd: return bytes.count
            default: return event.range.lowerBound
            }
        }
        return bytes.count
    }

    private func column(of offset: Int) -> Int { offset - SourceGaps.lineStart(bytes, offset) }

    /// The column of the dash in front of the next event, or of the event itself where there is none.
    private func dashColumn() -> Int {
        var offset = events[next].range.lowerBound
        let line = SourceGaps.lineStart(bytes, offset)
        while offset > line, ScalarMap.isBlank(bytes[offset - 1]) { offset -= 1 }
        if offset > line, bytes[offset - 1] == UInt8(ascii: "-") { return offset - 1 - line }
        // The dash stands on a line above, where the list's own event begins.
        let start = events[next - 1].range.lowerBound
        return column(of: start)
    }
}
