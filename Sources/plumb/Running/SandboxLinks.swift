import Expressions
import FaultProxy
import Glibc
import Sandbox
import ScenarioModel

/// The ways of the sandbox's links: ports on which the gateway is to find its models, with proxies behind them.
///
/// The command listens on them, so that they are there before the sandbox is; whoever runs the tests inherits them and
/// carries the bytes. A port belongs to one replica of a model.
struct SandboxLinks {
    /// A port for a replica.
    private struct Way {
        var link: String
        var replica: String
        var descriptor: Int32
        var port: Int
    }

    private var ways: [Way] = []

    /// Listens for each replica of the links that faults are put on.
    ///
    /// - Throws: `ProxyError` when the system has no port left.
    init(_ faults: [Fault], _ configuration: Configuration) throws(ProxyError) {
        guard let sandbox = configuration.sandbox else { return }
        let names = Set(faults.map(\.place)).filter { configuration.links[$0]?.isPending ?? false }
        let replicas = sandbox.options["replicas"].flatMap { Int($0.tostring) } ?? SandboxOptions().replicas
        let host = sandbox.options["host"]?.string ?? SandboxOptions().host
        for link in names.sorted() {
            guard let model = Fault.ends(of: link)?.to else { continue }
            for number in 0..<replicas {
                let listener = try ProxyListener.open(host)
                ways.append(
                    Way(
                        link: link, replica: "\(model)-\(number)", descriptor: listener,
                        port: ProxyListener.port(of: listener)))
            }
        }
    }

    /// The arguments that send the sandbox's gateway to these ports.
    var arguments: [String] {
        ways.isEmpty ? [] : ["--via", ways.map { "\($0.replica)=\($0.port)" }.joined(separator: ",")]
    }

    /// The configuration with the links' ways, now that it is known where the replicas listen.
    func applied(to configuration: Configuration, _ endpoints: [String: String]) -> Configuration {
        var applied = configuration
        for way in ways {
            guard let url = endpoints[way.replica] else { continue }
            let place = url.drop { $0 != "/" }.drop { $0 == "/" }
            applied.links[way.link]?.ways.append(.init(descriptor: way.descriptor, to: String(place)))
        }
        return applied
    }
}
