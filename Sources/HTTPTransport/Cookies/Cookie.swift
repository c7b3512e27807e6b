/// One cookie, with the places that it is sent to.
public struct Cookie: Sendable, Hashable {
    public var name: String
    public var value: String
    /// In lower case, without a leading dot.
    public var domain: String
    /// Whether only `domain` itself gets the cookie, not the hosts below it.
    public var isHostOnly: Bool
    public var path: String
    public var isSecure: Bool
    public var isHTTPOnly: Bool
    /// Seconds since 1970; nil ends with the jar.
    public var expires: Int64?
}

extension Cookie {
    /// Reads a `Set-Cookie` value as RFC 6265 §5.2 and §5.3 describe.
    ///
    /// Nil when the value is no cookie, or one that this host may not set. `now` is in seconds since 1970.
    init?(setCookie text: String, from origin: Origin, path requestPath: String, now: Int64) {
        let pieces = text.split(separator: ";", omittingEmptySubsequences: false)
        guard let pair = pieces.first, let equals = pair.firstIndex(of: "="), text.utf8.count <= 8192 else {
            return nil
        }
        name = String(pair[..<equals].trimmingBlanks)
        value = String(pair[pair.index(after: equals)...].trimmingBlanks)
        guard !name.isEmpty, !text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { return nil }

        domain = origin.host
        isHostOnly = true
        path = Self.defaultPath(of: requestPath)
        isSecure = false
        isHTTPOnly = false
        var maxAge: Int64?
        for piece in pieces.dropFirst() {
            let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let attribute = parts[0].trimmingBlanks.lowercased()
            let argument = parts.count > 1 ? String(parts[1].trimmingBlanks) : ""
            switch attribute {
            case "domain" where !argument.isEmpty:
                let wanted = (argument.hasPrefix(".") ? String(argument.dropFirst()) : argument).lowercased()
                guard Self.domain(wanted, covers: origin.host), wanted == origin.host || wanted.contains(".") else {
                    return nil
                }
                domain = wanted
                isHostOnly = wanted == origin.host && origin.host.isAddress
            case "path": path = argument.hasPrefix("/") ? argument : Self.defaultPath(of: requestPath)
            case "secure": isSecure = true
            case "httponly": isHTTPOnly = true
            case "expires": expires = CookieDate.seconds(argument) ?? expires
            case "max-age":
                let digits = argument.hasPrefix("-") ? argument.dropFirst() : argument[...]
                if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                    maxAge = Int64(argument) ?? .max
                }
            default: break
            }
        }
        if let maxAge {
            expires = maxAge <= 0 ? 0 : now.addingReportingOverflow(maxAge).partialValue.clamped(after: now)
        }
        if isSecure && origin.scheme != "https" && !origin.isLoopback { return nil }
    }

    func isExpired(at now: Int64) -> Bool { expires.map { $0 <= now } ?? false }

    /// Whether the cookie is sent to a place.
    func matches(_ origin: Origin, path requestPath: String) -> Bool {
        guard isHostOnly ? origin.host == domain : Self.domain(domain, covers: origin.host) else { return false }
        guard !isSecure || origin.scheme == "https" || origin.isLoopback else { return false }
        return requestPath == path
            || requestPath.hasPrefix(path) && (path.hasSuffix("/") || requestPath.dropFirst(path.count).hasPrefix("/"))
    }

    private static func domain(_ domain: String, covers host: String) -> Bool {
        host == domain || host.hasSuffix("." + domain) && !host.isAddress
    }

    private static func defaultPath(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}

extension Origin {
    /// Whether the host is this machine, which browsers trust without TLS.
    fileprivate var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || host.hasPrefix("127.") && host.isAddress
    }
}

extension String {
    /// Whether a host is an IPv4 or IPv6 address rather than a name.
    fileprivate var isAddress: Bool {
        if utf8.first == 0x5B { return true }
        let parts = split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension Int64 {
    /// The value, or the largest one when adding to `base` has overflowed.
    fileprivate func clamped(after base: Int64) -> Int64 { self < base ? .max : self }
}
