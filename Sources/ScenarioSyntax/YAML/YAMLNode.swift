public import Diagnostics

/// A value of a YAML document and where it stands; aliases share the node that they name.
public final class YAMLNode: Sendable {
    /// What a node holds.
    public enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([Member])
    }

    /// A key of a mapping with its value.
    public struct Member: Sendable {
        public let key: YAMLNode
        /// The key's text.
        public let name: String
        public let value: YAMLNode

        /// Creates a member.
        public init(key: YAMLNode, name: String, value: YAMLNode) {
            self.key = key
            self.name = name
            self.value = value
        }
    }

    public let content: Content
    /// The text from the node's first byte to its last, its tag and anchor left out.
    public let span: SourceSpan
    /// The tag as written out in full, such as `tag:yaml.org,2002:str`, where one is given.
    public let tag: String?
    /// Whether the node is written in brackets or braces, or stands inside such a one.
    public let isInFlow: Bool
    /// Levels of lists and mappings below and including this one, aliases followed.
    let height: Int
    /// Nodes in this tree, those behind aliases counted each time.
    let weight: Int
    /// Positions of the members of a large mapping.
    private let index: [String: Int]?

    /// Creates a node.
    public init(_ content: Content, at span: SourceSpan, tag: String? = nil, isInFlow: Bool = false) {
        self.content = content
        self.span = span
        self.tag = tag
        self.isInFlow = isInFlow
        switch content {
        case .scalar:
            height = 0
            weight = 1
            index = nil
        case .sequence(let elements):
            height = 1 + (elements.lazy.map(\.height).max() ?? 0)
            weight = elements.reduce(1) { $0 + $1.weight }
            index = nil
        case .mapping(let members):
            height = 1 + (members.lazy.map(\.value.height).max() ?? 0)
            weight = members.reduce(1) { $0 + 1 + $1.value.weight }
            index =
                members.count <= 16
                ? nil
                : Dictionary(members.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The scalar, if the node is one.
    public var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The elements, if the node is a list.
    public var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The members in file order, those of merge keys in the merge key's place, if the node is a mapping.
    public var members: [Member]? {
        if case .mapping(let members) = content { members } else { nil }
    }

    /// The value of a key, if the node is a mapping that has it.
    public subscript(key: String) -> YAMLNode? {
        member(key)?.value
    }

    /// The node of the key itself, for its span.
    public func key(_ name: String) -> YAMLNode? {
        member(name)?.key
    }

    private func member(_ name: String) -> Member? {
        guard case .mapping(let members) = content else { return nil }
        if let index { return index[name].map { members[$0] } }
        return members.first { $0.name == name }
    }

    /// What stands here, for "expected …, found …": `a mapping`, `a list`, `the number 5`, `text`, `null`, `true`.
    public var found: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.found
        }
    }
}

extension YAMLNode {
    /// The comment that ends a plain scalar: ` #` begins one even in the middle of an expression.
    public var cutByComment: SourceSpan? {
        guard let scalar, scalar.style == .plain else { return nil }
        let bytes = span.file.bytes
        var offset = span.range.upperBound
        let end = offset
        while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
        guard offset > end, offset < bytes.count, bytes[offset] == UInt8(ascii: "#") else { return nil }
        let line = span.file.lines.range(ofLine: span.file.lines.line(at: offset), in: bytes)
        return SourceSpan(span.file, offset..<line.upperBound)
    }

    /// The `,` `[` `]` `{` or `}` that ends a plain scalar inside brackets or braces.
    public var cutByIndicator: SourceSpan? {
        guard isInFlow, let scalar, scalar.style == .plain else { return nil }
        let bytes = span.file.bytes
        var offset = span.range.upperBound
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
        guard offset < bytes.count, ",[]{}".utf8.contains(bytes[offset]) else { return nil }
        return SourceSpan(span.file, offset..<(offset + 1))
    }
}
