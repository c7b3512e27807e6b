import Expressions
import ScenarioSyntax

/// A piece of YAML that is being written; `plumb fmt` gives it its form.
indirect enum DraftTree {
    /// A text, in which names become templates.
    case text(DraftText)
    /// A number, a boolean or null.
    case plain(String)
    /// jq, which is not a template.
    case jq(String)
    case list([DraftTree])
    case map([(String, DraftTree)])
    /// A mapping on the line of its key.
    case inline([(String, DraftTree)])

    /// A condition on the value at its place: `{ $: type == "string" }`.
    static func condition(_ jq: String) -> DraftTree { .inline([("$", .jq(jq))]) }

    /// A text without names.
    static func literal(_ text: String) -> DraftTree { .text(DraftText(text)) }

    /// A JSON value; `secrets` says which members are credentials, by their names.
    init(_ value: Value, secret: (String, String) -> DraftText? = { _, _ in nil }) {
        switch value {
        case .null: self = .plain("null")
        case .bool(let bool): self = .plain(bool ? "true" : "false")
        case .number: self = .plain(value.json())
        case .string(let text): self = .literal(text)
        case .array(let elements): self = .list(elements.map { DraftTree($0, secret: secret) })
        case .object(let members):
            self = .map(
                members.map { name, member in
                    if case .string(let text) = member, let named = secret(name, text) { return (name, .text(named)) }
                    return (name, DraftTree(member, secret: secret))
                })
        }
    }

    /// All texts in it.
    var texts: [DraftText] {
        switch self {
        case .text(let text): [text]
        case .plain, .jq: []
        case .list(let elements): elements.flatMap(\.texts)
        case .map(let members), .inline(let members): members.flatMap(\.1.texts)
        }
    }

    /// The YAML, strings in double quotes, as the formatter takes it; `reference` makes a template of a name.
    func yaml(_ reference: (String) -> String, indent: Int = 0) -> String {
        let margin = String(repeating: " ", count: indent)
        switch self {
        case .list(let elements) where !elements.isEmpty:
            return elements.map { element in
                margin + "-" + element.below(reference, indent)
            }.joined()
        case .map(let members) where !members.isEmpty:
            return members.map { name, value in
                margin + YAMLQuoting.doubleQuoted(name) + ":" + value.below(reference, indent)
            }.joined()
        default: return margin + line(reference) + "\n"
        }
    }

    private func below(_ reference: (String) -> String, _ indent: Int) -> String {
        switch self {
        case .list(let elements) where isShort(elements): " " + line(reference) + "\n"
        case .list(let elements) where !elements.isEmpty: "\n" + yaml(reference, indent: indent + 2)
        case .map(let members) where !members.isEmpty: "\n" + yaml(reference, indent: indent + 2)
        case .text(let text) where Self.isBlock(text): " " + Self.block(text, reference, indent + 2)
        default: " " + line(reference) + "\n"
        }
    }

    /// Whether a list reads well on one line.
    private func isShort(_ elements: [DraftTree]) -> Bool {
        let lengths = elements.compactMap { element -> Int? in
            switch element {
            case .text(let text): text.shown.contains("\n") ? nil : text.shown.count
            case .plain(let text): text.count
            default: nil
            }
        }
        return lengths.count == elements.count && lengths.reduce(0, +) <= 60
    }

    private func line(_ reference: (String) -> String) -> String {
        switch self {
        case .text(let text): YAMLQuoting.doubleQuoted(Self.written(text, reference))
        case .plain(let text): text
        case .jq(let text):
            // As people write it, where brackets and commas do not forbid it.
            text.utf8.contains { ",[]{}:#".utf8.contains($0) } ? YAMLQuoting.doubleQuoted(text) : text
        case .list(let elements): "[" + elements.map { $0.line(reference) }.joined(separator: ", ") + "]"
        case .map(let members), .inline(let members):
            "{"
                + members.map { YAMLQuoting.doubleQuoted($0) + ": " + $1.line(reference) }.joined(separator: ", ")
                + "}"
        }
    }

    /// The text with templates for its names; what only looks like one is escaped.
    private static func written(_ text: DraftText, _ reference: (String) -> String) -> String {
        text.parts.map { part in
            switch part {
            case .literal(let literal): literal.replacing("${{", with: "$${{")
            case .named(let name, _): "${{ \(reference(name)) }}"
            }
        }.joined()
    }

    /// Whether a text of several lines reads best in block style.
    private static func isBlock(_ text: DraftText) -> Bool {
        guard let literal = text.literal, literal.contains("\n"), literal.utf8.first != 0x20, literal.utf8.first != 0x0A
        else { return false }
        return literal.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || (0x20..<0x7F).contains(scalar.value) || (0xA1..<0x2000).contains(scalar.value)
        } && !literal.contains(" \n") && !literal.hasSuffix(" ") && !literal.hasSuffix("\n\n")
    }

    private static func block(_ text: DraftText, _ reference: (String) -> String, _ indent: Int) -> String {
        let whole = written(text, reference)
        let endsLine = whole.hasSuffix("\n")
        let lines = (endsLine ? String(whole.dropLast()) : whole).split(
            separator: "\n", omittingEmptySubsequences: false)
        let margin = String(repeating: " ", count: indent)
        return (endsLine ? "|\n" : "|-\n") + lines.map { $0.isEmpty ? "\n" : margin + $0 + "\n" }.joined()
    }
}
