import Diagnostics
import Expressions
import PlumbTesting
import ScenarioCompiler
import ScenarioModel
import Testing

@Suite struct SuiteTests {
    private func load(_ text: String) throws -> Configuration {
        let (configuration, diagnostics) = ConfigurationCase(text).load()
        #expect(diagnostics.isEmpty, "\(DiagnosticText().render(diagnostics).plain)")
        return try #require(configuration)
    }

    private func messages(_ diagnostics: [Diagnostic]) -> [String] {
        diagnostics.map { "\($0.primary?.span.start.description ?? "") \($0.severity.rawValue) \($0.message)" }
    }

    @Test func `a mapping is a suite by its folder or by what it holds, else data`() throws {
        let configuration = try load(
            """
            @folder scenarios/plain
            === plumb.yaml
            integration_tests:
              plain: { limit: 3 }
              known: { enabled: true }
              outer: { inner: { timeout_seconds: 5 } }
              limits: { p95: 800, deep: { p99: 900 } }
              x-note: { enabled: true }
            """)
        let root = try #require(configuration.suites)
        #expect(root.children.map { $0.path.joined(separator: "/") } == ["plain", "known", "outer"])
        #expect(root.children.last?.children.first?.timeout?.value == .seconds(5))
        let limits: Value = ["p95": 800, "deep": ["p99": 900]]
        #expect(root.data == Value.Object([("limits", limits)]))
        #expect(root.freeKeys.map(\.name) == ["limits"])
    }

    @Test func `bare numbers are seconds, and units are read`() throws {
        let configuration = try load(
            """
            @env T=9
            === plumb.yaml
            integration_tests:
              timeout_seconds: 1.5
              connection_timeout: 250ms
              timeout: ${{ $env.T }}
              retry_attempts: ${{ $env.T }}
            """)
        let root = try #require(configuration.suites)
        #expect(root.timeout?.value == .milliseconds(1500))
        #expect(root.timeout?.origin.description == "plumb.yaml:2")
        #expect(root.connectionTimeout?.value == .milliseconds(250))
        #expect(root.pool.timeout?.value == .seconds(9))
        #expect(root.retryAttempts?.value == 9)
        #expect(root.data["timeout"] == "9")
    }

    @Test func `a suite reads its own data over that of the suites around it`() throws {
        let configuration = try load(
            """
            @folder scenarios/a/b
            === plumb.yaml
            integration_tests:
              limits: { p95: 800, p99: 900 }
              host: outer
              a:
                host: inner
                b: { limits: { p95: 100 }, timeout_seconds: 3 }
            """)
        let data = configuration.suites(ofFile: "/project/scenarios/a/b/one.yaml").suiteData
        #expect(.object(data) == ["limits": ["p95": 100, "p99": 900], "host": "inner", "timeout_seconds": 3])
        #expect(configuration.suites(ofFile: "/project/scenarios/one.yaml").suiteData["host"] == "outer")
        #expect(configuration.suites(ofFile: "/elsewhere/one.yaml").isEmpty)
        #expect(configuration.tree["a"]?["host"] == "inner")
    }

    private let laidOver = """
        === plumb.yaml
        integration_tests:
          shared: 1
          cross:
            host: a
            gateway:
              enabled: true
              concurrent_requests: 10
              limit: 3
              spare: 4
              test_scenarios: [basic_routing, load_balancin, ../other]
            databse:
              enabled: true
              inner: { enabled: true }
        profiles:
          one:
            targets:
              api: { kind: http, url: "http://${{ $config.cross.host }}" }
        === scenarios/cross/gateway/basic_routing.yaml
        steps: []
        === scenarios/cross/gateway/load_balancing.yaml
        steps: []
        === scenarios/cross/other.yaml
        steps: []
        === scenarios/cross/database/one.yaml
        steps: []
        """

    @Test func `a suite without a folder is a warning, a listed scenario without a file an error`() throws {
        let configuration = try load(laidOver)
        let found = SuiteChecks(configuration, files: ConfigurationCase(laidOver).files).folders()
        #expect(
            messages(found) == [
                "10:39 error the suite has no scenario 'load_balancin'",
                "10:54 error the suite has no scenario '../other'",
                "11:5 warning no folder of scenarios stands for the suite 'cross/databse'",
            ])
        #expect(
            found.map(\.hint?.text) == [
                "did you mean 'load_balancing'?", "create '../other.yaml' in the suite's folder",
                "did you mean 'database'?",
            ])
    }

    @Test func `a key that nothing reads is a warning, where its suite was read wholly`() throws {
        let configuration = try load(laidOver)
        let checks = SuiteChecks(configuration, files: ConfigurationCase(laidOver).files)
        func unused(_ reads: SuiteReads, linted: [[String]]) -> [String] {
            messages(checks.unusedKeys(reads: [["cross", "gateway"]: reads], linted: linted))
        }
        #expect(
            unused(.keys(["limit", "concurrent_requests"]), linted: [[]]) == [
                "2:3 warning no scenario reads 'shared'", "9:7 warning no scenario reads 'spare'",
            ])
        #expect(
            unused(.keys(["shared"]), linted: [["cross"]]) == [
                "7:7 warning no scenario reads 'concurrent_requests'", "8:7 warning no scenario reads 'limit'",
                "9:7 warning no scenario reads 'spare'",
            ])
        #expect(unused(.everything, linted: [[]]).isEmpty)
        #expect(unused(.keys([]), linted: [["other"]]).isEmpty)
        let byPath = checks.unusedKeys(reads: [:], configReads: [["cross"], ["shared"]], linted: [[]])
        #expect(byPath.isEmpty)
    }

    private func expression(_ text: String) throws -> Expression {
        var reader = SyntaxReader()
        let source = SourceFile(path: "one.yaml", text: text)
        let read = reader.expression(
            LocatedText(verbatim: text, at: SourceSpan(source, 0..<source.bytes.count)), .template)
        return try #require(read)
    }

    @Test func `what expressions read of the settings is found in them`() throws {
        let configuration = try load(laidOver)
        let checks = SuiteChecks(configuration, files: ConfigurationCase(laidOver).files)
        func unused(_ texts: String...) throws -> [String] {
            let expressions = try texts.map { try expression($0) }
            let gateway = ["cross", "gateway"]
            let scenarios = expressions.map { (folders: gateway, expressions: [$0]) }
            return messages(checks.unusedKeys(scenarios: scenarios, linted: [gateway]))
        }
        #expect(
            try unused("$suite.limit", "$suite.concurrent_requests + 1") == ["9:7 warning no scenario reads 'spare'"])
        #expect(try unused("$suite.limit", "$suite | keys").isEmpty)
        #expect(try unused("$config.cross").isEmpty)
    }

    @Test func `a key of $suite that no node has is an error, unless it may be absent`() throws {
        let configuration = try load(laidOver)
        let expression = try expression("$suite.limt + $suite.limit + ($suite.other // 3)")
        let suite = configuration.suites(ofFile: "/project/scenarios/cross/gateway/one.yaml").suiteData
        let found = ConfigurationReferences(configuration, suite: suite).check([expression])
        #expect(messages(found) == ["1:8 error the suite's settings have no 'limt'"])
        #expect(found.first?.hint == "did you mean 'limit'?")
    }
}
