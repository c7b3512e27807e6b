import Expressions

/// Bodies as the language writes them.
enum DraftBody {
    /// Whether a content type says JSON.
    static func isJSON(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return essence == "application/json" || essence.hasSuffix("+json") || essence == "text/json"
    }

    /// A JSON body with names in the place of credentials; nil where it is none, or where a number would be rounded.
    static func json(_ text: DraftText, _ names: inout SecretNames) -> (DraftTree, [UInt8])? {
        guard let literal = text.literal else { return templated(text, &names) }
        let bytes = Array(literal.utf8)
        guard let document = try? JSON.parse(bytes), document.exactTexts == 0, document.duplicateKeys.isEmpty else {
            return nil
        }
        return (DraftTree(document.value) { secret($0, $1, &names) }, bytes)
    }

    /// A JSON body in whose strings variables of the shell stand.
    private static func templated(_ text: DraftText, _ names: inout SecretNames) -> (DraftTree, [UInt8])? {
        // What no JSON string holds by chance stands for each name while the text is read.
        var marks: [(mark: String, part: DraftText)] = []
        var marked = ""
        for part in text.parts {
            switch part {
            case .literal(let literal): marked += literal
            case .named(let name, let value):
                let mark = "\u{E000}\(marks.count)\u{E001}"
                marks.append((mark, DraftText(named: name, value: value)))
                marked += mark
            }
        }
        guard let document = try? JSON.parse(Array(marked.utf8)), document.exactTexts == 0 else { return nil }
        let tree = DraftTree(document.value) { secret($0, $1, &names) }.replacingTexts { literal in
            var result = DraftText()
            var rest = literal[...]
            while let start = rest.firstIndex(of: "\u{E000}"), let end = rest.firstIndex(of: "\u{E001}"), start < end {
                result.append(String(rest[..<start]))
                let mark = String(rest[start...end])
                result.append(marks.first { $0.mark == mark }?.part ?? DraftText(mark))
                rest = rest[rest.index(after: end)...]
            }
            result.append(String(rest))
            return result
        }
        return (tree, Array(text.sent.utf8))
    }

    private static func secret(_ name: String, _ text: String, _ names: inout SecretNames) -> DraftText? {
        guard SecretName.isSecret(name) || SecretName.isSecret(value: text), !text.isEmpty,
            !text.contains("\u{E000}")
        else { return nil }
        return DraftText(named: names.name(SecretName.variable(name), for: text), value: text)
    }

    /// A form's pairs; nil for a body that is none.
    static func form(_ text: DraftText, _ names: inout SecretNames) -> [(name: String, value: DraftText)]? {
        var pairs: [(name: String, value: DraftText)] = []
        guard let literal = text.literal else { return formWithNames(text) }
        for pair in literal.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = FormText.decode(parts[0]), let value = FormText.decode(parts[1]),
                !name.isEmpty, FormText.isRoundTrip(parts[1], value)
            else { return nil }
            pairs.append((name, secret(name, value, &names) ?? DraftText(value)))
        }
        return pairs
    }

    private static func formWithNames(_ text: DraftText) -> [(name: String, value: DraftText)]? {
        var pairs: [(name: String, value: DraftText)] = []
        var left = text
        while !left.parts.isEmpty {
            guard let (name, tail) = left.split(at: "="), !name.isEmpty, let decoded = FormText.decode(name) else {
                return nil
            }
            var value = DraftText()
            var next = DraftText()
            var isBehind = false
            for part in tail.parts {
                switch part {
                case .named(let name, let known):
                    if isBehind {
                        next.append(DraftText(named: name, value: known))
                    } else {
                        value.append(DraftText(named: name, value: known))
                    }
                case .literal(let literal):
                    if isBehind {
                        next.append(literal)
                    } else if let end = literal.firstIndex(of: "&") {
                        value.append(FormText.decode(literal[..<end]) ?? "")
                        next.append(String(literal[literal.index(after: end)...]))
                        isBehind = true
                    } else {
                        value.append(FormText.decode(literal) ?? "")
                    }
                }
            }
            pairs.append((decoded, value))
            left = next
        }
        return pairs
    }
}

extension FormText {
    /// Whether a value that was sent as it is written means the same once it is escaped: JSON sent as a form does not.
    static func isRoundTrip(_ written: some StringProtocol, _ value: String) -> Bool {
        !(written.hasPrefix("{") || written.hasPrefix("["))
    }
}

extension DraftTree {
    /// The tree with other texts.
    func replacingTexts(_ replace: (String) -> DraftText) -> DraftTree {
        switch self {
        case .text(let text): text.literal.map { .text(replace($0)) } ?? self
        case .plain, .jq: self
        case .list(let elements): .list(elements.map { $0.replacingTexts(replace) })
        case .map(let members): .map(members.map { ($0, $1.replacingTexts(replace)) })
        case .inline(let members): .inline(members.map { ($0, $1.replacingTexts(replace)) })
        }
    }
}
