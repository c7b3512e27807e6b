internal import Diagnostics

/// Builds the tree of one document from libyaml's events, with every check that events alone do not make.
///
/// What makes the rest meaningless (libyaml's own errors, a limit) is thrown and ends the reading; everything else
/// is noted and the reading goes on, so that one pass reports all.
struct YAMLComposer: ~Copyable {
    let file: SourceFile
    let limits: YAMLLimits
    /// What was found, at most `limits.diagnostics` and a note of how many more.
    private(set) var reports: [Diagnostic] = []
    private(set) var hasFailed = false
    private var parser: LibYAMLParser
    private var unreported = 0
    private var nodes = 0
    private var aliasNodes = 0
    private var anchors: [String: Anchor] = [:]
    /// The byte behind what was written of the last node; of an alias, the alias's own.
    private var lastEnd = 0

    private enum Anchor {
        /// The value is still being read: an alias of it here would hold itself.
        case open(SourceSpan)
        case closed(YAMLNode)
    }

    init(_ file: SourceFile, parser: consuming LibYAMLParser, limits: YAMLLimits) {
        self.file = file
        self.limits = limits
        self.parser = parser
    }

    /// Reads the only document.
    mutating func document(noun: String) -> YAMLNode? {
        var root: YAMLNode?
        do {
            root = try onlyDocument(noun)
        } catch {
            hasFailed = true
            // What libyaml made of a value before it gave up on it says less than why it gave up.
            reports.removeAll { $0.primary?.span.range.lowerBound == error.primary?.span.range.lowerBound }
            // The last word is the one that ended the reading; it is never among those left out.
            if unreported == 0 || reports.isEmpty { reports.append(error) } else { reports[reports.count - 1] = error }
        }
        if unreported > 0, let last = reports.last?.primary {
            reports.append(Diagnostic(.moreProblems, .note, at: last.span, .andMore(unreported)))
        }
        return root
    }

    private mutating func onlyDocument(_ noun: String) throws(Diagnostic) -> YAMLNode {
        _ = try next()
        let start = try next()
        guard case .documentStart = start.kind else { throw .empty(file, noun) }
        let root = try node(try next(), depth: 1, isInFlow: false)
        _ = try next()
        let end = try next()
        if case .documentStart = end.kind {
            throw .severalDocuments(at: SourceSpan(file, end.range), noun)
        }
        if let scalar = root.scalar, scalar.style == .plain, scalar.text.isEmpty, root.tag == nil {
            throw .empty(file, noun)
        }
        return root
    }

    private mutating func next() throws(Diagnostic) -> YAMLEvent {
        do {
            return try parser.next()
        } catch {
            throw YAMLExplanation(error, in: file).diagnostic
        }
    }

    /// Notes a problem that does not end the reading.
    mutating func report(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasFailed = true }
        if reports.count < limits.diagnostics { reports.append(diagnostic) } else { unreported += 1 }
    }

    // MARK: Nodes

    /// Builds the node that begins with an event.
    private mutating func node(_ event: YAMLEvent, depth: Int, isInFlow: Bool) throws(Diagnostic) -> YAMLNode {
        nodes += 1
        guard nodes <= limits.nodes else {
            throw Diagnostic(
                .yamlTooLarge, at: SourceSpan(file, event.range), .tooManyNodes(limits.nodes), hint: .moveData)
        }
        let start = event.anchor == nil && event.tag == nil ? event.range.lowerBound : behindProperties(event)
        let properties = SourceSpan(file, event.range.lowerBound..<max(event.range.lowerBound, start))
        if let anchor = event.anchor { anchors[anchor] = .open(properties) }
        let node: YAMLNode
        switch event.kind {
        case .alias(let name):
            let target = try alias(name, at: SourceSpan(file, event.range), depth: depth)
            lastEnd = event.range.upperBound
            return target
        case .scalar(let text, let style):
            node = try scalar(text, style, event, start: start, properties, isInFlow)
        case .sequenceStart(let isFlow):
            try check(depth, at: start)
            node = try sequence(event, start: start, depth: depth, isFlow: isFlow || isInFlow)
            checkTag(event, [.seq], properties)
        case .mappingStart(let isFlow):
            try check(depth, at: start)
            node = try mapping(event, start: start, depth: depth, isFlow: isFlow || isInFlow)
            checkTag(event, [.map], properties)
        default:
            throw Diagnostic(.yamlSyntax, at: SourceSpan(file, event.range), "a value is missing here")
        }
        if let anchor = event.anchor { anchors[anchor] = .closed(node) }
        lastEnd = node.span.range.upperBound
        return node
    }

    private func check(_ depth: Int, at offset: Int) throws(Diagnostic) {
        guard depth > limits.depth else { return }
        throw Diagnostic(
            .yamlTooDeep, at: SourceSpan(file, offset..<min(offset + 1, file.bytes.count)), .tooDeep(limits.depth),
            hint: "look for a bracket that is repeated or never closed")
    }

    private mutating func scalar(
        _ text: String, _ style: YAMLScalar.Style, _ event: YAMLEvent, start: Int, _ properties: SourceSpan,
        _ isInFlow: Bool
    ) throws(Diagnostic) -> YAMLNode {
        var end = event.range.upperBound
        guard text.utf8.count <= limits.scalarBytes else {
            throw Diagnostic(
                .yamlTooLarge, at: SourceSpan(file, start..<end),
                .scalarTooLarge(text.utf8.count, limit: limits.scalarBytes), hint: .moveData)
        }
        let located = ScalarMap.locate(text, style, in: file, at: start..<max(start, end))
        if style == .literal || style == .folded {
            // libyaml ends a block scalar where the next token's line begins.
            while end > start, [0x20, 0x09, 0x0A, 0x0D].contains(file.bytes[end - 1]) { end -= 1 }
        }
        let kind = checkTag(
            event, [.str, .int, .float, .bool, .null], properties,
            written: String(decoding: file.bytes[properties.range.lowerBound..<max(start, end)], as: UTF8.self))
        if let kind, CoreSchema.resolve(text, as: kind) == nil {
            report(Diagnostic(.yamlTag, at: SourceSpan(file, start..<end), .tagMismatch(kind, text)))
        }
        let scalar = YAMLScalar(located, style: style, forced: kind)
        return YAMLNode(
            .scalar(scalar), at: SourceSpan(file, start..<max(start, end)), tag: event.tag, isInFlow: isInFlow)
    }

    private mutating func sequence(
        _ event: YAMLEvent, start: Int, depth: Int, isFlow: Bool
    ) throws(Diagnostic) -> YAMLNode {
        var elements: [YAMLNode] = []
        while true {
            let element = try next()
            if case .sequenceEnd = element.kind {
                let end = end(of: element, event, start: start)
                return YAMLNode(
                    .sequence(elements), at: SourceSpan(file, start..<end), tag: event.tag, isInFlow: isFlow)
            }
            elements.append(try node(element, depth: depth + 1, isInFlow: isFlow))
        }
    }

    private mutating func mapping(
        _ event: YAMLEvent, start: Int, depth: Int, isFlow: Bool
    ) throws(Diagnostic) -> YAMLNode {
        var members = MemberList(file)
        while true {
            let first = try next()
            if case .mappingEnd = first.kind {
                let end = end(of: first, event, start: start)
                for diagnostic in members.finish() { report(diagnostic) }
                return YAMLNode(
                    .mapping(members.members), at: SourceSpan(file, start..<end), tag: event.tag, isInFlow: isFlow)
            }
            let key = try node(first, depth: depth + 1, isInFlow: isFlow)
            let value = try node(try next(), depth: depth + 1, isInFlow: isFlow)
            if let text = key.scalar?.text, text.utf8.count > limits.keyBytes {
                throw Diagnostic(
                    .yamlTooLarge, at: key.span, .keyTooLarge(text.utf8.count, limit: limits.keyBytes))
            }
            if let problem = members.add(key, value, isFlow: isFlow) { report(problem) }
        }
    }

    /// The byte behind a collection; one in block style ends with its last child, not where libyaml saw the next token.
    private func end(of end: YAMLEvent, _ event: YAMLEvent, start: Int) -> Int {
        switch event.kind {
        case .sequenceStart(isFlow: true), .mappingStart(isFlow: true): max(start, end.range.upperBound)
        default: max(start, lastEnd)
        }
    }

    // MARK: Aliases and tags

    private mutating func alias(_ name: String, at span: SourceSpan, depth: Int) throws(Diagnostic) -> YAMLNode {
        switch anchors[name] {
        case .closed(let node):
            aliasNodes += node.weight
            guard aliasNodes <= limits.aliasNodes else {
                throw Diagnostic(
                    .yamlAliasLimit, at: span, .aliasLimit(limits.aliasNodes),
                    hint: "write the data out, or make it with a jq expression")
            }
            try check(depth + node.height - 1, at: span.range.lowerBound)
            return node
        case .open(let anchor):
            report(
                Diagnostic(
                    .yamlRecursiveAlias, at: span, .recursiveAlias(name),
                    secondary: [.init(span: anchor, text: "it begins here")]))
        case nil:
            // Past the first hundred problems no hint is shown, and among thousands of anchors none is near.
            let isShown = reports.count < limits.diagnostics && anchors.count <= 1000
            let near = isShown ? NearestName.of(name, in: anchors.keys.sorted()) : nil
            report(Diagnostic(.yamlUndefinedAlias, at: span, .undefinedAlias(name), hint: .anchor(near, name)))
        }
        return YAMLNode(.scalar(YAMLScalar(LocatedText(verbatim: "", at: span), style: .plain)), at: span)
    }

    /// Returns the kind that a tag names, or nil; reports one that is unknown or does not fit the node.
    @discardableResult
    private mutating func checkTag(
        _ event: YAMLEvent, _ fitting: [CoreSchema.Kind], _ properties: SourceSpan, written: String? = nil
    ) -> CoreSchema.Kind? {
        guard let tag = event.tag else { return nil }
        let bytes = file.bytes[properties.range]
        let from = bytes.firstIndex(of: UInt8(ascii: "!")) ?? properties.range.lowerBound
        let to = bytes[from...].firstIndex { $0 <= 0x20 } ?? properties.range.upperBound
        let span = SourceSpan(file, from..<max(from, to))
        let name = String(decoding: file.bytes[span.range], as: UTF8.self)
        guard let kind = CoreSchema.Kind(tag: tag) else {
            report(
                Diagnostic(
                    .yamlTag, at: span, .unknownTag(name),
                    hint: written.map { name.hasPrefix("!!") ? .knownTags : .quote($0) } ?? .knownTags))
            return nil
        }
        guard fitting.contains(kind) else {
            report(Diagnostic(.yamlTag, at: span, .unfitTag(name)))
            return nil
        }
        return kind
    }

    /// The first byte of a node behind its anchor and tag.
    private func behindProperties(_ event: YAMLEvent) -> Int {
        let bytes = file.bytes
        var offset = event.range.lowerBound
        var left = (event.anchor == nil ? 0 : 1) + (event.tag == nil ? 0 : 1)
        // A collection's first event ends behind its bracket, or before its first key.
        let end = max(event.range.upperBound, offset)
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                offset += 1
            } else if byte == UInt8(ascii: "#"), left < 2 {
                while offset < bytes.count, ScalarMap.lineBreak(bytes, offset) == 0 { offset += 1 }
            } else if left > 0, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "!") {
                left -= 1
                while offset < bytes.count, bytes[offset] > 0x20, !",[]{}".utf8.contains(bytes[offset]) { offset += 1 }
            } else {
                break
            }
            if case .scalar(let text, _) = event.kind, text.isEmpty, left == 0, offset >= end { return end }
        }
        return offset
    }
}
