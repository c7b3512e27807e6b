import PlumbTesting
import Testing

/// `--step`: the named steps run, with what they read and need, and nothing else.
@Suite(.onOwnThreads) struct StepChoiceTests {
    private static let scenario = """
        steps:
          - { id: login, http: { get: /login } }
          - { id: unrelated, http: { get: /unrelated } }
          - id: both
            group:
              parallel: true
              steps:
                - { id: left, http: { get: '/left?of=${{ $steps.login.status }}' } }
                - { id: right, http: { get: /right } }
                - { id: behind, needs: [right], http: { get: /behind } }
          - { id: last, http: { get: '/last?of=${{ $steps.left.status }}' } }

        """

    private func paths(_ steps: String...) throws -> (paths: Set<String>, run: CommandRun) {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try TestProject(server: server.url, ["a.yaml": Self.scenario, "b.yaml": TestProject.passing])
        let run = try project.finish(
            project.start(["run", "a.yaml", "b.yaml"] + steps.flatMap { ["--step", $0] }))
        return (Set(server.requests.map { String($0.path.prefix { $0 != "?" }) }), run)
    }

    @Test func `a step runs with those that it reads, in a group too`() throws {
        let (paths, run) = try paths("last")
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        #expect(paths == ["/login", "/left", "/last"])
        // The other scenario has no such step.
        #expect(run.standardOutput.contains("1 passed"))
    }

    @Test func `a step runs with those that it needs`() throws {
        #expect(try paths("behind").paths == ["/right", "/behind"])
        #expect(try paths("behind", "unrelated").paths == ["/right", "/behind", "/unrelated"])
    }

    @Test func `a group that is named runs whole`() throws {
        #expect(try paths("both").paths == ["/login", "/left", "/right", "/behind"])
    }

    @Test func `a step that no scenario has is said, and nothing runs`() throws {
        let (paths, run) = try paths("lost")
        #expect(run.status == .exit(2))
        #expect(paths.isEmpty)
    }
}
