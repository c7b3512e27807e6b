/// One server of the settings' list, as libpq reads `host`, `hostaddr` and `port`.
struct HostEntry: Hashable {
    /// A name, an address, the folder of a socket, or empty for libpq's own default.
    var host: String
    /// Where it is, if that is given beside the name.
    var address: String?
    /// Empty for libpq's own default.
    var port: String

    /// Whether it is reached through a socket of the file system.
    var isLocal: Bool { address == nil && (host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@")) }
    /// Whether its name has to be looked up.
    var needsLookup: Bool { address == nil && !isLocal }

    /// For people: `db.example:5432`.
    var place: String {
        let port = port.isEmpty ? "5432" : port
        if isLocal { return "\(host.isEmpty ? "the default socket" : host) (port \(port))" }
        let name = host.isEmpty ? address ?? "" : host
        return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    }

    /// Reads the lists; each of them has one entry for each server, a port may stand for all.
    static func list(_ settings: PostgresSettings, defaults: [String: String]) throws(PostgresError) -> [HostEntry] {
        func items(_ name: String) -> [String] {
            let text = settings[name] ?? defaults[name] ?? ""
            return text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let hosts = items("host")
        let addresses = items("hostaddr")
        let ports = items("port")
        let count = max(hosts.count, addresses.count, 1)
        guard hosts.isEmpty || addresses.isEmpty || hosts.count == addresses.count else {
            throw PostgresError(
                .invalidRequest, "'host' names \(hosts.count) servers, 'hostaddr' \(addresses.count)",
                hint: "give each server an entry in both, which may be empty", phase: .connect)
        }
        guard ports.count <= 1 || ports.count == count else {
            throw PostgresError(
                .invalidRequest, "'port' has \(ports.count) entries for \(count) servers",
                hint: "give one port for all, or one for each", phase: .connect)
        }
        return (0..<count).map { index in
            let address = addresses.isEmpty ? "" : addresses[index]
            return HostEntry(
                host: hosts.isEmpty ? "" : hosts[index].filter { $0 != " " },
                address: address.isEmpty ? nil : address,
                port: ports.isEmpty ? "" : ports.count == 1 ? ports[0] : ports[index])
        }
    }
}
