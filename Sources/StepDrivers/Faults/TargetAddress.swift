public import Diagnostics
internal import FaultProxy
internal import HTTPTransport
internal import PostgresTransport
internal import ScenarioModel

/// Finds where the service of a target is, for a proxy that stands before it.
enum TargetAddress {
    /// The address that the target's connections go to by themselves.
    ///
    /// - Throws: Why there is none: a setting that is wrong, or a kind without an address.
    static func of(_ target: ResolvedTarget) throws(StepFailure) -> ServiceAddress {
        switch target.kind {
        case "postgres", "pgvector": try postgres(target)
        case "sqlite":
            throw StepFailure.refused(
                .faultProxy, "target '\(target.name)' is of kind 'sqlite', which can have no faults", at: nil,
                hint: "put them on a target with an address")
        default: try http(target)
        }
    }

    private static func http(_ target: ResolvedTarget) throws(StepFailure) -> ServiceAddress {
        let reader = TargetSettings(target, code: .httpSetting)
        if try reader.text("proxy") != nil {
            throw reader.failure(
                "goes through a proxy of its own, so that no faults can be put on it",
                hint: "take 'proxy' out, or put the faults on another target")
        }
        if let path = try reader.path("unix_socket") { return .unix(path: path) }
        guard let (host, port) = try Self.authority(reader) else {
            throw reader.failure("has a url without a host", hint: "write it as http://HOST:PORT")
        }
        for entry in try reader.texts("resolve") {
            let parts = entry.split(separator: ":", maxSplits: 2).map(String.init)
            if parts.count == 3, parts[0] == host, parts[1] == String(port),
                let address = parts[2].split(separator: ",").first
            {
                return .network(host: address.trimmingBrackets, port: port)
            }
        }
        return .network(host: host, port: port)
    }

    /// Host and port of a target's URL.
    static func authority(_ reader: TargetSettings) throws(StepFailure) -> (host: String, port: Int)? {
        guard let url = try reader.text("url") else { return nil }
        return authority(url)
    }

    /// Host and port of a URL; the host of an IPv6 address without its brackets.
    static func authority(_ url: String) -> (host: String, port: Int)? {
        let isTLS = url.lowercased().hasPrefix("https:")
        guard let slashes = url.ranges(of: "//").first else { return nil }
        var rest = url[slashes.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if let address = ServiceAddress(String(rest)), case .network(let host, let port) = address {
            return (host, port)
        }
        let host = String(rest).trimmingBrackets
        return host.isEmpty || host.contains("]") ? nil : (host, isTLS ? 443 : 80)
    }

    private static func postgres(_ target: ResolvedTarget) throws(StepFailure) -> ServiceAddress {
        let settings = try PostgresDatabase.settings(of: target)
        let reader = TargetSettings(target, code: .sqlSetting)
        let host = settings["hostaddr"] ?? settings["host"] ?? "127.0.0.1"
        let text = settings["port"] ?? "5432"
        guard !host.hasPrefix("@") else {
            throw reader.failure(
                "is an abstract socket, on which no faults can be put", hint: "name the folder of the server's socket")
        }
        guard !host.contains(","), let port = Int(text) else {
            throw reader.failure(
                "names several servers, so that no faults can be put on it",
                hint: "derive a target with one 'host' and 'port', and put the faults on that")
        }
        // libpq takes a path for the folder of a Unix socket.
        return host.hasPrefix("/") ? .unix(path: "\(host)/.s.PGSQL.\(port)") : .network(host: host, port: port)
    }
}

extension ConnectionSettings {
    /// The settings with the way through a target's proxy, where it has one.
    func withDetour(of reader: TargetSettings, url: String) -> ConnectionSettings {
        guard let port = reader.target.detour, let (host, own) = TargetAddress.authority(url) else { return self }
        var settings = self
        settings.unixSocket = nil
        settings.connectTo = "\(host.contains(":") ? "[\(host)]" : host):\(own):127.0.0.1:\(port)"
        return settings
    }
}

extension StringProtocol {
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self)
    }
}

extension Diagnostic.Code {
    /// Every code of proxies for faults, for `plumb explain`.
    public static let allFaultProxyCodes: [Diagnostic.Code] = [.faultProxy]

    static let faultProxy = Diagnostic.Code(
        "fault.proxy",
        "The proxy through which a target or a link is reached could not be put in place: a port that is taken, an "
            + "address that is none.")
}
