import Expressions
import PlumbTesting
import Testing

/// Targets that only the run knows, and what bounds them.
@Suite(.onOwnThreads) struct TargetProblemTests {
    @Test func `names that the run finds to be of no target are errors of their steps`() throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try TestProject(
            server: server.url,
            [
                "a.yaml": """
                vars: { name: { none: null }, wrong: apo, other: zzzzzz }
                keep_going: true
                targets:
                  own: { kind: http, url: "\(server.url)/own" }
                steps:
                  - { id: none, target: '${{ $vars.name.none }}', http: { get: / } }
                  - { id: wrong, target: '${{ $vars.wrong }}', http: { get: / } }
                  - { id: other, target: '${{ $vars.other }}', http: { get: / } }
                  - { id: own, target: own, http: { get: /x } }

                """
            ])
        let run = try project.run("run", "a.yaml", "--report", "json=reports/run.json")
        #expect(run.status == .exit(3))
        let steps = try project.report()["tests"]?.array?.first?["steps"]?.array ?? []
        #expect(steps.compactMap { $0["verdict"]?.string } == ["error", "error", "error", "passed"])
        for words in ["the target's name is null", "has no target 'apo'", "did you mean 'api'?", "it has: api"] {
            #expect(run.standardOutput.contains(words), "\(words) lacks in \(run.standardOutput)")
        }
        #expect(server.requests.map(\.path) == ["/own/x"])
    }

    @Test func `a target with one connection is asked by one element at a time`() throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try TestProject([
            "plumb.yaml": """
            secrets: [TOKEN]
            profiles: { p: { targets: { api: { kind: http, url: "\(server.url)", max_connections: 1 } } } }

            """,
            "a.yaml": """
            steps:
              - id: many
                each: { in: '[range(20)]', parallel: 10 }
                http: { get: '/${{ $item }}' }
                assert: [.status == 200]

            """,
        ])
        let run = try project.run("run", "a.yaml")
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        #expect(server.requestCount == 20)
        #expect(server.connectionCount == 1)
    }
}
