/// A value as it is written: with its comments, its anchor and tag, aliases unresolved.
///
/// A class, since comments move from a node to its neighbour while the tree is laid out.
final class SourceNode {
    /// What a node holds.
    enum Content {
        case scalar(SourceScalar)
        case alias(String)
        case sequence([SourceNode])
        case mapping([Pair])
    }

    /// A key with its value.
    struct Pair {
        var key: SourceNode
        var value: SourceNode
    }

    var content: Content
    /// The anchor and the tag, as they are written.
    var properties: [String] = []
    /// Comments between what stands in front of it and the node.
    var before: [SourceComment] = []
    /// The comment that ends its last line.
    var after: SourceComment?
    /// Comments behind a collection's last element, inside of it.
    var tail: [SourceComment] = []
    /// Whether it is written in brackets or braces.
    var isFlow = false
    /// Whether it is written on one line.
    var isOnOneLine = true
    /// Whether an empty line stands above it.
    var hasBlankAbove = false

    init(_ content: Content) { self.content = content }

    /// Whether it is a list or mapping that holds something.
    var isFilled: Bool {
        switch content {
        case .scalar, .alias: false
        case .sequence(let elements): !elements.isEmpty
        case .mapping(let pairs): !pairs.isEmpty
        }
    }

    /// Whether nothing is written of it at all.
    var isNothing: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.style == .plain && scalar.text.isEmpty && properties.isEmpty
    }

    /// The nodes right below it, in the order of the file.
    var children: [SourceNode] {
        switch content {
        case .scalar, .alias: []
        case .sequence(let elements): elements
        case .mapping(let pairs): pairs.flatMap { [$0.key, $0.value] }
        }
    }

    /// Whether a comment stands between its first byte and its last.
    var holdsComments: Bool {
        if case .scalar(let scalar) = content { return scalar.headerComment != nil }
        return !tail.isEmpty
            || children.contains { !$0.before.isEmpty || $0.after != nil || $0.holdsComments }
    }
}

/// A text as it is written.
struct SourceScalar {
    /// What it means.
    var text: String
    var style: YAMLScalar.Style
    /// Its bytes in the file, quotes included.
    var written: String
    var isOnOneLine: Bool
    /// Of a literal or folded text: its lines without their indentation.
    var lines: [String] = []
    /// Of a literal or folded text: the comment behind its `|` or `>`.
    var headerComment: String?
    /// Whether the header says that all line breaks at the end belong to the text.
    var keepsEnd = false

    /// The byte behind a scalar; libyaml ends a block scalar where the next piece's line begins.
    static func end(of event: YAMLEvent, _ bytes: [UInt8]) -> Int {
        guard case .scalar(_, let style) = event.kind, style == .literal || style == .folded else {
            return event.range.upperBound
        }
        let start = SourceProperties(event, bytes).end
        var end = event.range.upperBound
        if header(bytes, start..<end).contains(UInt8(ascii: "+")) { return end }
        while end > start, ScalarMap.isBlank(bytes[end - 1]) || bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D {
            end -= 1
        }
        return end
    }

    /// The indicators behind `|` or `>`.
    static func header(_ bytes: [UInt8], _ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[range].prefix { $0 != UInt8(ascii: "#") && $0 != 0x0A && $0 != 0x0D }
    }

    /// Reads the scalar of an event.
    init(_ text: String, _ style: YAMLScalar.Style, _ event: YAMLEvent, _ bytes: [UInt8]) {
        self.text = text
        self.style = style
        let start = style == .plain && text.isEmpty ? event.range.upperBound : SourceProperties(event, bytes).end
        let range = start..<max(start, event.range.upperBound)
        written = String(decoding: bytes[range], as: UTF8.self)
        isOnOneLine = !range.contains { ScalarMap.lineBreak(bytes, $0) > 0 }
        guard style == .literal || style == .folded else { return }
        let header = SourceScalar.header(bytes, range)
        keepsEnd = header.contains(UInt8(ascii: "+"))
        if header.endIndex < range.upperBound, bytes[header.endIndex] == UInt8(ascii: "#") {
            let rest = bytes[header.endIndex..<range.upperBound].prefix { $0 != 0x0A && $0 != 0x0D }
            headerComment = String(decoding: rest, as: UTF8.self).trimmedAtEnd
        }
        lines = ScalarMap.blockLines(text, style, bytes, range) ?? []
    }
}

extension String {
    /// The text without blanks at its end.
    var trimmedAtEnd: String {
        var end = utf8.endIndex
        while end > utf8.startIndex, ScalarMap.isBlank(utf8[utf8.index(before: end)]) { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
