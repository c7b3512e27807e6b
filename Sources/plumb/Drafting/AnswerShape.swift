import Expressions
import HTTPTransport

/// What a scenario can expect of an answer, judged by one or two that came.
///
/// What was equal in both and does not look like a time, an id or a token is expected as it is; of everything else the
/// type is. Lists are held to the form of their elements, since how many there are is seldom the point.
struct AnswerShape {
    /// What is read by name and must not be written down.
    private let secrets: [String]
    /// Whether there were two answers to compare.
    private let isCompared: Bool

    private static let mostMembers = 60
    private static let depth = 6

    /// The `expect` of a step.
    static func expectation(of answers: [HTTPResponse], secrets: [String]) -> DraftTree {
        guard let first = answers.first else { return .map([]) }
        let second = answers.count > 1 ? answers[1] : nil
        let shape = AnswerShape(
            secrets: secrets.filter { $0.utf8.count >= 4 }, isCompared: second != nil)
        var members: [(String, DraftTree)] = [("status", .plain(String(first.status)))]
        guard let type = first.header("content-type"), !type.isEmpty else { return .map(members) }
        let essence = type.prefix { $0 != ";" }.filter { $0 != " " }
        members.append(("headers", .map([("content-type", .condition("startswith(\(jqText(essence)))"))])))
        if DraftBody.isJSON(essence), let body = json(first) {
            members.append(("body", shape.tree(body, second.flatMap(json), name: "", depth: 0)))
        } else if !first.body.isEmpty {
            members.append(("bytes", .condition(". > 0")))
        }
        return .map(members)
    }

    private static func json(_ response: HTTPResponse) -> Value? {
        response.body.isEmpty ? nil : try? JSON.parse(response.body).value
    }

    private func tree(_ value: Value, _ other: Value?, name: String, depth: Int) -> DraftTree {
        switch value {
        case .object(let members):
            guard !members.isEmpty, depth < Self.depth, other == nil || other?.type == "object" else {
                return .condition("type == \"object\"")
            }
            // A member named `$` would be a condition.
            let shown = members.filter { $0.0 != "$" && !holdsSecret($0.0) }.prefix(Self.mostMembers)
            let pairs: [(String, DraftTree)] = shown.compactMap { key, member in
                let counterpart = other?[key]
                // What is there once and then not again is not expected.
                if isCompared, counterpart == nil { return nil }
                return (key, tree(member, counterpart, name: key, depth: depth + 1))
            }
            return pairs.isEmpty ? .condition("type == \"object\"") : .map(pairs)
        case .array(let elements):
            return list(elements, other, name: name)
        case .null:
            return isCompared && other != .null
                ? .condition("type == \"null\" or type == \"\(other?.type ?? "null")\"") : .plain("null")
        case .bool, .number, .string:
            if let other, other.type != value.type { return .condition(Self.types([value.type, other.type])) }
            return isStable(value, other, name: name) ? DraftTree(value) : .condition("type == \"\(value.type)\"")
        }
    }

    // MARK: Lists

    private func list(_ elements: [Value], _ other: Value?, name: String) -> DraftTree {
        guard !elements.isEmpty else { return .condition("type == \"array\"") }
        let isPlain = elements.allSatisfy { ["string", "number", "boolean"].contains($0.type) }
        if isPlain, elements.count <= 8, isCompared, other == .array(elements),
            elements.allSatisfy({ isStable($0, $0, name: name) })
        {
            return .list(elements.map { DraftTree($0) })
        }
        var all = elements
        if let more = other?.array { all += more }
        let types = Set(all.map(\.type)).sorted()
        var conditions = types.count > 3 ? [] : [Self.types(types)]
        if types == ["object"] { conditions += members(all.compactMap(\.object)) }
        let mayBeEmpty = other?.array?.isEmpty == true
        if conditions.isEmpty { return .condition(mayBeEmpty ? "type == \"array\"" : "length > 0") }
        let each = "all(.[]; \(conditions.joined(separator: " and ")))"
        return .condition(mayBeEmpty ? "type == \"array\" and (length == 0 or \(each))" : "length > 0 and \(each)")
    }

    /// What the members that all elements have are of.
    private func members(_ objects: [Value.Object]) -> [String] {
        guard let first = objects.first else { return [] }
        return first.keys.compactMap { key -> String? in
            guard objects.allSatisfy({ $0[key] != nil }), !holdsSecret(key) else { return nil }
            let types = Set(objects.compactMap { $0[key]?.type }).sorted()
            guard types.count <= 2 else { return nil }
            let path = Self.isIdentifier(key) ? ".\(key)" : ".[\(Self.jqText(key))]"
            return types.count == 1
                ? "(\(path) | type) == \"\(types[0])\"" : "(\(path) | \(Self.types(types)))"
        }.prefix(6).map { $0 }
    }

    private static func types(_ types: [String]) -> String {
        Set(types).sorted().map { "type == \"\($0)\"" }.joined(separator: " or ")
    }

    // MARK: What changes

    private func isStable(_ value: Value, _ other: Value?, name: String) -> Bool {
        if ChangingValue.isLikely(value, named: name) || SecretName.isSecret(name) { return false }
        if case .string(let text) = value, holdsSecret(text) || SecretName.isSecret(value: text) { return false }
        guard isCompared else { return ChangingValue.isPlainWord(value) }
        return value == other
    }

    private func holdsSecret(_ text: String) -> Bool { secrets.contains { text.contains($0) } }

    static func jqText(_ text: String) -> String { Value.string(text).json() }

    static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
    }
}

/// Values that will be others the next time.
enum ChangingValue {
    private static let names: Set = [
        "id", "uuid", "guid", "ts", "time", "timestamp", "date", "datetime", "created", "updated", "modified",
        "expires", "expiry", "age", "uptime", "nonce", "etag", "seed", "version", "sequence", "seq", "count", "total",
        "duration", "latency", "elapsed", "fingerprint", "hash", "digest", "origin", "ip", "host", "hostname", "port",
        "pid",
        "url", "trace", "cursor", "next", "ms", "took",
    ]

    /// Whether a value looks like a time, an id, an address or a count.
    static func isLikely(_ value: Value, named name: String) -> Bool {
        let words = words(of: name)
        if let last = words.last, names.contains(last) { return true }
        if words.count > 1, words.last == "at" || words.contains("timestamp") || words.contains("id") { return true }
        switch value {
        case .string(let text): return looksMade(text)
        case .number(let number): return number.magnitude >= 1e9
        default: return false
        }
    }

    /// Whether a value that was seen once is one that a person chose.
    static func isPlainWord(_ value: Value) -> Bool {
        switch value {
        case .bool: true
        case .number(let number): number.magnitude < 1000 && number == number.rounded()
        case .string(let text):
            !text.isEmpty && text.utf8.count <= 40 && !text.utf8.contains { (0x30...0x39).contains($0) }
        default: false
        }
    }

    private static func looksMade(_ text: String) -> Bool {
        if text.utf8.count > 100 || text.contains("\n") { return true }
        // A date begins with a year and a month, or an hour and a minute.
        if text.firstMatch(of: /\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2}/) != nil { return true }
        if text.wholeMatch(of: /\w{3}, \d{2} \w{3} \d{4}.*/) != nil { return true }
        let digits = text.utf8.count { (0x30...0x39).contains($0) }
        let isOneWord = text.utf8.allSatisfy { $0 > 0x20 }
        return isOneWord && text.utf8.count >= 12 && digits >= 4 || text.contains("127.0.0.1")
    }

    /// `createdAt` and `created_at` are the words `created` and `at`.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in name {
            if character.isUppercase, let last = word.last, last.isLowercase {
                words.append(word)
                word = ""
            }
            if character.isLetter || character.isNumber {
                word.append(contentsOf: character.lowercased())
            } else {
                words.append(word)
                word = ""
            }
        }
        return (words + [word]).filter { !$0.isEmpty }
    }
}
