import Diagnostics
import Expressions
import PlumbTesting
import ScenarioCompiler
import ScenarioModel
import Testing

@Suite struct ConfigurationReaderTests {
    private func load(_ text: String) throws -> Configuration {
        let (configuration, diagnostics) = ConfigurationCase(text).load()
        #expect(diagnostics.isEmpty, "\(DiagnosticText().render(diagnostics).plain)")
        return try #require(configuration)
    }

    private func url(_ configuration: Configuration, _ target: String) -> String? {
        configuration.target(target)?.settings["url"]?.constant?.string
    }

    // MARK: Finding the file

    @Test(arguments: [
        ("tests/api/one.yaml", "tests/plumb.yaml"), ("tests/api", "tests/plumb.yaml"), ("tests", "tests/plumb.yaml"),
        ("other/one.yaml", "plumb.yaml"), ("/elsewhere/one.yaml", "plumb.yaml"),
    ])
    func `the file is found beside the scenarios, above them, or in the working folder`(
        _ scenario: String, _ found: String
    ) throws {
        let configuration = try load(
            """
            @scenario \(scenario)
            @folder tests/api
            === plumb.yaml
            profiles: {}
            === tests/plumb.yaml
            profiles: {}
            === tests/api/one.yaml
            steps: []
            """)
        #expect(configuration.file?.path == found)
        #expect(configuration.root == "/project" + (found == "plumb.yaml" ? "" : "/tests"))
    }

    @Test func `without a file the defaults hold`() throws {
        let configuration = try load("@env A=1\n@scenario one.yaml")
        #expect(configuration.file == nil)
        #expect(configuration.root == "/project")
        #expect(configuration.environment == ["A": "1"])
        #expect(configuration.timeout("sql").value == .seconds(10))
        #expect(configuration.targets.isEmpty)
    }

    // MARK: Merging

    @Test func `what is included lies below the file's own, and every key keeps its place`() throws {
        let configuration = try load(
            """
            === plumb.yaml
            include: [first.yaml, shared/second.yaml]
            defaults:
              timeout: { http: 1s }
            === first.yaml
            defaults:
              timeout: { http: 2s, sql: 2s, vector: 2s }
            === shared/second.yaml
            include: third.yaml
            defaults:
              timeout: { http: 3s, sql: 3s }
            === shared/third.yaml
            defaults:
              timeout: { sql: 4s, metric: 4s }
            """)
        func setting(_ row: String) -> String {
            let setting = configuration.timeout(row)
            return "\(setting.value) \(setting.origin)"
        }
        #expect(setting("http") == "1.0 seconds plumb.yaml:3")
        #expect(setting("sql") == "3.0 seconds shared/second.yaml:3")
        #expect(setting("vector") == "2.0 seconds first.yaml:2")
        #expect(setting("metric") == "4.0 seconds shared/third.yaml:2")
        #expect(setting("connect") == "5.0 seconds default")
        #expect(configuration.includedFiles == ["first.yaml", "shared/second.yaml", "shared/third.yaml"])
    }

    @Test func `a profile is laid over the file, and over the profile that it extends`() throws {
        let text = """
            === plumb.yaml
            include: base.yaml
            defaults: { retry: { max: 1, backoff: 1s } }
            profiles:
              one:
                targets:
                  api: { kind: http, url: http://one, timeout: 1s, headers: { a: "1" } }
                  db: { kind: postgres, host: one, port: 5 }
              two:
                extends: one
                defaults: { retry: { max: 2 } }
                targets:
                  api: { url: http://two, headers: { b: "2" } }
                  db: { kind: sqlite, path: two.db }
                  more: { kind: http, url: http://more }
            === base.yaml
            profiles:
              zero: {}
            """
        let one = try load(text)
        #expect(one.profile == "one")
        #expect(one.profiles == ["one", "two", "zero"])
        #expect(url(one, "api") == "http://one")
        #expect(one.retry.max?.value.known == 1)
        let two = try load("@profile two\n" + text)
        #expect(url(two, "api") == "http://two")
        #expect(two.target("api")?.timeout?.origin.description == "plumb.yaml:6")
        #expect(two.target("api")?.settings["headers"]?.constant?.object?.count == 2)
        #expect(two.retry.max?.value.known == 2)
        #expect(two.retry.backoff?.value == .seconds(1))
        #expect(Set(two.targets.map(\.name)) == ["api", "db", "more"])
        // A target of another kind has none of its namesake's keys.
        #expect(two.target("db")?.settings.constant == ["path": "two.db"])
    }

    @Test func `a target is derived from another`() throws {
        let configuration = try load(
            """
            === plumb.yaml
            profiles:
              one:
                targets:
                  wrong: { from: api, headers: { a: x }, timeout: 2s }
                  api:
                    kind: http
                    default: true
                    url: http://one
                    headers: { a: "1", b: "2" }
                    rate_limit: 100/s
                    max_connections: 7
                    pool: { size: 3, max_overflow: 0, timeout: 4s }
                    retry: { max: 2, on: [connect, 503] }
                    x-note: ignored
            """)
        let wrong = try #require(configuration.target("wrong"))
        #expect(wrong.kind == "http")
        #expect(!wrong.isDefault)
        #expect(wrong.settings.constant == ["url": "http://one", "headers": ["a": "x", "b": "2"]])
        #expect(wrong.timeout?.value == .seconds(2))
        #expect(wrong.rateLimit?.value == 100)
        #expect(wrong.maxConnections?.value == 7)
        #expect(wrong.pool.size?.value == 3)
        #expect(wrong.pool.maxOverflow?.value == 0)
        #expect(wrong.retry.on?.value == [.connect, .code("503")])
        #expect(configuration.targets.map(\.name) == ["wrong", "api"])
    }

    @Test func `targets of kinds whose drivers come later are kept as they are`() throws {
        let configuration = try load(
            """
            === plumb.yaml
            profiles:
              one:
                targets:
                  db: { kind: postgres, host: h, port: 5433, sslmode: require, pool: { size: 2 } }
                  vectors: { kind: qdrant, url: http://v }
                links:
                  gateway->db: { listen: "127.0.0.1:1", to: "127.0.0.1:2" }
            """)
        #expect(configuration.target("db")?.settings.constant == ["host": "h", "port": 5433, "sslmode": "require"])
        #expect(configuration.target("db")?.pool.size?.value == 2)
        #expect(configuration.links["gateway->db"]?.to == "127.0.0.1:2")
    }

    // MARK: Environment and secrets

    @Test func `the process environment wins over the env file, and secrets are no variables`() throws {
        let text = """
            @env A=process
            @env KEY=hunter2
            === config/plumb.yaml
            env_file: ../test.env
            secrets: [KEY, TOKEN, NONE, EMPTY]
            defaults: { timeout: { http: "${{ $env.SECONDS }}s", sql: "${{ $env.NONE_SUCH // \\"7s\\" }}" } }
            === test.env
            A=file
            B=file
            TOKEN=from-the-file
            EMPTY=
            SECONDS=12
            """
        let configuration = try load("@config config/plumb.yaml\n" + text)
        #expect(configuration.environment == ["A": "process", "B": "file", "SECONDS": "12"])
        #expect(configuration.secrets == ["KEY": "hunter2", "TOKEN": "from-the-file", "NONE": nil, "EMPTY": nil])
        #expect(configuration.emptySecrets == ["EMPTY"])
        #expect(configuration.timeout("http").value == .seconds(12))
        #expect(configuration.timeout("sql").value == .seconds(7))
        let other = try load(
            "@config config/plumb.yaml\n@env-file other.env\n@lint true\n" + text + "\n=== other.env\nA=other\nC=other")
        #expect(other.environment == ["A": "process", "C": "other"])
    }

    @Test func `of several env files the later wins`() throws {
        let configuration = try load(
            """
            @env A=process
            === plumb.yaml
            env_file: one.env
            profiles:
              local:
                env_file: [one.env, sub/two.env]
            === one.env
            A=one
            B=one
            C=one
            === sub/two.env
            B=two
            """)
        #expect(configuration.environment == ["A": "process", "B": "two", "C": "one"])
    }

    @Test func `where a profile's own env file is missing, the profile's description is the hint`() throws {
        let (_, diagnostics) = ConfigurationCase(
            """
            === plumb.yaml
            env_file: one.env
            profiles:
              local:
                description: "'make services' writes two.env"
                env_file: [one.env, two.env]
            === one.env
            A=one
            """
        ).load()
        #expect(
            diagnostics.map { "\($0.primary?.span.start.description ?? "") \($0.message) | \($0.hint?.text ?? "")" }
                == [
                    "5:25 the env file 'two.env' cannot be read: no such file"
                        + " | the profile 'local' is described so: 'make services' writes two.env"
                ])
    }

    @Test func `a profile that is not chosen needs no environment`() throws {
        _ = try load(
            """
            === plumb.yaml
            profiles:
              one: {}
              two:
                defaults: { timeout: { http: "${{ $env.NOT_SET }}s" } }
                env_file: nowhere.env
            """)
    }

    @Test func `what the environment lacks is told where it is read, and no value with it`() throws {
        let configuration = try load(
            """
            @env EMPTY=
            @env FULL=hunter2
            === plumb.yaml
            secrets: [KEY]
            profiles:
              one:
                targets:
                  api:
                    kind: http
                    url: http://${{ $env.ABSENT }}${{ $env.EMPTY }}${{ $env.FULL }}${{ $env.OTHER // 1 }}
                    headers: { a: "${{ $secrets.KEY }}", b: "${{ $secrets.KEY // \\"none\\" }}" }
            """)
        let missing = ConfigurationReferences(configuration, suite: nil).missing(in: configuration.expressions)
        #expect(
            missing.map { "\($0.primary?.span.start.description ?? "") \($0.message)" } == [
                "7:25 the environment variable 'ABSENT' is not set",
                "7:43 the environment variable 'EMPTY' is set, but empty",
                "8:28 the secret 'KEY' is not set",
            ])
        #expect(!DiagnosticText().render(missing).plain.contains("hunter2"))
    }

    // MARK: Loads

    @Test func `loads are repetitions, in stages too`() throws {
        let configuration = try load(
            """
            === plumb.yaml
            loads:
              steady: { for: 1m, rate: 20/s, parallel: 50, warmup: 5s, pass: 99%, assert: [.dropped == 0] }
              many: { times: 100, pass: 98, assert: { fast: .ms.p95 < $vars.limit } }
              late: { times: "${{ $vars.n }}", rate: "${{ $env.RATE }}" }
              staged:
                stages: [{ for: 1m, rate: 5/s, ramp: true }, { for: 10s, rate: 50/s }]
                spacing: poisson
                allow_dropped: 1%
                abort: true
              people: { stages: [{ for: 1s, parallel: 5 }], think: 100ms }
            """)
        #expect(Set(configuration.loads.keys) == ["steady", "many", "late", "staged", "people"])
        let staged = try #require(configuration.loads["staged"])
        #expect(
            staged.stages == [
                .init(length: .seconds(60), rate: 5, isRamp: true), .init(length: .seconds(10), rate: 50),
            ])
        guard case .duration(.known(.seconds(70))) = staged.extent, case .share(0.01) = staged.allowedDropped else {
            Issue.record("staged is read as \(staged)")
            return
        }
        #expect(staged.spacing == .poisson)
        #expect(staged.abortsEarly)
        #expect(configuration.loads["people"]?.stages == [.init(length: .seconds(1), parallel: 5)])
        #expect(configuration.loads["people"]?.think?.known == .milliseconds(100))
        let steady = try #require(configuration.loads["steady"])
        guard case .duration(.known(.seconds(60))) = steady.extent, case .share(0.99) = steady.pass else {
            Issue.record("steady is read as \(steady)")
            return
        }
        #expect(steady.rate?.known == 20)
        #expect(steady.parallel.known == 50)
        #expect(steady.warmup?.known == .seconds(5))
        #expect(steady.assertions.map(\.expression.text) == [".dropped == 0"])
        #expect(configuration.loads["many"]?.assertions.first?.name == "fast")
        guard case .times(.template) = configuration.loads["late"]?.extent else {
            Issue.record("a template is kept")
            return
        }
    }
}
