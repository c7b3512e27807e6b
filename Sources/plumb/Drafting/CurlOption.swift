/// An option of curl, by its long name.
struct CurlOption {
    var name: String
    var takesValue: Bool

    /// The option of a long name; one under another name is given as itself.
    static func named(_ name: String) -> CurlOption? {
        let own = synonyms[name] ?? name
        if values.contains(own) || quietValues.contains(own) { return CurlOption(name: own, takesValue: true) }
        if flags.contains(own) || quietFlags.contains(own) { return CurlOption(name: own, takesValue: false) }
        // `--no-…` switches a flag off, which is what it is without it.
        if name.hasPrefix("no-"), flags.union(quietFlags).contains(String(name.dropFirst(3))) {
            return CurlOption(name: "silent", takesValue: false)
        }
        return nil
    }

    /// The option of a letter.
    static func short(_ letter: Character) -> CurlOption? { letters[letter].flatMap { named($0) } }

    /// All long names.
    static var names: [String] { (values.union(flags).union(quietValues).union(quietFlags)).sorted() }

    /// Options that make the request another one.
    private static let values: Set = [
        "url", "request", "header", "user-agent", "referer", "cookie", "user", "oauth2-bearer", "data", "data-ascii",
        "data-binary", "data-raw", "data-urlencode", "json", "url-query", "form", "form-string", "upload-file",
        "max-redirs", "max-time", "retry", "cacert", "cert", "key", "proxy", "unix-socket", "resolve",
    ]
    private static let flags: Set = [
        "head", "get", "location", "insecure", "http1.1", "http2", "http2-prior-knowledge",
    ]
    /// Options that only change what curl prints, or how it waits.
    private static let quietValues: Set = [
        "output", "write-out", "dump-header", "cookie-jar", "stderr", "trace", "trace-ascii", "connect-timeout",
        "retry-delay", "retry-max-time", "limit-rate", "max-filesize", "keepalive-time",
    ]
    private static let quietFlags: Set = [
        "silent", "show-error", "verbose", "include", "fail", "fail-with-body", "fail-early", "no-progress-meter",
        "progress-bar", "globoff", "no-buffer", "compressed", "remote-name", "basic", "ipv4", "ipv6", "tlsv1.2",
        "tlsv1.3", "retry-connrefused", "retry-all-errors", "path-as-is", "tcp-nodelay", "create-dirs",
        "remote-header-name", "disable", "keepalive",
    ]
    private static let synonyms = ["location-trusted": "location", "data-urlencoded": "data-urlencode"]

    private static let letters: [Character: String] = [
        "X": "request", "H": "header", "d": "data", "F": "form", "u": "user", "A": "user-agent", "e": "referer",
        "b": "cookie", "c": "cookie-jar", "G": "get", "I": "head", "k": "insecure", "L": "location", "x": "proxy",
        "m": "max-time", "E": "cert", "T": "upload-file", "s": "silent", "S": "show-error", "v": "verbose",
        "i": "include", "f": "fail", "o": "output", "O": "remote-name", "w": "write-out", "D": "dump-header",
        "g": "globoff", "N": "no-buffer", "#": "progress-bar", "4": "ipv4", "6": "ipv6", "J": "remote-header-name",
        "q": "disable",
    ]
}
