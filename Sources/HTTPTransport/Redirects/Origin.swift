/// Scheme, host and port: what credentials belong to.
struct Origin: Hashable {
    let scheme: String
    let host: String
    let port: Int
}

/// A URL as the transfer will understand it: parsed by libcurl, so that no two readers can differ.
final class ParsedURL: Sendable {
    let origin: Origin
    /// Starts with `/`.
    let path: String
    let hasUserInfo: Bool
    /// The whole, without user name, password and fragment.
    let text: String

    init(origin: Origin, path: String, hasUserInfo: Bool, text: String) {
        self.origin = origin
        self.path = path
        self.hasUserInfo = hasUserInfo
        self.text = text
    }
}
