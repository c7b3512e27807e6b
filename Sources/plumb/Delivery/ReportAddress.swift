import Reporting

/// Where a report is sent.
struct ReportAddress: Equatable {
    /// Scheme, host, port and path, without a slash at the end.
    let base: String
    /// `user:password` where the URL has it, its escapes undone.
    let credentials: String?
    /// `/v1/traces` or `/v1/metrics` where the URL names the endpoint of one signal: then the other is not sent.
    let signal: String?

    /// Reads a URL; nil for what is none of http.
    init?(_ text: String) {
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") })
        else { return nil }
        var rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            credentials = Self.unescaped(authority[..<at])
            rest = rest[rest.index(after: at)...]
        } else {
            credentials = nil
        }
        guard let first = rest.first, first != "/", first != ":" else { return nil }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        signal = ["/v1/traces", "/v1/metrics"].first { rest.hasSuffix($0) }
        rest = rest.dropLast(signal?.utf8.count ?? 0)
        base = scheme + rest
    }

    /// Whether a message is one that the address is for.
    func wants(_ message: ReportMessage) -> Bool {
        signal == nil || signal == message.path || !message.path.hasPrefix("/v1/")
    }

    /// The URL that a message goes to; an address that names its group of metrics keeps it.
    func url(for message: ReportMessage) -> String {
        let namesGroup =
            message.path.hasPrefix(PushgatewayGroup.mark)
            && ["/", "@base64/"].contains { base.contains(PushgatewayGroup.mark + $0) }
        return namesGroup ? base : base + message.path
    }

    /// Reads `key=value,key2=value2`, values escaped as in URLs; what is no header is left out.
    static func headers(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: ",").compactMap { part in
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\t" } }
            guard pair.count == 2, let value = unescaped(pair[1][...]), !value.isEmpty,
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
                pair[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") })
            else { return nil }
            return (pair[0], value)
        }
    }

    /// Undoes the escapes of a URL; nil where they make no text.
    private static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
