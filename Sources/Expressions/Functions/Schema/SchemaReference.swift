/// A URI reference of a schema: RFC 3986, as far as schemas need it.
struct SchemaReference: Hashable {
    /// All before the `#`.
    var resource: String
    /// What follows the `#`, with its percent signs decoded; empty where there is none.
    var fragment: String

    /// Takes a reference apart.
    init(_ text: String) {
        guard let hash = text.firstIndex(of: "#") else {
            resource = text
            fragment = ""
            return
        }
        resource = String(text[..<hash])
        fragment = Self.decodingPercent(String(text[text.index(after: hash)...]))
    }

    /// Resolves a reference against the resource that it stands in (RFC 3986, 5.2).
    static func resolve(_ reference: String, against base: String) -> SchemaReference {
        var result = SchemaReference(reference)
        result.resource = absolute(result.resource, against: base)
        return result
    }

    private static func absolute(_ reference: String, against base: String) -> String {
        if reference.isEmpty { return base }
        if scheme(reference) != nil { return reference }
        let (prefix, path) = split(base)
        if reference.hasPrefix("//") { return (scheme(base).map { $0 + ":" } ?? "") + reference }
        if reference.hasPrefix("/") { return prefix + normal(reference) }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return prefix + normal(folder + reference)
    }

    /// The scheme and authority of a URI, and its path.
    private static func split(_ uri: String) -> (prefix: String, path: String) {
        guard let scheme = scheme(uri) else { return ("", uri) }
        var rest = uri.dropFirst(scheme.count + 1)
        var prefix = scheme + ":"
        if rest.hasPrefix("//") {
            let host = rest.dropFirst(2).prefix { $0 != "/" }
            prefix += "//" + host
            rest = rest.dropFirst(2 + host.count)
        }
        return (prefix, String(rest))
    }

    private static func scheme(_ uri: String) -> String? {
        guard let colon = uri.firstIndex(of: ":") else { return nil }
        let name = uri[..<colon]
        let isScheme =
            !name.isEmpty && name.first.map { $0.isLetter } ?? false
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        return isScheme ? String(name) : nil
    }

    private static func normal(_ path: some StringProtocol) -> String {
        var kept: [Substring] = []
        let parts = String(path).split(separator: "/", omittingEmptySubsequences: false)
        for (position, part) in parts.enumerated() {
            let isLast = position == parts.count - 1
            switch part {
            case ".": if isLast { kept.append("") }
            case "..":
                if let last = kept.last, last != "..", !(last.isEmpty && kept.count == 1) {
                    kept.removeLast()
                } else if kept.isEmpty || kept.last == ".." {
                    kept.append(part)
                }
                if isLast { kept.append("") }
            default: kept.append(part)
            }
        }
        return kept.joined(separator: "/")
    }

    private static func decodingPercent(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
