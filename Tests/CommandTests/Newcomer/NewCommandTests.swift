import PlumbTesting
import Testing

/// `plumb new` against a server, and what it writes put to use.
@Suite(.onOwnThreads) struct NewCommandTests {
    private let folder: TemporaryFolder
    private let server: SimpleHTTPServer

    init() throws {
        folder = try TemporaryFolder()
        server = try SimpleHTTPServer { request in
            switch (request.method, request.path.prefix { $0 != "?" }) {
            case ("GET", "/users/7"):
                .json(
                    #"{"id": 7, "name": "Ada", "active": true, "roles": ["dev"], "made_at": "2024-01-01T00:00:00Z", "#
                        + #""near": {"city": "London"}, "nothing": null, "echo": "tok-12345"}"#)
            case ("GET", "/users"): .json(#"{"items": [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}], "page": 1}"#)
            case ("POST", _): .json(#"{"id": "0f0e0d0c-0000-4000-8000-000000000000", "state": "queued"}"#, status: 201)
            case ("HEAD", _): .text("")
            default: .text("nothing here", status: 404)
            }
        }
    }

    private func plumb(_ arguments: String..., environment: [String: String] = [:], input: String = "") throws
        -> CommandRun
    {
        try CommandRun.plumb(arguments, environment: environment, input: input, in: folder.path)
    }

    /// Lints, checks the style and runs what was written.
    private func tryOut(
        _ path: String, environment: [String: String] = [:], _ location: SourceLocation = #_sourceLocation
    ) throws {
        let lint = try plumb("lint", "--strict", path, environment: environment)
        let text = try folder.read(path)
        #expect(lint.exitStatus == 0, "\(lint.standardOutput)\(text)", sourceLocation: location)
        #expect(try plumb("fmt", "--check", path).exitStatus == 0, sourceLocation: location)
        let run = try plumb("run", path, environment: environment)
        #expect(run.exitStatus == 0, "\(run.standardOutput)\(run.standardError)", sourceLocation: location)
    }

    @Test func `an answer to a safe request is asked for twice and expected as far as it stays`() throws {
        let run = try plumb(
            "new", "from", "curl", "curl -s '\(server.url)/users/7' -H 'Authorization: Bearer tok-12345'", "--output",
            "one.yaml")
        #expect(run.exitStatus == 0, "\(run.standardError)")
        #expect(server.requestCount == 2)
        #expect(run.standardError.contains("API_TOKEN") && !run.standardError.contains("tok-12345"))
        #expect(run.standardOutput.hasSuffix("next: API_TOKEN=… plumb run one.yaml\n"), "\(run.standardOutput)")
        let text = try folder.read("one.yaml")
        #expect(!text.contains("tok-12345"))
        for line in [
            "id: { $: type == \"number\" }", "name: Ada", "active: true", "roles: [dev]", "city: London",
            "nothing: null",
            "made_at: { $: type == \"string\" }", "echo: { $: type == \"string\" }", "status: 200",
            "content-type: { $: 'startswith(\"application/json\")' }", "Authorization: Bearer ${{ $env.API_TOKEN }}",
        ] { #expect(text.contains(line) || text.contains(line.replacing("'", with: "")), "\(line) lacks in\n\(text)") }
        try tryOut("one.yaml", environment: ["API_TOKEN": "tok-12345"])
    }

    @Test func `a request that changes something is sent once`() throws {
        let run = try plumb(
            "new", "from", "curl", "-", "--output", "scenarios/post.yaml",
            input: "curl \(server.url)/orders \\\n  --json '{\"n\": 1}'\n")
        #expect(run.exitStatus == 0, "\(run.standardError)")
        #expect(server.requestCount == 1)
        let text = try folder.read("scenarios/post.yaml")
        #expect(
            text.contains("state: queued") && text.contains("id: { $: type == \"string\" }")
                && text.contains("status: 201"))
        try tryOut("scenarios/post.yaml")
    }

    @Test func `declared secrets and targets of the project are used`() throws {
        try folder.write(
            "secrets: [API_TOKEN]\nprofiles:\n  p:\n    targets:\n      api: { kind: http, url: \"\(server.url)\" }\n",
            to: "plumb.yaml")
        let run = try plumb(
            "new", "from", "curl", "curl '\(server.url)/users?page=1' -H 'Authorization: Bearer tok-12345'")
        #expect(run.exitStatus == 0)
        #expect(run.standardOutput.contains("target: api"))
        #expect(run.standardOutput.contains("get: /users?page=1"))
        #expect(run.standardOutput.contains("Bearer ${{ $secrets.API_TOKEN }}"))
        try folder.write(run.standardOutput, to: "a.yaml")
        try tryOut("a.yaml", environment: ["API_TOKEN": "tok-12345"])
    }

    @Test func `what cannot be written or asked leaves nothing behind`() throws {
        try folder.write("mine\n", to: "a.yaml")
        let there = try plumb("new", "from", "curl", "curl \(server.url)/users", "--output", "a.yaml")
        #expect(there.exitStatus == 2)
        #expect(try folder.read("a.yaml") == "mine\n")
        #expect(server.requestCount == 0)
        let port = try Loopback.unusedPort()
        let silent = try plumb("new", "from", "curl", "curl http://127.0.0.1:\(port)/", "--output", "b.yaml")
        #expect(silent.exitStatus == 3)
        #expect(silent.standardError.contains("refused"))
        #expect(try plumb("new", "from", "curl", "curl", "-X", "http://h").exitStatus == 2)
        #expect(try plumb("new", "from", "nothing", "x").exitStatus == 2)
        #expect(try TextFile.names(in: folder.path) == ["a.yaml"])
        let unasked = try plumb(
            "new", "from", "curl", "curl http://127.0.0.1:\(port)/x -k", "--no-run", "--output", "b.yaml")
        #expect(unasked.exitStatus == 0)
        #expect(try plumb("lint", "b.yaml").exitStatus == 0)
    }

    // MARK: OpenAPI

    private func description(_ paths: String) -> String {
        """
        openapi: 3.0.3
        info: { title: T, version: "1" }
        servers: [{ url: "\(server.url)" }]
        security: [{ key: [] }]
        paths:
        \(paths)
        components:
          securitySchemes: { key: { type: apiKey, in: header, name: X-Api-Key } }
          schemas:
            User:
              type: object
              required: [id, name]
              properties:
                id: { type: integer, readOnly: true }
                name: { type: string, example: Ada }
                boss: { $ref: "#/components/schemas/User" }
                born: { type: string, format: date, nullable: true }

        """
    }

    private static let users = """
          /users:
            post:
              operationId: addUser
              requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
              responses: { "201": { description: made } }
          /users/{id}:
            parameters: [{ name: id, in: path, required: true, schema: { type: integer }, example: 7 }]
            get:
              tags: [users]
              summary: One user.
              responses:
                "200":
                  description: ok
                  content: { application/json: { schema: { $ref: "#/components/schemas/User" } } }
        """

    @Test func `each operation becomes a scenario, filled from what is answered`() throws {
        try folder.write(description(Self.users), to: "api.yaml")
        let key = ["X_API_KEY": "key-12345"]
        let run = try plumb("new", "from", "openapi", "api.yaml", "--output", "scenarios", environment: key)
        #expect(run.exitStatus == 0, "\(run.standardError)")
        #expect(try TextFile.names(in: folder.path("scenarios")) == ["addUser.yaml", "get_users_id.yaml"])
        #expect(Set(server.requests.map(\.method)) == ["GET"])
        let get = try folder.read("scenarios/get_users_id.yaml")
        #expect(get.contains("name: Ada") && get.contains("/users/7") && get.contains("tags: [users]"))
        #expect(get.contains("X-Api-Key: ${{ $env.X_API_KEY }}") && !get.contains("key-12345"))
        try tryOut("scenarios/get_users_id.yaml", environment: key)
        let post = try folder.read("scenarios/addUser.yaml")
        #expect(post.contains("name: Ada") && post.contains("born: \"2024-01-31\"") && post.contains("status: 201"))
        try tryOut("scenarios/addUser.yaml", environment: key)
        #expect(try plumb("new", "from", "openapi", "api.yaml", "--output", "scenarios").exitStatus == 2)
    }

    @Test func `without an answer the schema says what is expected`() throws {
        try folder.write(description(Self.users), to: "api.yaml")
        let run = try plumb(
            "new", "from", "openapi", "api.yaml", "--operation", "get /users/{id}", "--no-run", "--base",
            "http://h.invalid/v1")
        #expect(run.exitStatus == 0)
        #expect(server.requestCount == 0)
        for line in [
            "get: http://h.invalid/v1/users/7", "id: { $: type == \"number\" }", "name: { $: type == \"string\" }",
        ] {
            #expect(run.standardOutput.contains(line), "\(line) lacks in\n\(run.standardOutput)")
        }
        #expect(try plumb("new", "from", "openapi", "api.yaml").exitStatus == 2)
    }

    @Test(arguments: [
        "paths: [": "error[yaml.", "swagger: \"2.0\"\npaths: {}\n": "error[new.openapi]: 'api.yaml' is Swagger 2.0",
        "a: 1\n": "lacks the key 'openapi'",
        "openapi: 3.1.0\npaths: {}\n": "no operation", "openapi: 3.1.0\npaths: { /a: {} }\n": "no operation",
        "openapi: 3.1.0\npaths: { /a: { $ref: other.yaml } }\n": "out of the file",
        "openapi: 3.1.0\npaths: { /a: { $ref: '#/x' } }\n": "leads to nothing",
        "openapi: 3.1.0\npaths: { /a: { $ref: '#/x' } }\nx: { $ref: '#/paths/~1a' }\n": "in a circle",
        "openapi: 3.1.0\npaths: { /a: { get: {} } }\n": "error[new.server]: the file names no server",
    ])
    func `a description that cannot be used is refused with the reason`(text: String, reason: String) throws {
        try folder.write(text, to: "api.yaml")
        let run = try plumb("new", "from", "openapi", "api.yaml")
        #expect(run.exitStatus == 2)
        #expect(run.standardError.contains(reason), "\(run.standardError)")
        #expect(run.standardError.contains("= hint: "), "\(run.standardError)")
        #expect(try plumb("new", "from", "openapi", "nowhere.yaml").exitStatus == 2)
    }

    @Test(arguments: [
        (["curl", "wget http://h"], "error[new.curl]: the command does not begin with 'curl'", 2),
        (
            ["curl", "curl http://h -H 'A: $X' -H \"B: $NOWHERE\""],
            "error[new.missing-variable]: the environment has no NOWHERE", 2
        ),
        (["curl", "curl http://127.0.0.1:1/"], "error[new.no-answer]: ", 3),
        (["curl", "curl http://h", "--output", "there.yaml"], "error[file.present]: 'there.yaml' is there already", 2),
        (
            ["curl", "curl http://h", "--no-run", "--output", "there.yaml/x.yaml"],
            "error[file.not-written]: 'there.yaml", 2
        ),
        (["openapi", "api.yaml", "--operation", "lst"], "error[new.operation]: there is no operation 'lst'", 2),
        (["openapi", "api.yaml"], "error[new.operation]: the file describes 2 operations", 2),
    ])
    func `what cannot be written is refused under a code that can be explained`(
        words: [String], message: String, status: Int
    ) throws {
        try folder.write("mine\n", to: "there.yaml")
        try folder.write(
            "openapi: 3.1.0\nservers: [{ url: http://h.invalid }]\npaths: { /a: { get: { operationId: list }, put: {} } }\n",
            to: "api.yaml")
        let run = try CommandRun.plumb(["new", "from"] + words, in: folder.path)
        #expect(run.exitStatus == status, "\(run.standardError)")
        #expect(run.standardError.hasPrefix(message), "\(run.standardError)")
        let code = run.standardError.prefix { $0 != "]" }.dropFirst("error[".count)
        #expect(try plumb("explain", String(code)).exitStatus == 0)
        #expect(try folder.read("there.yaml") == "mine\n")
    }

    @Test func `two credentials of one name are read by two`() throws {
        let run = try plumb(
            "new", "from", "curl",
            "curl '\(server.url)/users/7?token=first-one' -H 'Authorization: Bearer a-b-c-d' -H 'Token: second-one'",
            "--output", "two.yaml")
        #expect(run.exitStatus == 0, "\(run.standardError)")
        let text = try folder.read("two.yaml")
        #expect(text.contains("token=${{ $env.TOKEN_2 }}") && text.contains("Token: ${{ $env.TOKEN }}"), "\(text)")
        #expect(!text.contains("first-one") && !text.contains("second-one"))
        #expect(run.standardError.contains("API_TOKEN, TOKEN") || run.standardError.contains("TOKEN_2"))
        try tryOut("two.yaml", environment: ["API_TOKEN": "a-b-c-d", "TOKEN": "second-one", "TOKEN_2": "first-one"])
    }
}
