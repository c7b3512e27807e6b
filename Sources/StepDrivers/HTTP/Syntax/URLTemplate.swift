internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// The address of a request as written: a path of the target, a whole URL, or a template that tells.
struct URLTemplate: Sendable {
    let value: ValueTemplate
    /// Whether the text alone tells that it is a whole URL.
    let isAbsolute: Bool

    /// Reads an address; nil after an error.
    init?(_ node: YAMLNode, _ reader: inout SyntaxReader) {
        guard let located = node.locatedText(&reader.diagnostics) else { return nil }
        value = reader.value(node)
        let literals = value.literalTexts
        let first: String? =
            switch value {
            case .template(.text(let parts), _):
                if case .literal(let text)? = parts.first { text } else { nil }
            case .template(.whole, _): nil
            default: literals.first
            }
        if let control = literals.joined().unicodeScalars.first(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            reader.diagnostics.append(
                Diagnostic(.httpPath, at: node.span, .control(control), hint: "percent-encode or remove it"))
            return nil
        }
        let scheme = first.flatMap { text -> Substring? in
            // Most paths have no colon, and looking for one costs a tenth of looking for a text.
            guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
            return text.firstRange(of: "://").map { text[..<$0.lowerBound] }
        }
        isAbsolute = scheme.map { !$0.contains("/") && !$0.contains("?") } ?? false
        if isAbsolute, let scheme, let first {
            guard ["http", "https"].contains(scheme.lowercased()) else {
                let span = located.span(of: 0..<scheme.utf8.count)
                reader.diagnostics.append(
                    Diagnostic(.httpPath, at: span, .scheme(scheme), hint: "write http:// or https://"))
                return nil
            }
            let rest = first.dropFirst(scheme.count + 3)
            if rest.isEmpty && literals.count == 1 && value.expressions.isEmpty || "/?#".contains(rest.first ?? "a") {
                reader.diagnostics.append(
                    Diagnostic(.httpPath, at: node.span, "the URL has no host", hint: "write http://HOST/PATH"))
                return nil
            }
            let authority = rest.prefix { !"/?#".contains($0) }
            // A template behind it may go on with the host or the port.
            let isWhole = authority.count < rest.count || literals.count == 1 && value.expressions.isEmpty
            if isWhole, let port = Self.wrongPort(authority), let offset = located.text.firstRange(of: port) {
                let start = located.text.utf8.distance(from: located.text.startIndex, to: offset.lowerBound) + 1
                reader.diagnostics.append(
                    Diagnostic(
                        .httpPath, at: located.span(of: start..<start + port.utf8.count - 1), .port(port),
                        hint: "a port is a number from 1 to 65535"))
                return nil
            }
        } else if let first, !first.hasPrefix("/") {
            let start = first.split(separator: "/", maxSplits: 1).first.map(String.init) ?? ""
            let looksLikeHost = start.contains(".") || start.contains(":")
            reader.diagnostics.append(
                Diagnostic(
                    .httpPath, at: node.span, .noSlash(first),
                    hint: looksLikeHost ? .write("http://" + first) : .write("/" + first)))
            return nil
        }
        Self.warnOfFragment(literals, located, &reader.diagnostics)
    }

    /// What stands in the place of the port of a host and is none, the colon included.
    private static func wrongPort(_ authority: Substring) -> Substring? {
        let host = authority[(authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex)...]
        let behind = host[(host.lastIndex(of: "]") ?? host.startIndex)...]
        guard let colon = behind.lastIndex(of: ":") else { return nil }
        let port = behind[behind.index(after: colon)...]
        if port.isEmpty || port.allSatisfy(\.isASCII) && Int(port).map({ (1...65535).contains($0) }) == true {
            return nil
        }
        return behind[colon...]
    }

    private static func warnOfFragment(
        _ literals: [String], _ located: LocatedText, _ diagnostics: inout [Diagnostic]
    ) {
        guard literals.count == 1, literals[0] == located.text,
            let offset = located.text.utf8.enumerated().first(where: { $0.element == UInt8(ascii: "#") })?.offset
        else { return }
        diagnostics.append(
            Diagnostic(
                .httpFragment, .warning, at: located.span(of: offset..<located.text.utf8.count),
                "what follows '#' is not sent", hint: "write %23 for the character itself"))
    }
}

extension Diagnostic.Message {
    fileprivate static func control(_ scalar: Unicode.Scalar) -> Self {
        "an address cannot hold the control character \(VisibleText.codePoint(scalar))"
    }
    fileprivate static func scheme(_ scheme: Substring) -> Self {
        "an 'http' step cannot ask '\(scheme.prefix(40)):'"
    }
    fileprivate static func port(_ port: Substring) -> Self { "'\(port.dropFirst().prefix(20))' is no port" }
    fileprivate static func noSlash(_ path: String) -> Self {
        "the path '\(path.prefix(60))' does not begin with '/'"
    }
    fileprivate static func write(_ text: String) -> Self { "write '\(text.prefix(80))'" }
}
