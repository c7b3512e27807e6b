import Expressions
import FaultProxy
import Glibc
import Sandbox
import ScenarioModel

/// The ways of the sandbox's links: ports on which the gateway is to find its models and its database, with proxies
/// behind them.
///
/// The command listens on them, so that they are there before the sandbox is; whoever runs the tests inherits them and
/// carries the bytes. A port belongs to one replica of a model, or to the database.
struct SandboxLinks {
    /// A port for a replica or the database.
    private struct Way {
        var link: String
        var service: String
        var descriptor: Int32
        var port: Int
    }

    private var ways: [Way] = []

    /// Listens for each replica of the links that faults are put on.
    ///
    /// - Throws: `ProxyError` when the system has no port left.
    init(_ faults: [Fault], _ configuration: Configuration) throws(ProxyError) {
        guard let sandbox = configuration.sandbox else { return }
        let names = Self.names(faults, configuration)
        let replicas = sandbox.options["replicas"].flatMap { Int($0.tostring) } ?? SandboxOptions().replicas
        let host = sandbox.options["host"]?.string ?? SandboxOptions().host
        for link in names.sorted() {
            guard let end = Fault.ends(of: link)?.to else { continue }
            if link == Configuration.Link.toStore {
                // What reaches a database goes to 127.0.0.1, wherever the sandbox listens.
                try add(link, end, host: "127.0.0.1")
            } else {
                for number in 0..<replicas { try add(link, "\(end)-\(number)", host: host) }
            }
        }
    }

    /// The sandbox's links that faults are put on.
    private static func names(_ faults: [Fault], _ configuration: Configuration) -> Set<String> {
        Set(faults.map(\.place)).filter { configuration.links[$0]?.isPending ?? false }
    }

    /// Whether any fault is put on the way to the sandbox's store.
    static func needStore(_ faults: [Fault], _ configuration: Configuration) -> Bool {
        names(faults, configuration).contains(Configuration.Link.toStore)
    }

    private mutating func add(_ link: String, _ service: String, host: String) throws(ProxyError) {
        let listener = try ProxyListener.open(host)
        ways.append(
            Way(link: link, service: service, descriptor: listener, port: ProxyListener.port(of: listener)))
    }

    /// The arguments that send the sandbox's gateway to these ports.
    var arguments: [String] {
        ways.isEmpty ? [] : ["--via", ways.map { "\($0.service)=\($0.port)" }.joined(separator: ",")]
    }

    /// The configuration with the links' ways, now that it is known where the replicas listen; `store` is where the
    /// database is.
    func applied(to configuration: Configuration, _ endpoints: [String: String], store: String?) -> Configuration {
        var applied = configuration
        for way in ways {
            let place: String
            if way.link == Configuration.Link.toStore {
                guard let store else { continue }
                place = store
            } else {
                guard let url = endpoints[way.service] else { continue }
                place = String(url.drop { $0 != "/" }.drop { $0 == "/" })
            }
            applied.links[way.link]?.ways.append(.init(descriptor: way.descriptor, to: place))
        }
        return applied
    }
}
