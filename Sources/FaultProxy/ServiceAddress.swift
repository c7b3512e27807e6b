/// Where the service behind a proxy is.
public enum ServiceAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or address, and a port.
    case network(host: String, port: Int)
    /// The path of a Unix socket.
    case unix(path: String)

    public var description: String {
        switch self {
        case .network(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }

    /// Reads `HOST:PORT`, with brackets around an address of IPv6, or an absolute path; nil for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("/") {
            self = .unix(path: text)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self = .network(host: String(host), port: port)
    }
}

/// Why a proxy cannot be there, or cannot reach its service: a system call and its reason.
public struct ProxyError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
