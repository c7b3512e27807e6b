import Diagnostics
import Expressions
import PlumbTesting
import ScenarioCompiler
import ScenarioModel
import StepDrivers
import Testing

struct ExecutionGraphTests {
    private static let configuration = """
        secrets: [API_KEY]
        defaults: { timeout: { http: 20s }, retry: { max: 2 } }
        profiles:
          test:
            targets:
              gateway: { kind: http, default: true, url: "http://127.0.0.1:${{ $env.PORT }}", auth: { bearer: "${{ $secrets.API_KEY }}" } }
              other: { kind: http, url: "http://127.0.0.1:2", timeout: 7s }
        """

    private func draw(
        _ files: [String: String], configuration: String = Self.configuration, _ options: RunPlan.Options = .init()
    ) throws -> RunGraph {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try folder.write(configuration, to: "plumb.yaml")
        for (name, text) in files { try folder.write(text, to: name) }
        var problems: [Diagnostic] = []
        let request = ConfigurationRequest(scenarios: ["."], workingFolder: folder.path)
        let loaded = ConfigurationReader.load(
            request, kinds: StepKinds.all, files: DiskFiles(), environment: ["PORT": "8000", "API_KEY": "sesame-open"],
            into: &problems)
        let settings = try #require(loaded)
        let compilation = Compiler(
            configuration: settings, kinds: StepKinds.all, files: DiskFiles(), workingFolder: folder.path
        ).compile(["."])
        problems += compilation.diagnostics
        let engine = ExpressionEngine(compilation.expressions)
        let plan = RunPlanner.plan(
            compilation, settings, kinds: StepKinds.all, engine: engine, options: options, selection: .init(),
            into: &problems)
        #expect(problems.isEmpty, "\(problems.map(\.message.text))")
        return ExecutionGraph.draw(plan, kinds: StepKinds.all, engine: engine)
    }

    private func fact(_ node: Graph.Node, _ name: String) -> Graph.Fact? {
        (node.flow + node.judgement + node.settings).first { $0.name == name }
    }

    @Test func `edges have a reason and the line that asks for them`() throws {
        let graph = try draw([
            "a.yaml": """
            steps:
              - id: one
                http: { get: /1 }
                cleanup:
                  - http: { delete: /1 }
              - http: { get: /2 }
              - id: three
                http: { get: "/${{ $steps.one.status }}" }
              - group:
                  parallel: true
                  steps:
                    - { id: left, http: { get: /l } }
                    - { id: right, needs: [left], http: { get: /r } }
            """
        ]).scenarios[0]
        #expect(graph.edges.contains(.init(from: "one", to: "s3", reason: .chain)))
        #expect(graph.edges.contains(.init(from: "one", to: "three", reason: .reference, place: "a.yaml:8")))
        #expect(graph.edges.contains(.init(from: "left", to: "right", reason: .needs, place: "a.yaml:13")))
        #expect(graph.edges.contains { $0.from == "one" && $0.to == "s2" && $0.reason == .cleanup })
        #expect(graph.cleanup.map(\.id) == ["s2"])
        #expect(graph.cleanup[0].undoes == "one")
    }

    @Test func `what is known stands in the request, secrets never do`() throws {
        let graph = try draw([
            "a.yaml": """
            vars: { n: 7, name: 'Ada "the" first', id: "${{ uuid }}" }
            steps:
              - http:
                  post: /users/${{ $vars.n }}
                  headers: { x-id: "${{ $vars.id }}", x-port: "${{ $env.PORT }}" }
                  json: { n: "${{ $vars.n }}", text: "for ${{ $vars.name }}", run: "${{ $run.id }}" }
            """
        ]).scenarios[0]
        let request = graph.nodes[0].request
        #expect(request[0] == "POST http://127.0.0.1:8000/users/7")
        #expect(request.contains("x-id: ${{ $vars.id }}"))
        #expect(request.contains("x-port: 8000"))
        #expect(request.contains("  \"n\": 7,"))
        #expect(request.contains("  \"text\": \"for Ada \\\"the\\\" first\","))
        #expect(request.contains("  \"run\": ${{ $run.id }}"))
        #expect(request.contains("Authorization: Bearer ***"))
        #expect(!request.joined().contains("sesame"))
    }

    @Test func `each setting names the place that set it`() throws {
        var options = RunPlan.Options()
        options.flags = .init(retries: 4)
        let graph = try draw(
            [
                "a.yaml": """
                steps:
                  - http: { get: /1 }
                  - target: other
                    http: { get: /1 }
                    timeout: 3s
                    until: .status == 200
                    within: 9s
                """
            ], options
        ).scenarios[0]
        #expect(fact(graph.nodes[0], "timeout") == .init("timeout", "20s", origin: "plumb.yaml:2"))
        #expect(fact(graph.nodes[0], "retry") == .init("retry", "4", origin: "--retries"))
        #expect(fact(graph.nodes[1], "timeout") == .init("timeout", "3s", origin: "a.yaml:5"))
        #expect(fact(graph.nodes[1], "within") == .init("within", "9s", origin: "a.yaml:7"))
        #expect(fact(graph.nodes[1], "every") == .init("every", "500ms", origin: "default"))
        #expect(graph.nodes[0].target?.origin == "the default; plumb.yaml:6")
        #expect(graph.nodes[1].target?.origin == "named at a.yaml:3; plumb.yaml:7")
    }

    @Test func `the status that is expected without a word is told`() throws {
        let graph = try draw([
            "a.yaml": """
            steps:
              - http: { get: /1 }
              - http: { get: /1 }
                expect: { status: 404 }
              - http: { get: /1 }
                assert: [.error == null or .error.kind == "refused"]
            """
        ]).scenarios[0]
        let expected = graph.nodes.map { $0.judgement.filter { $0.origin == "implied" }.map(\.value) }
        #expect(expected == [["status is 2xx"], [], []])
        #expect(fact(graph.nodes[2], "accepts") != nil)
    }

    @Test func `a needed scenario is drawn once for equal parameters, a used one in its place`() throws {
        let user = """
            needs: { session: { file: _login.yaml, with: { user: bob } } }
            steps:
              - id: again
                use: { file: _login.yaml, with: { user: eve } }
            """
        let run = try draw([
            "_login.yaml": """
            vars: { user: null }
            steps:
              - id: login
                http: { post: /login, form: { user: "${{ $vars.user }}" } }
            outputs: { status: $steps.login.status }
            """,
            "a.yaml": user, "b.yaml": user, "c.yaml": user.replacing("bob", with: "carol"),
        ])
        #expect(run.needed.map(\.name) == ["_login.yaml[user: bob]", "_login.yaml[user: carol]"])
        #expect(
            run.scenarios.map { $0.needs[0].graph } == [run.needed[0].name, run.needed[0].name, run.needed[1].name])
        let inner = run.scenarios[0].nodes[0].children
        #expect(inner.map(\.id) == ["again/login"])
        #expect(inner[0].request.contains("user: eve"))
        #expect(run.needed[0].nodes[0].request.contains("user: bob"))
    }

    @Test func `rows are tests of one graph, locks name who shares them`() throws {
        let run = try draw([
            "a.yaml": "cases: [1, 2]\nlocks: [gateway]\nsteps: [{ http: { get: /a } }]\n",
            "b.yaml": "steps: [{ http: { get: /a } }]\n",
        ])
        #expect(run.scenarios.map(\.name) == ["a", "b"])
        #expect(run.scenarios[0].tests.map(\.name) == ["a[1]", "a[2]"])
        #expect(run.locks == [.init(name: "gateway", exclusive: ["a"], shared: ["b"])])
    }

    @Test func `a step that watches another has an edge, and takes the targets of both for itself`() throws {
        let page = "      page: { kind: openmetrics, url: 'http://127.0.0.1:3' }\n"
        let configuration = Self.configuration + "\n" + page
        let run = try draw(
            [
                "a.yaml": """
                steps:
                  - { id: ask, http: { get: /a } }
                  - { id: next, http: { get: /b } }
                  - { id: seen, metric: { delta: a_total, over: ask } }
                """,
                "b.yaml": "steps: [{ metric: up }, { http: { get: /a } }]\n",
            ], configuration: configuration)
        let edges = run.scenarios[0].edges
        #expect(edges.contains(.init(from: "ask", to: "seen", reason: .watch, place: "a.yaml:4")))
        #expect(run.scenarios[0].locks == ["gateway", "page"])
        #expect(run.locks.map(\.name) == ["gateway", "page"])
        #expect(run.locks.allSatisfy { $0.exclusive == ["a"] && $0.shared == ["b"] })
        #expect(run.scenarios[0].nodes[2].request == ["delta a_total", "over ask"])
    }
}
