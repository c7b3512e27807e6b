internal import Diagnostics

/// The members of one mapping as they arrive: names unique, merge keys spread, texts cut by a comma noticed.
struct MemberList {
    private(set) var members: [YAMLNode.Member] = []
    private let file: SourceFile
    /// The keys written in this mapping; merged ones are not among them.
    private var own: [String: YAMLNode] = [:]
    private var merge: Merge?
    private var cut: CutText?
    private var lastWritten: YAMLNode.Member?

    private struct Merge {
        var key: YAMLNode
        var position: Int
        var sources: [YAMLNode]
    }

    /// A plain text in braces that a comma ended, and the keys without a colon that were its rest.
    private struct CutText {
        var member: YAMLNode.Member
        var end: Int
    }

    init(_ file: SourceFile) {
        self.file = file
    }

    /// Adds a key with its value; returns what is wrong with it.
    mutating func add(_ key: YAMLNode, _ value: YAMLNode, isFlow: Bool) -> Diagnostic? {
        guard let scalar = key.scalar else { return notScalar(key) }
        let name = scalar.text
        if name == "<<", scalar.style == .plain, key.tag == nil { return merge(key, value) }
        if isFlow, isCutText(key, value) { return nil }
        let finished = finishCut()
        if let first = own[name] {
            return finished
                ?? Diagnostic(
                    .yamlDuplicateKey, at: key.span, .duplicateKey(name), label: "again here",
                    secondary: [.init(span: first.span, text: "first here")],
                    hint: "remove one of the two or rename it")
        }
        own[name] = key
        let member = YAMLNode.Member(key: key, name: name, value: value)
        members.append(member)
        lastWritten = member
        return finished
    }

    /// Ends the list: spreads merged mappings and returns what is wrong at the end.
    mutating func finish() -> [Diagnostic] {
        if let merge {
            var names = Set(own.keys)
            var merged: [YAMLNode.Member] = []
            for source in merge.sources {
                for member in source.members ?? [] where names.insert(member.name).inserted { merged.append(member) }
            }
            members.insert(contentsOf: merged, at: merge.position)
        }
        return finishCut().map { [$0] } ?? []
    }

    private func notScalar(_ key: YAMLNode) -> Diagnostic {
        let bytes = file.bytes
        let start = key.span.range.lowerBound
        if start > 0, bytes[start] == UInt8(ascii: "{"), bytes[start - 1] == UInt8(ascii: "{") {
            let line = file.lines.range(ofLine: file.lines.line(at: start), in: bytes)
            let rest = bytes[start..<line.upperBound]
            let close = rest.indices.dropLast().first { rest[$0] == 0x7D && rest[$0 + 1] == 0x7D }
            let span = SourceSpan(file, (start - 1)..<(close.map { $0 + 2 } ?? key.span.range.upperBound))
            let written = String(decoding: bytes[span.range], as: UTF8.self)
            return Diagnostic(
                .yamlUnquotedTemplate, at: span, "`{{ }}` without quotes is a mapping in YAML, not a template",
                hint: .write(YAMLQuoting.doubleQuoted("$" + written)))
        }
        return Diagnostic(
            .yamlKeyNotScalar, at: key.span, .keyNotScalar(key.found),
            hint: "quote it if it is meant as text")
    }

    private mutating func merge(_ key: YAMLNode, _ value: YAMLNode) -> Diagnostic? {
        if let first = merge?.key {
            return Diagnostic(
                .yamlDuplicateKey, at: key.span, .duplicateKey("<<"), label: "again here",
                secondary: [.init(span: first.span, text: "first here")],
                hint: "merge several mappings with one key: '<<: [*a, *b]'")
        }
        let sources = value.elements ?? [value]
        merge = Merge(key: key, position: members.count, sources: sources)
        guard let wrong = sources.first(where: { $0.members == nil }) else { return nil }
        return Diagnostic(
            .yamlMerge, at: key.span, .badMerge(wrong.found), hint: "write '<<: *name' or '<<: [*a, *b]'")
    }

    // MARK: Commas in flow mappings

    private mutating func isCutText(_ key: YAMLNode, _ value: YAMLNode) -> Bool {
        guard let scalar = value.scalar, scalar.text.isEmpty, scalar.style == .plain, value.span.range.isEmpty,
            key.scalar?.style == .plain, let member = cut?.member ?? lastWritten, let before = member.value.scalar,
            before.style == .plain, !before.text.isEmpty,
            member.value.span.range.lowerBound > member.key.span.range.lowerBound
        else { return false }
        let bytes = file.bytes
        var offset = key.span.range.upperBound
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
        guard offset < bytes.count, bytes[offset] != UInt8(ascii: ":") else { return false }
        cut = CutText(member: member, end: key.span.range.upperBound)
        return true
    }

    private mutating func finishCut() -> Diagnostic? {
        guard let text = cut else { return nil }
        cut = nil
        let start = text.member.value.span.range.lowerBound
        let comma = file.bytes[text.member.value.span.range.upperBound...].firstIndex(of: UInt8(ascii: ",")) ?? start
        let whole = String(decoding: file.bytes[start..<text.end], as: UTF8.self)
        return Diagnostic(
            .yamlCommaInFlow, at: SourceSpan(file, comma..<(comma + 1)), .commaEnds(text.member.name),
            secondary: [.init(span: text.member.value.span)],
            hint: .quote(whole))
    }
}
