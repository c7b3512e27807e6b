/// What libpq is given for one attempt to connect.
enum StartupKeywords {
    /// Keywords that are ours to decide: where to connect is settled beforehand, and time is the caller's.
    private static let own: Set<String> = ["host", "hostaddr", "port", "connect_timeout", "client_encoding", "options"]

    /// What holds unless the settings say otherwise.
    ///
    /// A peer that is gone without a word is noticed within half a minute. GSSAPI, which may ask name servers while
    /// the loop waits, is left out unless somebody asks for it.
    private static let defaults = [
        ("gssencmode", "disable"), ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "10000"), ("fallback_application_name", "plumb"),
    ]

    /// How values are to be written, so that they can be read without asking; stands behind the user's own options,
    /// so that it holds.
    private static let forms =
        "-c DateStyle=ISO -c TimeZone=UTC -c IntervalStyle=iso_8601 -c extra_float_digits=1 -c bytea_output=hex"

    /// The keywords for a server's address.
    static func list(_ settings: PostgresSettings, at entry: HostEntry) -> [(String, String)] {
        var list: [(String, String)] = []
        if !entry.host.isEmpty { list.append(("host", entry.host)) }
        if let address = entry.address { list.append(("hostaddr", address)) }
        if !entry.port.isEmpty { list.append(("port", entry.port)) }
        var seen: Set<String> = []
        for keyword in settings.keywords.reversed() where !own.contains(keyword.name) {
            if seen.insert(keyword.name).inserted { list.append((keyword.name, keyword.value)) }
        }
        for (name, value) in defaults where !seen.contains(name) { list.append((name, value)) }
        list.append(("client_encoding", "UTF8"))
        let options = settings["options"].map { $0 + " " } ?? ""
        list.append(("options", options + forms))
        return list
    }

    /// Puts the parts of a connection string that stands as `dbname` in its place, as libpq's own tools do.
    static func expanded(_ settings: PostgresSettings) throws(PostgresError) -> PostgresSettings {
        guard let name = settings["dbname"],
            name.contains("=") || name.hasPrefix("postgres://") || name.hasPrefix("postgresql://")
        else { return settings }
        guard let inner = PostgresSettings(conninfo: name) else {
            throw PostgresError(
                .invalidRequest, "'dbname' is neither the name of a database nor a connection string",
                hint: "write postgresql://USER@HOST/DATABASE, or a keyword for each part", phase: .connect)
        }
        var outer = settings
        outer["dbname"] = nil
        return PostgresSettings(outer.keywords + inner.keywords)
    }
}
