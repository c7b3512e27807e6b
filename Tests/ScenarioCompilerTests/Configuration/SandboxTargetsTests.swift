import Diagnostics
import Expressions
import ScenarioCompiler
import ScenarioModel
import Testing

@Suite struct SandboxTargetsTests {
    private let text = """
        === plumb.yaml
        profiles:
          embedded: { sandbox: true }
          own:
            extends: embedded
            sandbox: { seed: 7, rate_limit: 10/s, latency: 20ms }
            targets:
              gateway: { timeout: 3s }
              copy: { from: gateway, headers: { a: b } }
              hermes: { kind: http, url: http://own, default: true }
              keyed: { from: gateway, auth: none }
          off: { extends: embedded, sandbox: false }
        """
    private let endpoints = ["gateway": "http://127.0.0.1:1", "mixtral": "http://127.0.0.1:2", "hermes": "http://x"]

    private func load(_ profile: String) throws -> Configuration {
        let (configuration, diagnostics) = ConfigurationCase("@profile \(profile)\n" + text).load()
        #expect(diagnostics.isEmpty, "\(DiagnosticText().render(diagnostics).plain)")
        return try #require(configuration)
    }

    private func url(_ target: Target?) -> String? { target?.settings["url"]?.constant?.string }

    @Test func `the sandbox brings its services as targets, whose ports are chosen at the start`() throws {
        let configuration = try load("embedded")
        #expect(configuration.targets.map(\.name) == SandboxService.all.map(\.name))
        #expect(configuration.targets.filter(\.isDefault).map(\.name) == ["gateway", "metrics", "database"])
        for target in configuration.targets {
            let address = target.settings[SandboxService.addressKey(of: target.kind)]?.constant?.string
            #expect(address == "sandbox (port chosen at start)")
            #expect(target.origin.description == "sandbox")
        }
        #expect(configuration.sandbox?.options.isEmpty ?? false)
        #expect(try load("off").targets.isEmpty)
    }

    @Test func `addresses and the key come with the start`() throws {
        let started = try load("embedded").applying(sandbox: endpoints, apiKey: "a-key")
        let gateway: Value = ["url": "http://127.0.0.1:1", "auth": ["bearer": "a-key"]]
        #expect(started.target("gateway")?.settings.constant == gateway)
        #expect(started.target("mixtral")?.settings.constant == ["url": "http://127.0.0.1:2"])
        #expect(url(started.target("phi3")) == SandboxService.pendingURL)
    }

    @Test func `the database is told by its settings, over which a target may lay its own`() throws {
        let told: Value = [
            "path": "/tmp/s/gateway.db", "attach": ["mixtral": "/tmp/s/m.db"], "on_connect": ["SELECT 1"],
        ]
        let started = try load("embedded").applying(
            sandbox: endpoints, apiKey: "a-key", settings: ["database": told.object ?? .init()])
        #expect(started.target("database")?.settings.constant == told)
        #expect(started.target("database")?.kind == "sqlite")
        let text = """
            @profile own
            === plumb.yaml
            profiles:
              own:
                sandbox: true
                targets:
                  database: { attach: { mine: /tmp/mine.db }, pool: { size: 3 } }
                  readers: { from: database, read_only: true }
                  other: { from: database, path: /tmp/other.db }
            """
        let (configuration, _) = ConfigurationCase(text).load()
        let own = try #require(configuration).applying(
            sandbox: endpoints, apiKey: "a-key", settings: ["database": told.object ?? .init()])
        let attached: Value = ["mixtral": "/tmp/s/m.db", "mine": "/tmp/mine.db"]
        #expect(own.target("database")?.settings["attach"]?.constant == attached)
        #expect(own.target("readers")?.settings["path"]?.constant == "/tmp/s/gateway.db")
        #expect(own.target("readers")?.settings["read_only"]?.constant == true)
        #expect(own.target("other")?.settings["path"]?.constant == "/tmp/other.db")
        #expect(own.target("other")?.settings["on_connect"] == nil)
    }

    @Test func `a profile's own target of the same name overrides the sandbox's`() throws {
        let configuration = try load("own")
        #expect(configuration.targets.filter(\.isDefault).map(\.name) == ["hermes", "metrics", "database"])
        #expect(configuration.sandbox?.options["seed"] == 7)
        #expect(configuration.sandbox?.options["rate_limit"] == 10)
        let started = configuration.applying(sandbox: endpoints, apiKey: "a-key")
        #expect(url(started.target("hermes")) == "http://own")
        #expect(url(started.target("gateway")) == "http://127.0.0.1:1")
        #expect(started.target("gateway")?.timeout?.value == .seconds(3))
        #expect(url(started.target("copy")) == "http://127.0.0.1:1")
        #expect(started.target("copy")?.settings["auth"]?.constant == ["bearer": "a-key"])
        #expect(started.target("keyed")?.settings["auth"]?.constant == "none")
        #expect(Set(started.targets.map(\.name)).isSuperset(of: ["mixtral", "openchat", "phi3"]))
    }
}
