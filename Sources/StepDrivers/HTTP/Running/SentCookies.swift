internal import Glibc
internal import HTTPTransport

/// The cookies that a jar sends to an address, as reports show them; the transport decides what is sent.
enum SentCookies {
    /// The value of the `Cookie` header; nil where none goes there.
    static func header(of jar: CookieJar, to url: String) -> String? {
        let cookies = jar.cookies
        guard !cookies.isEmpty else { return nil }
        let (place, target) = url.withoutUserInfo.hostAndPath
        let host = host(of: place).lowercased()
        let path = String(target.prefix { $0 != "?" })
        let isSafe =
            url.lowercased().hasPrefix("https:") || host == "localhost" || host.hasPrefix("127.") || host == "[::1]"
        let now = Int64(time(nil))
        let sent = cookies.filter { cookie in
            let isForHost = cookie.domain == host || !cookie.isHostOnly && host.hasSuffix("." + cookie.domain)
            let isForPath =
                path == cookie.path
                || path.hasPrefix(cookie.path)
                    && (cookie.path.hasSuffix("/") || path.dropFirst(cookie.path.count).hasPrefix("/"))
            return isForHost && isForPath && (isSafe || !cookie.isSecure) && cookie.expires.map { $0 > now } ?? true
        }
        return sent.isEmpty ? nil : sent.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    /// A host without its port; an IPv6 address keeps its brackets.
    private static func host(of place: String) -> String {
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") { return String(place[...end]) }
        return String(place.prefix { $0 != ":" })
    }
}
