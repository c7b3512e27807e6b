import PlumbTesting
import Testing

@Suite(.onOwnThreads) struct PlanTests {
    private static func project(_ url: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(
            """
            secrets: [API_KEY]
            profiles:
              test:
                targets:
                  gateway:
                    kind: http
                    url: \(url)
                    auth: { oauth2_client_credentials: { token_url: \(url)/token, client_id: me, client_secret: "${{ $secrets.API_KEY }}" } }
            """, to: "plumb.yaml")
        try folder.write(
            """
            needs: { session: { file: _login.yaml } }
            steps:
              - http: { get: "/users?key=${{ $secrets.API_KEY }}" }
              - http: { get: "\(url)/absolute" }
                cleanup:
                  - http: { delete: /users }
            """, to: "a.yaml")
        try folder.write("steps: [{ http: { get: /login } }]\n", to: "_login.yaml")
        return folder
    }

    @Test(arguments: ["text", "json", "mermaid", "dot"])
    func `a plan opens no connection and shows no secret`(_ format: String) throws {
        let server = try SimpleHTTPServer { _ in .text("no") }
        let folder = try Self.project(server.url)
        defer { withExtendedLifetime(folder) {} }
        let run = try CommandRun.plumb(
            ["plan", "a.yaml", "--format", format], environment: ["API_KEY": "sesame-open"], in: folder.path)
        #expect(run.exitStatus == 0)
        #expect(run.standardOutput.contains("\(server.port)/users"))
        #expect(!(run.standardOutput + run.standardError).contains("sesame"))
        #expect(server.connectionCount == 0)
    }

    @Test func `an unknown format is a usage error that names the nearest`() throws {
        let run = try CommandRun.plumb(["plan", "a.yaml", "--format", "mermade"])
        #expect(run.exitStatus == 64 || run.exitStatus == 2)
        #expect(run.standardError.contains("did you mean 'mermaid'?"))
    }

    @Test func `what lint finds keeps a plan from being made`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try folder.write("steps: [{ htp: { get: /a } }]\n", to: "a.yaml")
        let run = try CommandRun.plumb(["plan", "a.yaml"], in: folder.path)
        #expect(run.exitStatus == 2)
        #expect(run.standardOutput.isEmpty)
        #expect(run.standardError.contains("did you mean 'http'?"))
    }
}
