import Expressions
import Glibc
import PlumbTesting
import Testing

/// Faults on targets of each kind, by each way on which a target is reached.
@Suite(.onOwnThreads) struct FaultTargetTests {
    private func project(_ targets: [String], _ files: [String: String]) throws -> TestProject {
        let lines = targets.map { "      \($0)\n" }.joined()
        let settings = "secrets: [TOKEN]\nprofiles:\n  test:\n    targets:\n\(lines)"
        return try TestProject(files.merging(["plumb.yaml": settings]) { own, _ in own })
    }

    /// Steps that meet a latency, a refusal, a reset and a silence, each with its kind of error.
    private static func steps(_ target: String, _ request: String, reset: String = "reset") -> String {
        """
          - &open { id: \(target)_open, target: \(target), \(request) }
          - <<: *open
            id: \(target)_slow
            faults: { \(target): { latency: 200ms } }
            assert: [.ms >= 200, .error == null]
          - <<: *open
            id: \(target)_refused
            faults: { \(target): { refuse: true } }
            expect: { error: { kind: { $: . == "refused" or . == "reset" } } }
          - <<: *open
            id: \(target)_reset
            faults: { \(target): { reset: true } }
            expect: { error: { kind: { $: . == "reset" or . == "\(reset)" } } }
          - <<: *open
            id: \(target)_silent
            timeout: 1s
            faults: { \(target): { hang: true } }
            expect: { error: { kind: { $: . == "timeout" or . == "connect_timeout" } } }
          - { <<: *open, id: \(target)_again }

        """
    }

    private static func expectPassed(_ run: CommandRun, at location: SourceLocation = #_sourceLocation) {
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)", sourceLocation: location)
    }

    @Test(.enabled(if: HTTPNginx.isInstalled, "no nginx and openssl here"))
    func `a service behind TLS or a Unix socket is faulted, and its certificate is compared as ever`() throws {
        let server = try HTTPNginx()
        let tls = "tls: { ca: \"\(server.authority)\" }"
        let project = try project(
            [
                "tls: { kind: http, url: \"https://127.0.0.1:\(server.trusted)\", \(tls) }",
                "stranger: { kind: http, url: \"https://127.0.0.1:\(server.selfSigned)\", \(tls) }",
                "socket: { kind: http, url: \"http://localhost\", unix_socket: \"\(server.socket)\" }",
            ],
            [
                "tls.yaml": "steps:\n" + Self.steps("tls", "http: { get: / }"),
                "socket.yaml": "steps:\n" + Self.steps("socket", "http: { get: / }"),
                "stranger.yaml": """
                steps:
                  - target: stranger
                    http: { get: / }
                    faults: { stranger: { latency: 1ms } }
                    expect: { error: { kind: tls } }
                """,
            ])
        Self.expectPassed(try project.run("run", "tls.yaml", "socket.yaml", "stranger.yaml"))
    }

    @Test func `a name is looked up by the proxy, and the service hears the name that was written`() throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try project(
            ["named: { kind: http, url: \"http://localhost:\(server.port)\" }"],
            ["a.yaml": "steps:\n" + Self.steps("named", "http: { get: / }")])
        Self.expectPassed(try project.run("run", "a.yaml"))
        #expect(Set(server.requests.map { $0.header("host") }) == ["localhost:\(server.port)"])
    }

    @Test func `services of vectors and metrics are faulted like any other`() throws {
        let server = try SimpleHTTPServer { request in
            switch request.path {
            case "/collections": .json(#"{"result": {"collections": []}, "status": "ok", "time": 0}"#)
            case "/aliases": .json(#"{"result": {"aliases": []}, "status": "ok", "time": 0}"#)
            case "/metrics": .text("up 1\n")
            default: .json(#"{"status": "success", "data": {"resultType": "vector", "result": []}}"#)
            }
        }
        let project = try project(
            [
                "vectors: { kind: qdrant, url: \"\(server.url)\" }",
                "server: { kind: prometheus, url: \"\(server.url)\" }",
                "page: { kind: openmetrics, url: \"\(server.url)/metrics\" }",
            ],
            [
                "vectors.yaml": "steps:\n" + Self.steps("vectors", "vector: { list: true }"),
                "server.yaml": "steps:\n" + Self.steps("server", "metric: up"),
                "page.yaml": "steps:\n" + Self.steps("page", "metric: up"),
            ])
        Self.expectPassed(try project.run("run", "vectors.yaml", "server.yaml", "page.yaml"))
    }

    @Test(.enabled(if: PrivatePostgres.isInstalled, .init(rawValue: PrivatePostgres.reason)))
    func `a database is faulted through TCP, TLS and its Unix socket`() throws {
        let server = try PrivatePostgres.shared
        let common = "kind: postgres, port: \(server.port), dbname: postgres, pool: { size: 1 }"
        let tls = "user: \(PrivatePostgres.careful), sslmode: verify-full, sslrootcert: \"\(server.certificate)\""
        var targets = [
            "plain: { \(common), host: 127.0.0.1, user: \(PrivatePostgres.owner) }",
            "socket: { \(common), host: \"\(server.socketFolder)\", user: \(PrivatePostgres.owner), sslmode: require }",
        ]
        if server.hasTLS { targets.append("secure: { \(common), host: localhost, \(tls) }") }
        let names = ["plain", "socket", "secure"].prefix(targets.count)
        let files = names.map { ("\($0).yaml", "steps:\n" + Self.steps($0, "sql: SELECT 1 AS one", reset: "tls")) }
        let project = try project(targets, Dictionary(uniqueKeysWithValues: files))
        Self.expectPassed(try project.run("run", "."))
    }

    @Test(.enabled(if: PrivatePostgres.isInstalled, .init(rawValue: PrivatePostgres.reason)))
    func `tables of vectors have the faults of the database that they are derived from, and their own`() throws {
        let server = try PrivatePostgres.shared
        let project = try project(
            [
                "database: { kind: postgres, host: 127.0.0.1, port: \(server.port), dbname: postgres, "
                    + "user: \(PrivatePostgres.owner) }",
                "tables: { kind: pgvector, from: database }",
            ],
            [
                "own.yaml": "steps:\n" + Self.steps("tables", "vector: { list: true }"),
                "derived.yaml": """
                steps:
                  - target: tables
                    vector: { list: true }
                    faults: { database: { reset: true } }
                    expect: { error: { kind: reset } }
                """,
            ])
        Self.expectPassed(try project.run("run", "own.yaml", "derived.yaml"))
    }

    @Test(.enabled(if: PrivatePostgres.isInstalled, .init(rawValue: PrivatePostgres.reason)))
    func `a fault of the command line strikes each kind of target`() throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let database = try PrivatePostgres.shared
        let project = try project(
            [
                "api: { kind: http, url: \"\(server.url)\" }", "vectors: { kind: qdrant, url: \"\(server.url)\" }",
                "server: { kind: prometheus, url: \"\(server.url)\" }",
                "page: { kind: openmetrics, default: true, url: \"\(server.url)/metrics\" }",
                "database: { kind: postgres, host: 127.0.0.1, port: \(database.port), dbname: postgres, "
                    + "user: \(PrivatePostgres.owner) }",
                "tables: { kind: pgvector, from: database }",
            ],
            [
                "a.yaml": """
                keep_going: true
                steps:
                  - { target: api, http: { get: / }, expect: { error: { kind: refused } } }
                  - { target: vectors, vector: { list: true }, expect: { error: { kind: refused } } }
                  - { target: server, metric: up, expect: { error: { kind: refused } } }
                  - { target: page, metric: up, expect: { error: { kind: refused } } }
                  - { target: database, sql: SELECT 1, expect: { error: { kind: refused } } }
                  - { target: tables, vector: { list: true }, expect: { error: { kind: refused } } }
                """
            ])
        let flags = ["api", "vectors", "server", "page", "database", "tables"].flatMap {
            ["--fault", "\($0): { refuse: true }"]
        }
        let command = try project.start(["run", "a.yaml"] + flags)
        Self.expectPassed(project.finish(command))
        #expect(server.requestCount == 0)
    }

    @Test func `what no proxy can stand before is refused, with what to do`() throws {
        let project = try project(
            [
                "file: { kind: sqlite, path: x.db }",
                "far: { kind: http, url: \"http://127.0.0.1:9\", proxy: \"http://127.0.0.1:9\" }",
                "many: { kind: postgres, host: \"a.invalid,b.invalid\", user: u }",
                "hidden: { kind: postgres, host: \"@plumb\", user: u }",
            ],
            [
                "file.yaml": "steps:\n  - { target: file, sql: SELECT 1, faults: { file: { hang: true } } }\n",
                "rest.yaml": """
                keep_going: true
                steps:
                  - { target: far, http: { get: / }, faults: { far: { hang: true } } }
                  - { target: many, sql: SELECT 1, faults: { many: { hang: true } } }
                  - { target: hidden, sql: SELECT 1, faults: { hidden: { hang: true } } }
                """,
            ])
        let lint = try project.run("lint", "file.yaml")
        #expect(lint.status == .exit(2) && lint.standardOutput.contains("which is reached by no network"))
        let flag = try project.run("run", "rest.yaml", "--fault", "file: { hang: true }")
        #expect(flag.status == .exit(2) && flag.standardError.contains("which is reached by no network"))
        let run = try project.run("run", "rest.yaml")
        #expect(run.status == .exit(3))
        for words in [
            "goes through a proxy of its own", "names several servers", "is an abstract socket",
            "derive a target with one 'host' and 'port'",
        ] {
            #expect(run.standardOutput.contains(words), "\(words): \(run.standardOutput)")
        }
    }

    /// The sandbox stores in the profile's PostgreSQL, and in a file of its own where there is none.
    @Test(.enabled(if: PrivatePostgres.isInstalled, .init(rawValue: PrivatePostgres.reason)))
    func `the way from the sandbox's gateway to its database is faulted where that is a PostgreSQL`() throws {
        let server = try PrivatePostgres([])
        let json = "{ model: phi3, messages: [{ role: user, content: Hi }] }"
        let chat = "http: { post: /v1/chat/completions, json: \(json) }"
        let project = try TestProject([
            "plumb.yaml": """
            profiles:
              embedded: { sandbox: { history: 0 } }
              local:
                extends: embedded
                targets:
                  database: { kind: postgres, host: "\(server.socketFolder)", port: \(server.port), \
            dbname: postgres, user: \(PrivatePostgres.owner) }
            """,
            "a.yaml": """
            requires: { links: ["gateway->database"] }
            steps:
              - { id: before, \(chat) }
              - { id: refused, \(chat), faults: { "gateway->database": { refuse: true } },
                  expect: { status: 503, body: { error: { code: store_unavailable } } } }
              - { id: slow, \(chat), faults: { "gateway->database": { latency: 200ms } }, assert: [.ms >= 200] }
              - { id: after, \(chat) }
            """,
            "b.yaml": "steps:\n  - { \(chat), faults: { \"gateway->database\": { refuse: true } } }\n",
        ])
        Self.expectPassed(try project.run("run", "a.yaml", "--profile", "local"))
        let skipped = try project.run("run", "a.yaml", "--profile", "embedded")
        #expect(
            skipped.standardOutput.contains("has no link 'gateway->database': the sandbox's gateway stores in a file"),
            "\(skipped.standardOutput)")
        let lint = try project.run("lint", "b.yaml", "--profile", "embedded")
        #expect(lint.status == .exit(2))
        #expect(lint.standardOutput.contains("stores in a file of SQLite there"), "\(lint.standardOutput)")
        let flag = try project.run(
            "run", "a.yaml", "--profile", "embedded", "--fault", "gateway->database: { refuse: true }")
        #expect(flag.status == .exit(2), "\(flag.standardOutput)\(flag.standardError)")
    }
}
