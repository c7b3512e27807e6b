import Expressions
import PlumbTesting
import Testing

/// The secret in every place that a run tells of; the check itself is part of every run of a `TestProject`.
@Suite(.onOwnThreads) struct SecretTests {
    private static let secret = TestProject.secret

    @Test func `a secret in a scenario's own words is masked in all that comes out`() throws {
        let project = try TestProject([
            "a.yaml": """
            description: "\(Self.secret)"
            tags: ["\(Self.secret)"]
            vars: {a: "\(Self.secret)"}
            cases: [{name: "\(Self.secret)"}, {name: other}]
            keep_going: true
            steps:
              - {name: "\(Self.secret)", assert: ['$run.id == "\(Self.secret)"']}
              - assert: ['$secrets.TOKEN == $run.id', '($secrets.TOKEN | @base64) == $run.id', '($secrets.TOKEN | @uri) == $run.id']
              - assert: ['error($secrets.TOKEN) == $run.id', '($secrets.TOKEN | @json | @json) == $run.id', '{($secrets.TOKEN): 1} == $run.id']
              - assert: ['($run.id | ltrimstr("x")) == "\(Self.secret)"', '$vars.a == $run.id', '$case.name == $run.id']
            """,
            "b.yaml": "steps:\n  - foo: \"\(Self.secret)\"\n    assert: ['$run.id == \"\(Self.secret)\" | nope']\n",
        ])
        let run = try project.run(
            "run", "a.yaml", "--seed", Self.secret, "--var", "other=\(Self.secret)", "--report",
            "json=reports/run.json", "--report",
            "junit=reports/run.xml", "--report", "jsonl=reports/run.jsonl", "--report", "markdown=reports/run.md",
            "--report", "html=reports/run.html")
        #expect(run.status == .exit(1) || run.status == .exit(3))
        #expect(run.standardOutput.contains("a[***]"))
        let lint = try project.run("run", "b.yaml")
        #expect(lint.status == .exit(2))
        #expect(lint.standardError.contains("***"))
        for format in ["text", "json", "mermaid", "dot"] { _ = try project.run("plan", "a.yaml", "--format", format) }
        for format in ["text", "json", "sarif", "github"] {
            _ = try project.run("lint", "a.yaml", "b.yaml", "--format", format)
        }
        _ = try project.run("run", "a.yaml", "--tag", Self.secret.lowercased())
        _ = try project.run("run", "a.yaml", "--report", "json=\(Self.secret.split(separator: "/")[0])/\(Self.secret)")
    }

    @Test func `a captured secret is masked from then on`() throws {
        let captured = "cap-HIDDEN-5678"
        let server = try SimpleHTTPServer { request in
            request.path == "/login"
                ? .json("{\"token\": \"\(captured)\"}") : .json("{\"you\": \"\(request.header("x-t") ?? "")\"}")
        }
        let project = try TestProject(
            server: server.url,
            [
                "a.yaml": """
                steps:
                  - id: login
                    http: {post: /login}
                    capture: {token: {jq: .body.token, secret: true}}
                  - http: {get: "/me?t=${{ $steps.login.token }}", headers: {x-t: "${{ $steps.login.token }}"}}
                    assert: ['.body.you == "nobody"', '$steps.login.token == .body.you | not']
                """
            ])
        let run = try project.run(
            "run", "a.yaml", "--report", "json=reports/run.json", "--report", "junit=reports/run.xml")
        #expect(run.status == .exit(1))
        for text in [
            run.standardOutput, run.standardError, try project.read("reports/run.json"),
            try project.read("reports/run.xml"),
        ] {
            #expect(!text.contains(captured))
        }
    }
}
