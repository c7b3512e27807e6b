/// Writes a tree in the one style: two spaces a level, one space before a comment, block style for what is long.
struct FormatWriter {
    /// The columns that a line in brackets or braces may have.
    static let width = 120

    private(set) var text = ""
    private var line = ""
    private var isOpen = false
    private var endsInComment = false

    /// The text of a document.
    static func text(of document: SourceComposer.Document) -> String {
        var writer = FormatWriter()
        if let prologue = document.prologue {
            writer.begin(0)
            writer.line = prologue.split(whereSeparator: \.isNewline).map { String($0).trimmedAtEnd }
                .joined(separator: "\n")
            writer.endLine()
        }
        writer.root(document.root)
        writer.comments(document.rest, 0)
        writer.endLine()
        return writer.text
    }

    private mutating func root(_ node: SourceNode) {
        if isBlock(node, column: 0) {
            if node.properties.isEmpty {
                comments(leading(node, isBlock: true, at: 0), 0, isFirst: true)
            } else {
                moveBehind(node)
                comments(node.before, 0, isFirst: true)
                begin(0)
                line += node.properties.joined(separator: " ")
            }
            collection(node, indent: 0, isBegun: false)
        } else {
            comments(node.before, 0, isFirst: true)
            begin(0)
            inline(node, lead: "", indent: 0)
        }
    }

    // MARK: Lines

    private mutating func begin(_ indent: Int, blank: Bool = false) {
        endLine()
        if blank, !text.isEmpty { text += "\n" }
        line = String(repeating: " ", count: indent)
        isOpen = true
    }

    private mutating func endLine() {
        if isOpen { text += line + "\n" }
        isOpen = false
        endsInComment = false
    }

    /// Writes comments on lines of their own; one that stood behind something stays there while there is room for one.
    private mutating func comments(_ comments: [SourceComment], _ indent: Int, isFirst: Bool = false) {
        for (index, comment) in comments.enumerated() {
            if comment.place == .behindContent, isOpen, !endsInComment {
                line += " " + comment.text
            } else {
                begin(indent, blank: comment.hasBlankAbove && !(isFirst && index == 0))
                line += comment.text
            }
            endsInComment = true
        }
    }

    // MARK: Collections

    /// Whether a node is written over several lines, one element on each.
    private func isBlock(_ node: SourceNode, column: Int) -> Bool {
        guard node.isFilled else { return false }
        guard let text = FlowText.of(node) else { return true }
        return column + text.count > Self.width
    }

    /// Comments behind a bracket that goes away stand before the elements, or behind them.
    private func moveBehind(_ node: SourceNode) {
        guard var after = node.after else { return }
        node.after = nil
        if node.holdsComments {
            after.place = .ownLine
            node.tail.append(after)
        } else {
            node.before.append(after)
        }
    }

    /// Takes the comments in front of a node; of a block, whose elements begin at a column, those before its first
    /// element too.
    private func leading(_ node: SourceNode, isBlock: Bool, at column: Int) -> [SourceComment] {
        defer { node.before = [] }
        guard isBlock else { return node.before }
        moveBehind(node)
        guard node.properties.isEmpty else { return node.before }
        switch node.content {
        case .scalar, .alias: return node.before
        case .mapping(let pairs):
            guard let key = pairs.first?.key else { return node.before }
            defer { key.before = [] }
            return node.before + key.before
        case .sequence(let elements):
            guard let first = elements.first else { return node.before }
            let isInner = self.isBlock(first, column: column + 2)
            return node.before + leading(first, isBlock: isInner, at: column + 2)
        }
    }

    private mutating func collection(_ node: SourceNode, indent: Int, isBegun: Bool) {
        switch node.content {
        case .scalar, .alias: break
        case .mapping(let pairs):
            for (index, pair) in pairs.enumerated() {
                if index > 0 || !isBegun {
                    comments(pair.key.before, indent, isFirst: index == 0)
                    begin(indent, blank: pair.key.hasBlankAbove && (index > 0 || endsInComment))
                }
                line += key(pair.key)
                value(pair.value, indent: indent)
            }
        case .sequence(let elements):
            for (index, element) in elements.enumerated() {
                item(element, indent: indent, isFirst: index == 0, isBegun: isBegun && index == 0)
            }
        }
        comments(node.tail, indent)
    }

    private func key(_ node: SourceNode) -> String {
        let properties = node.properties.map { $0 + " " }.joined()
        switch node.content {
        case .alias(let name): return "\(properties)*\(name) :"
        case .scalar(let scalar):
            let layout = ScalarLayout(
                scalar, isTagged: node.properties.contains { $0.hasPrefix("!") }, in: .key, room: .max, roomBelow: 0)
            guard case .line(let text) = layout else { return properties + YAMLQuoting.doubleQuoted(scalar.text) + ":" }
            return properties + (text.isEmpty ? "\"\"" : text) + ":"
        case .sequence, .mapping: return ""
        }
    }

    /// Writes what stands behind a key.
    private mutating func value(_ node: SourceNode, indent: Int) {
        let column = node.before.isEmpty ? line.count + 1 : indent + 2
        guard isBlock(node, column: column) else {
            if node.before.isEmpty {
                inline(node, lead: " ", indent: indent)
            } else if node.isNothing {
                comments(node.before + (node.after.map { [$0] } ?? []), indent, isFirst: true)
            } else {
                comments(node.before, indent + 2, isFirst: true)
                begin(indent + 2)
                inline(node, lead: "", indent: indent)
            }
            return
        }
        if node.properties.isEmpty {
            comments(leading(node, isBlock: true, at: indent + 2), indent + 2, isFirst: true)
        } else {
            moveBehind(node)
            line += " " + node.properties.joined(separator: " ")
            comments(node.before, indent + 2, isFirst: true)
        }
        collection(node, indent: indent + 2, isBegun: false)
    }

    /// Writes an element of a list with its dash.
    private mutating func item(_ node: SourceNode, indent: Int, isFirst: Bool, isBegun: Bool) {
        let block = isBlock(node, column: indent + 2)
        if !isBegun {
            var above = leading(node, isBlock: block, at: indent + 2)
            var hasBlank = node.hasBlankAbove
            // What stood behind the dash now stands above it, and so does the empty line above the dash.
            if let behind = above.firstIndex(where: { $0.place != .ownLine }) {
                above[behind].hasBlankAbove = hasBlank
                hasBlank = false
            }
            for index in above.indices { above[index].place = .ownLine }
            comments(above, indent, isFirst: isFirst)
            begin(indent, blank: hasBlank && (!isFirst || !above.isEmpty))
        }
        line += "-"
        guard block else { return inline(node, lead: " ", indent: indent) }
        if node.properties.isEmpty {
            line += " "
            collection(node, indent: indent + 2, isBegun: true)
        } else {
            line += " " + node.properties.joined(separator: " ")
            collection(node, indent: indent + 2, isBegun: false)
        }
    }

    // MARK: Values on a line

    private mutating func inline(_ node: SourceNode, lead: String, indent: Int) {
        let properties = node.properties.joined(separator: " ")
        var lines: [String]?
        var written: String
        switch node.content {
        case .scalar(let scalar):
            let gap = lead.count + (properties.isEmpty ? 0 : properties.count + 1)
            let layout = ScalarLayout(
                scalar, isTagged: node.properties.contains { $0.hasPrefix("!") }, in: .block,
                room: Self.width - line.count - gap, roomBelow: Self.width - indent - 2)
            switch layout {
            case .line(let text): written = text
            case .block(let header, let below):
                written = header + (scalar.headerComment.map { " " + $0 } ?? "")
                lines = below
            }
        case .alias(let name): written = "*" + name
        case .sequence, .mapping: written = FlowText.ofContent(node) ?? ""
        }
        let parts = [properties, written].filter { !$0.isEmpty }
        if !parts.isEmpty { line += lead + parts.joined(separator: " ") }
        if let lines {
            endLine()
            let margin = String(repeating: " ", count: indent + 2)
            for line in lines { text += line.isEmpty ? "\n" : margin + line + "\n" }
        }
        if let after = node.after { comments([after], indent + 2) }
        if !node.isFilled { comments(node.tail, indent) }
    }
}

/// Lists and mappings on one line: `[a, b]`, `{ a: 1 }`.
enum FlowText {
    /// The text of a node; nil where it cannot stand on a line, or its author has not written it so.
    static func of(_ node: SourceNode) -> String? {
        guard let content = ofContent(node) else { return nil }
        return (node.properties + [content]).joined(separator: " ")
    }

    /// The same without its anchor and tag.
    static func ofContent(_ node: SourceNode) -> String? {
        switch node.content {
        case .alias(let name): return "*" + name
        case .scalar(let scalar): return line(scalar, node, .flow)
        case .sequence(let elements):
            if elements.isEmpty { return "[]" }
            guard node.isFlow, node.isOnOneLine, !node.holdsComments else { return nil }
            let texts = elements.compactMap(of)
            return texts.count == elements.count ? "[" + texts.joined(separator: ", ") + "]" : nil
        case .mapping(let pairs):
            if pairs.isEmpty { return "{}" }
            guard node.isFlow, node.isOnOneLine, !node.holdsComments else { return nil }
            let texts = pairs.compactMap(pair)
            return texts.count == pairs.count ? "{ " + texts.joined(separator: ", ") + " }" : nil
        }
    }

    private static func pair(_ pair: SourceNode.Pair) -> String? {
        guard let value = of(pair.value), !value.isEmpty else { return nil }
        let properties = pair.key.properties.map { $0 + " " }.joined()
        switch pair.key.content {
        case .alias(let name): return "\(properties)*\(name) : \(value)"
        case .scalar(let scalar):
            return line(scalar, pair.key, .flow).map { "\(properties)\($0): \(value)" }
        case .sequence, .mapping: return nil
        }
    }

    private static func line(_ scalar: SourceScalar, _ node: SourceNode, _ context: ScalarLayout.Context) -> String? {
        guard scalar.isOnOneLine, scalar.style != .literal, scalar.style != .folded else { return nil }
        if scalar.style == .plain, scalar.text.isEmpty { return nil }
        let layout = ScalarLayout(
            scalar, isTagged: node.properties.contains { $0.hasPrefix("!") }, in: context, room: .max, roomBelow: 0)
        guard case .line(let text) = layout else { return nil }
        return text
    }
}
