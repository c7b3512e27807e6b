/// A text of a scenario that is being written: what is known, and names for what must not stand in a file.
struct DraftText: Equatable {
    enum Part: Equatable {
        case literal(String)
        /// A value that the scenario reads by its name; nil where it is not known here.
        case named(String, value: String?)
    }

    private(set) var parts: [Part] = []

    init() {}
    init(_ text: String) { append(text) }
    /// A text that is read by a name.
    init(named name: String, value: String?) { parts = [.named(name, value: value)] }

    mutating func append(_ text: String) {
        guard !text.isEmpty else { return }
        if case .literal(let last)? = parts.last {
            parts[parts.count - 1] = .literal(last + text)
        } else {
            parts.append(.literal(text))
        }
    }

    mutating func append(_ text: DraftText) {
        for part in text.parts {
            if case .literal(let literal) = part { append(literal) } else { parts.append(part) }
        }
    }

    /// The whole text where no name stands in it.
    var literal: String? {
        if parts.isEmpty { return "" }
        if parts.count == 1, case .literal(let text) = parts[0] { return text }
        return nil
    }

    /// The text as it is sent; a name without a value is nothing.
    var sent: String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .named(_, let value): value ?? ""
            }
        }.joined()
    }

    /// The text as it is shown, names in the place of their values.
    var shown: String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .named(let name, _): "$" + name
            }
        }.joined()
    }

    /// The names in it, with their values.
    var names: [(name: String, value: String?)] {
        parts.compactMap { part in
            if case .named(let name, let value) = part { (name, value) } else { nil }
        }
    }

    /// The text that begins with literal characters, up to a separator, and what follows it.
    func split(at separator: Character) -> (head: String, tail: DraftText)? {
        guard case .literal(let first)? = parts.first, let index = first.firstIndex(of: separator) else { return nil }
        var tail = DraftText(String(first[first.index(after: index)...]))
        for part in parts.dropFirst() { tail.append(DraftText(parts: [part])) }
        return (String(first[..<index]), tail)
    }

    /// The texts before and behind the first separator, wherever it stands.
    func divided(at separator: Character) -> (head: DraftText, tail: DraftText)? {
        var head = DraftText()
        for (index, part) in parts.enumerated() {
            guard case .literal(let text) = part, let mark = text.firstIndex(of: separator) else {
                head.append(DraftText(parts: [part]))
                continue
            }
            head.append(String(text[..<mark]))
            var tail = DraftText(String(text[text.index(after: mark)...]))
            tail.append(DraftText(parts: Array(parts[(index + 1)...])))
            return (head, tail)
        }
        return nil
    }

    /// The text without blanks at its beginning.
    var trimmedAtStart: DraftText {
        guard case .literal(let first)? = parts.first else { return self }
        var result = DraftText(String(first.drop { $0 == " " || $0 == "\t" }))
        for part in parts.dropFirst() { result.append(DraftText(parts: [part])) }
        return result
    }

    /// The text without a literal beginning; nil where it begins otherwise.
    func dropping(prefix: String) -> DraftText? {
        guard case .literal(let first)? = parts.first, first.hasPrefix(prefix) else { return nil }
        var result = DraftText(String(first.dropFirst(prefix.count)))
        for part in parts.dropFirst() { result.append(DraftText(parts: [part])) }
        return result
    }

    private init(parts: [Part]) { self.parts = parts }
}

/// Names under which credentials are read instead of being written down.
enum SecretName {
    private static let words = [
        "token", "secret", "password", "passwd", "api-key", "api_key", "apikey", "authorization", "cookie",
        "signature", "credential", "session", "private-key", "private_key", "access-key", "access_key", "passphrase",
    ]

    /// Whether what has this name is a credential.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        if name.contains("max_tokens") || name.hasSuffix("_tokens") || name == "tokens" { return false }
        return ["key", "sig", "auth", "pwd", "pass"].contains(name) || words.contains { name.contains($0) }
    }

    private static let beginnings = [
        "eyJ", "sk-", "sk_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA", "Bearer ",
    ]

    /// Whether a text looks like a credential whatever its name, as tokens of well-known services do.
    static func isSecret(value: String) -> Bool {
        value.utf8.count >= 16 && beginnings.contains { value.hasPrefix($0) }
    }

    /// The variable of the environment for a header, a field or a parameter: `X-Api-Key` → `X_API_KEY`.
    static func variable(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            if scalar.isASCII, scalar.properties.isAlphabetic || (48...57).contains(scalar.value) {
                text.unicodeScalars.append(scalar)
            } else if !text.hasSuffix("_") {
                text += "_"
            }
        }
        let trimmed = text.drop { $0 == "_" }.uppercased()
        return trimmed.first.map { $0.isNumber ? "V_" + trimmed : trimmed } ?? "SECRET"
    }
}
