import Expressions
import PlumbTesting
import Sandbox
import StepDrivers
import Testing

/// The sandbox's store of vectors, driven by steps, with all that went to and fro.
final class VectorStore: Sendable {
    let endpoints: SandboxEndpoints
    let forwarding: Forwarding
    private let server: SimpleHTTPServer

    private init(_ endpoints: SandboxEndpoints) throws {
        self.endpoints = endpoints
        let forwarding = try Forwarding(to: try #require(endpoints["vectors"]))
        self.forwarding = forwarding
        server = try SimpleHTTPServer { forwarding.reply(to: $0) }
    }

    /// Its address, by way of what remembers all that goes to and fro.
    var url: String { server.url }
    /// The settings of a target that leads there.
    var target: String { "{ url: '\(server.url)', api_key: sk-plumb-sandbox }" }

    /// Runs a body with a store of its own.
    static func with(_ body: (VectorStore) async throws -> Void) async throws {
        var options = SandboxOptions()
        options.models = ["mixtral"]
        options.replicas = 1
        let endpoints = try await Sandbox.start(options)
        let result: Result<Void, any Error>
        do {
            let store = try VectorStore(endpoints)
            result = .success(try await body(store))
            store.server.stop()
        } catch {
            result = .failure(error)
        }
        await endpoints.stop()
        try result.get()
    }

    /// Runs steps one after the other, each the YAML of a `vector` mapping.
    func run(_ steps: [String], scope: FixedScope = FixedScope()) async throws -> [Outcome] {
        let target = target
        return try await drive { driving in
            driving.scope = scope
            var outcomes: [Outcome] = []
            for step in steps {
                outcomes.append(try await driving.run(step, target: target, by: VectorStep()))
            }
            return outcomes
        }
    }

    func run(_ step: String, scope: FixedScope = FixedScope()) async throws -> Outcome {
        try await run([step], scope: scope)[0]
    }
}
