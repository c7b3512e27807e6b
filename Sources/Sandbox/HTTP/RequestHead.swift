/// The first lines of a request.
struct RequestHead: Sendable {
    let method: String
    /// Where it goes, as it was written but for dot segments and repeated slashes.
    let path: String
    /// The parameters behind the question mark, decoded, in their order.
    let query: [(name: String, value: String)]
    /// Names in lower case, in the order they came.
    let headers: [(name: String, value: String)]
    /// Whether another request may follow on the connection (RFC 9112, section 9.3).
    let keepsAlive: Bool
    /// Whether its sender has heard of persistent connections only in HTTP/1.0.
    let isOld: Bool

    /// Reads the line that a request begins with; nil where it is none.
    init?(line: String, headers: [(name: String, value: String)]) {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
        method = String(words[0])
        self.headers = headers
        let parts = Self.origin(of: words[1]).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Self.standardized(parts.first ?? "")
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).removingPercentEscapes
            }
            return (name: sides[0], value: sides.count > 1 ? sides[1] : "")
        }
        isOld = words[2] == "HTTP/1.0"
        let tokens = headers.filter { $0.name == "connection" }.flatMap { $0.value.split(separator: ",") }
            .map { $0.lowercased().filter { $0 != " " } }
        keepsAlive = isOld ? tokens.contains("keep-alive") : !tokens.contains("close")
    }

    /// How the body is framed; nil where that cannot be told for sure (RFC 9112, section 6.3).
    var framing: MessageReader.Framing? {
        let lengths = headers.filter { $0.name == "content-length" }.map(\.value)
        let codings = headers.filter { $0.name == "transfer-encoding" }.map { $0.value.lowercased() }
        if !codings.isEmpty { return codings == ["chunked"] && lengths.isEmpty ? .chunked : nil }
        guard let first = lengths.first else { return MessageReader.Framing.none }
        guard lengths.allSatisfy({ $0 == first }), first.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int(first)
        else { return nil }
        return count == 0 ? MessageReader.Framing.none : .length(count)
    }

    /// Reads a header's value without regard to case; several are one, with commas in between.
    func header(_ name: String) -> String? {
        let name = name.lowercased()
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: name == "cookie" ? "; " : ", ")
    }

    /// Takes scheme and host off a target that has them, as proxies are asked.
    private static func origin(of target: Substring) -> Substring {
        guard target.first != "/", let scheme = target.firstRange(of: "://") else { return target }
        let rest = target[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }

    private static func standardized(_ path: Substring) -> String {
        var segments: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        for part in parts where part != "." {
            if part == ".." { _ = segments.popLast() } else { segments.append(part) }
        }
        let endsInFolder = path.last == "/" || parts.last == "." || parts.last == ".."
        return "/" + segments.joined(separator: "/") + (endsInFolder && !segments.isEmpty ? "/" : "")
    }
}
