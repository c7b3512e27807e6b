/// How to reach a server: libpq's keywords, and whatever they leave open by libpq's own defaults.
public struct PostgresSettings: Sendable, Hashable {
    /// A keyword of libpq and its value.
    public struct Keyword: Sendable, Hashable {
        public var name: String
        public var value: String

        /// Creates a pair.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// In the order they were given; the last one of a name counts.
    public var keywords: [Keyword]

    /// Creates settings of keywords.
    public init(_ keywords: [Keyword]) { self.keywords = keywords }

    /// Reads a connection string or URL; nil where it is none.
    public init?(conninfo: String) {
        guard let pairs = Conninfo.parse(conninfo) else { return nil }
        keywords = pairs.map { Keyword($0.0, $0.1) }
    }

    /// Every keyword that libpq knows; empty where libpq cannot be loaded.
    public static var knownKeywords: Set<String> { Conninfo.keywords }

    /// The value of a keyword.
    public subscript(name: String) -> String? {
        get { keywords.last { $0.name == name }?.value }
        set {
            keywords.removeAll { $0.name == name }
            if let newValue { keywords.append(Keyword(name, newValue)) }
        }
    }

    /// The settings with a way through a port of this machine; names, and what TLS compares, stay as they are.
    public func through(_ port: UInt16?) -> PostgresSettings {
        guard let port else { return self }
        var settings = self
        // The socket of a path has no TLS whatever 'sslmode' says, and what stands in for it must have none either.
        if self["hostaddr"] == nil, let host = self["host"], host.hasPrefix("/") || host.hasPrefix("@") {
            settings["sslmode"] = "disable"
        }
        settings["hostaddr"] = "127.0.0.1"
        settings["port"] = String(port)
        return settings
    }

    /// Texts that no message may show.
    var secrets: [String] {
        keywords.filter { $0.name.hasSuffix("password") }.map(\.value)
    }
}
