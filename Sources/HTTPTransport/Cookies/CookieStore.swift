/// Cookies and where they go.
struct CookieStore {
    /// More than a browser keeps for one site; the oldest leave first.
    private static let limit = 1000

    /// Oldest first.
    private(set) var cookies: [Cookie] = []

    /// Takes what a server set.
    ///
    /// An expired cookie removes the one that it names.
    mutating func set(_ text: String, from origin: Origin, path: String, now: Int64) {
        guard let cookie = Cookie(setCookie: text, from: origin, path: path, now: now) else { return }
        let old = cookies.firstIndex { $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path }
        if cookie.isExpired(at: now) {
            if let old { cookies.remove(at: old) }
        } else if let old {
            cookies[old] = cookie
        } else {
            if cookies.count >= Self.limit { cookies.removeFirst() }
            cookies.append(cookie)
        }
    }

    /// The `Cookie` header for a place, longer paths first, or nil when nothing goes there.
    func header(for origin: Origin, path: String, now: Int64) -> String? {
        let matching = cookies.enumerated().filter {
            !$0.element.isExpired(at: now) && $0.element.matches(origin, path: path)
        }
        guard !matching.isEmpty else { return nil }
        return matching.sorted { ($1.element.path.utf8.count, $0.offset) < ($0.element.path.utf8.count, $1.offset) }
            .map { "\($0.element.name)=\($0.element.value)" }
            .joined(separator: "; ")
    }
}
