public import Diagnostics

/// A mapping whose keys have been checked against a table.
public struct MappingReader {
    public let node: YAMLNode
    /// The table that the keys were checked against.
    public let table: KeyTable

    /// At most this many unknown keys of one mapping are reported one by one.
    private static let unknownKeys = 10

    /// Checks a mapping's keys; nil if the node is no mapping.
    ///
    /// Unknown keys and missing required ones are reported, and the reader still gives the known ones.
    public init?(_ node: YAMLNode, _ table: KeyTable, _ diagnostics: inout [Diagnostic]) {
        guard let members = node.members else {
            diagnostics.append(
                .wrongType(
                    Shape.table { table }.phrase, node, hint: table.keys.isEmpty ? nil : .known(table.keys.map(\.name)))
            )
            return nil
        }
        self.node = node
        self.table = table
        var unknown = 0
        for member in members where table[member.name] == nil && !member.name.hasPrefix("x-") {
            unknown += 1
            if unknown <= MappingReader.unknownKeys { diagnostics.append(MappingReader.unknown(member, node, table)) }
        }
        if unknown > MappingReader.unknownKeys {
            let more = unknown - MappingReader.unknownKeys
            diagnostics.append(Diagnostic(.moreProblems, .note, at: node.span, .moreKeys(more, in: table.name)))
        }
        let missing = table.keys.filter { $0.isRequired && node[$0.name] == nil }
        for key in missing {
            diagnostics.append(
                Diagnostic(
                    .missingKey, at: node.openingSpan, .missingKey(key.name, in: table.name),
                    hint: .add(key)))
        }
    }

    /// The value of a key, nil where it is left out.
    public subscript(key: String) -> YAMLNode? { node[key] }

    /// Whether the key is written, even with the value null.
    public func has(_ key: String) -> Bool { node[key] != nil }

    /// Where the key's name stands.
    public func keySpan(_ key: String) -> SourceSpan? { node.key(key)?.span }

    private static func unknown(_ member: YAMLNode.Member, _ node: YAMLNode, _ table: KeyTable) -> Diagnostic {
        let span = member.key.span
        let name = member.name
        let known = table.keys.map(\.name)
        let strange = name.unicodeScalars.filter { !$0.isASCII || VisibleText.isHidden($0) }
        let message = Diagnostic.Message.unknownKey(name, in: table.name)
        if let translated = table.foreign[name], table[translated] != nil {
            return Diagnostic(.unknownKey, at: span, message, hint: "here it is called '\(translated)'")
        }
        if !strange.isEmpty {
            let shown = Array(Set(strange)).sorted().prefix(3).map { VisibleText.codePoint($0) }.joined(separator: ", ")
            let plain = LookAlike.ascii(name)
            let near = known.contains(plain) ? plain : NearestName.of(plain, in: known)
            return Diagnostic(.unknownKey, at: span, message, hint: .lookAlike(shown, near))
        }
        if let near = NearestName.of(name, in: known) {
            return Diagnostic(.unknownKey, at: span, message, hint: .didYouMean(near))
        }
        let foreign = table.foreign.filter { table[$0.value] != nil }
        if let near = NearestName.of(name, in: foreign.keys.sorted()), let translated = foreign[near],
            isTypo(name, near)
        {
            return Diagnostic(.unknownKey, at: span, message, hint: .didYouMean(translated))
        }
        return Diagnostic(.unknownKey, at: span, message, hint: .known(known))
    }

    /// Whether one stroke makes the difference: words of other tools are many, and further away all are alike.
    private static func isTypo(_ name: String, _ word: String) -> Bool {
        NearestName.edits(Array(name.unicodeScalars), Array(word.unicodeScalars)) == 1
    }
}

extension YAMLNode {
    /// The place that stands for the whole of a collection: its first line.
    public var openingSpan: SourceSpan {
        let line = span.file.lines.range(ofLine: span.file.lines.line(at: span.range.lowerBound), in: span.file.bytes)
        let end = max(span.range.lowerBound, min(span.range.upperBound, line.upperBound))
        return SourceSpan(span.file, span.range.lowerBound..<end)
    }
}

extension Diagnostic {
    /// A value of the wrong type, shown at the value.
    static func wrongType(_ expected: String, _ node: YAMLNode, hint: Message? = nil) -> Diagnostic {
        Diagnostic(.wrongType, at: node.openingSpan, "expected \(expected), found \(node.found)", hint: hint)
    }
}

extension Diagnostic.Message {
    fileprivate static func unknownKey(_ key: String, in parent: String) -> Self {
        "unknown key '\(preview(key))' in \(parent)"
    }

    fileprivate static func moreKeys(_ count: Int, in parent: String) -> Self {
        "and \(grouped(count)) more unknown keys in \(parent)"
    }

    fileprivate static func missingKey(_ key: String, in parent: String) -> Self {
        "\(parent) lacks the key '\(key)'"
    }

    fileprivate static func add(_ key: Key) -> Self { "add '\(key.name)': \(key.shape.phrase)" }

    fileprivate static func didYouMean(_ name: String) -> Self { "did you mean '\(name)'?" }

    fileprivate static func lookAlike(_ shown: String, _ near: String?) -> Self {
        let what = "it holds \(shown), which only looks like a plain letter or nothing"
        return Diagnostic.Message(near.map { "did you mean '\($0)'? \(what)" } ?? what)
    }

    fileprivate static func known(_ keys: [String]) -> Self {
        let shown = keys.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
        return "known keys are \(shown)\(keys.count > 12 ? ", …" : "")"
    }
}
