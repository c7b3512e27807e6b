import Diagnostics
import Expressions
import PlumbTesting
import ScenarioCompiler
import ScenarioModel
import Testing

/// The configuration of this project, and the users' own files where they are at hand.
@Suite struct ProjectConfigurationTests {
    private func load(
        _ profile: String?, in folder: String, config: String? = nil, environmentFile: String? = nil
    ) throws -> Configuration {
        var diagnostics: [Diagnostic] = []
        let request = ConfigurationRequest(
            path: config, profile: profile, environmentFile: environmentFile, workingFolder: folder)
        let configuration = ConfigurationReader.load(
            request, kinds: [WebKind()], files: DiskFiles(), environment: [:], into: &diagnostics)
        #expect(diagnostics.isEmpty, "\(DiagnosticText().render(diagnostics).plain)")
        return try #require(configuration)
    }

    @Test(arguments: [nil, "embedded", "local", "hxp"]) func `every profile loads without a word`(_ profile: String?)
        throws
    {
        // Whether the services of this machine run is no matter of the file.
        let temporary = try TemporaryFolder()
        let services = ["HOST=h", "PORT=1", "DATABASE=d", "USER=u", "PASSWORD=pass"].map {
            "PLUMB_SERVICES_POSTGRES_\($0)"
        }
        let own = try TextFile.read(PackageFolder.path + "/integration.env")
        try TextFile.write(([own] + services).joined(separator: "\n"), to: temporary.path + "/all.env")
        let configuration = try load(
            profile, in: PackageFolder.path, environmentFile: profile == "local" ? temporary.path + "/all.env" : nil)
        #expect(configuration.profile == profile ?? "embedded")
        let models = ["gateway", "mixtral", "hermes", "openchat", "phi3"]
        let names =
            models + ["vectors", "vector_metrics", "metrics", "alerts", "grafana", "database"]
            + (profile == "hxp" ? [] : ["admin", "page"])
            + (profile == "local" ? ["tables", "alertmanager", "history"] : [])
        #expect(configuration.targets.map(\.name).sorted() == names.sorted())
        let defaults = configuration.targets.filter(\.isDefault).map(\.name)
        #expect(
            Set(defaults) == Set(["gateway", "metrics"] + (profile == "hxp" || profile == "local" ? [] : ["database"])))
        #expect(configuration.timeout("scenario").value == .seconds(300))
        #expect(configuration.loads["steady"]?.assertions.count == 2)
    }

    @Test func `the real machines are reached as the env file says`() throws {
        let configuration = try load("hxp", in: PackageFolder.path)
        let gateway = try #require(configuration.target("gateway"))
        #expect(gateway.timeout?.value == .seconds(30))
        #expect(gateway.rateLimit?.value == 100)
        #expect(gateway.retry.max?.value.known == 3)
        #expect(configuration.retry.max?.value.known == 3)
        #expect(configuration.environment["PHI3_INTEGRATION_PORT"] == "11403")
        #expect(configuration.secrets == ["GATEWAY_API_KEY": nil, "DATABASE_INTEGRATION_PASSWORD": nil])
        let missing = ConfigurationReferences(configuration, suite: nil).missing(in: configuration.expressions)
        #expect(
            missing.map(\.message).filter { !$0.text.contains("PLUMB_SERVICES") } == [
                "the secret 'GATEWAY_API_KEY' is not set", "the secret 'DATABASE_INTEGRATION_PASSWORD' is not set",
            ])
    }

    @Test func `the suites' settings have their effect, and say where they come from`() throws {
        let configuration = try load(nil, in: PackageFolder.path)
        let suites = configuration.suites?.chain(for: ["cross_service", "api_gateway_to_models"]) ?? []
        let settings = SettingsLayers(configuration, suites: suites).settings(row: "http", target: nil)
        #expect(settings.timeout.value.known == .seconds(30))
        #expect(settings.timeout.origin.description == "integration_tests.yaml:6")
        #expect(settings.retry.max?.value.known == 3)
        #expect(settings.retry.max?.origin.description == "integration_tests.yaml:7")
        #expect(suites.suiteData["concurrent_requests"] == 10)
        #expect(
            suites.last?.testScenarios?.map(\.name) == [
                "basic_routing", "load_balancing", "error_handling", "performance_validation",
            ])
        let pooling = configuration.suites?.chain(for: ["database_tests", "connection_pooling"]) ?? []
        #expect(pooling.last?.pool.size?.value == 20)
        #expect(pooling.last?.pool.maxOverflow?.value == 10)
        #expect(pooling.last?.pool.timeout?.value == .seconds(30))
        let schemas = configuration.suites?.chain(for: ["database_tests", "schema_validation"]) ?? []
        #expect(schemas.suiteData["expected_schemas"]?.array?.count == 9)
        #expect(schemas.last?.freeKeys.map(\.name) == ["expected_schemas"])
    }

    @Test func `the scenarios that the suites list are there`() throws {
        let configuration = try load(nil, in: PackageFolder.path)
        #expect(configuration.suiteRoot == PackageFolder.path + "/scenarios")
        let found = SuiteChecks(configuration, files: DiskFiles()).folders()
        #expect(found.filter { $0.severity == .error }.isEmpty, "\(DiagnosticText().render(found).plain)")
    }

    @Test(.enabled(if: SharedData.has("hxp/integration_tests.yaml"))) func `the users' own files load to the letter`()
        throws
    {
        let folder = try #require(SharedData.path("hxp"))
        let temporary = try TemporaryFolder()
        let config = temporary.path + "/plumb.yaml"
        try TextFile.write(
            """
            env_file: \(folder)/integration.env
            include: [\(folder)/integration_tests.yaml]
            """, to: config)
        let users = try load(nil, in: temporary.path, config: config)
        let own = try load(nil, in: PackageFolder.path)
        #expect(users.tree == own.tree)
        #expect(users.environment == own.environment)
        #expect(users.environment["VECTOR_DB_INTEGRATION_GRPC_PORT"] == "6334")
    }
}
