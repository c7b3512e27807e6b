import Expressions
import Glibc
import PlumbTesting
import Testing

/// Signals in the middle of a run.
@Suite(.onOwnThreads) struct InterruptTests {
    /// A server that answers nothing for `/slow`.
    private static func server() throws -> RawServer {
        try RawServer { connection in
            while let request = try connection.readRequest() {
                if request.path == "/slow" { try connection.hang() }
                try connection.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
            }
        }
    }

    private static let scenario = """
        steps:
          - id: make
            http: {post: /things}
            cleanup:
              - http: {delete: /things/1}
          - id: slow
            http: {get: /slow}
          - id: never
            http: {get: /never}
        """

    private static let reports = [
        "--report", "json=reports/run.json", "--report", "junit=reports/run.xml", "--report", "jsonl=reports/run.jsonl",
        "--report", "markdown=reports/run.md",
    ]

    /// Waits until the server has read that many requests.
    private func wait(for count: Int, _ server: RawServer) -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while server.requestCount < count {
            guard ContinuousClock.now < deadline else { return false }
            usleep(10_000)
        }
        return true
    }

    @Test func `polling that is interrupted is no condition that did not hold`() throws {
        let server = try Self.server()
        let poll = "steps:\n  - http: { get: /things }\n    until: .body.done?\n    within: 10m\n    every: 20ms\n"
        let project = try TestProject(server: server.url, ["a.yaml": poll])
        let command = try project.start(["run", "a.yaml"] + Self.reports)
        #expect(wait(for: 3, server))
        command.signal(SIGINT)
        let run = project.finish(command, within: .seconds(30))
        #expect(run.status == .exit(130))
        let test = try #require(try project.report()["tests"]?.array?.first)
        #expect(test["verdict"] == "error")
        let failures = test["steps"]?.array?.first?["failures"]?.array ?? []
        #expect(failures.compactMap { $0["code"]?.string } == ["run.interrupted"], "\(failures)")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends the tests, runs the cleanups and completes the reports`(_ signal: Int32) throws {
        let server = try Self.server()
        let project = try TestProject(
            server: server.url, ["a.yaml": Self.scenario, "b.yaml": TestProject.passing, "c.yaml": TestProject.passing])
        let command = try project.start(["run", "a.yaml", "b.yaml", "c.yaml", "--jobs", "1"] + Self.reports)
        #expect(wait(for: 2, server))
        command.signal(signal)
        let run = project.finish(command, within: .seconds(30))
        #expect(run.status == .exit(130))
        #expect(server.requests.map { "\($0.method) \($0.path)" } == ["POST /things", "GET /slow", "DELETE /things/1"])
        let report = try project.report()
        #expect(report["end"]?["interrupted"] == true)
        #expect(report["end"]?["status"] == 130)
        let tests = report["tests"]?.array ?? []
        #expect(tests.compactMap { $0["verdict"]?.string } == ["error", "skipped", "skipped"])
        #expect(tests.first?["reason"]?.string == "interrupted")
        #expect(try project.read("reports/run.xml").contains(#"name="plumb.interrupted" value="true""#))
        #expect(try project.read("reports/run.md").contains("nterrupted"))
        #expect(run.standardOutput.contains("once more to leave at once"))
    }

    @Test func `a second signal ends the run at once and keeps the old report`() throws {
        let server = try Self.server()
        let project = try TestProject(
            server: server.url,
            [
                "a.yaml": Self.scenario.replacing("delete: /things/1", with: "delete: /slow"),
                "reports/run.json": "{\"old\": true}",
            ])
        let command = try project.start(["run", "a.yaml", "--report", "json=reports/run.json"])
        #expect(wait(for: 2, server))
        command.signal(SIGINT)
        #expect(wait(for: 3, server), "the cleanup has begun, and hangs")
        let second = ContinuousClock.now
        command.signal(SIGINT)
        let run = project.finish(command, within: .seconds(20))
        #expect(run.status == .exit(130))
        #expect(second.duration(to: .now) < .seconds(10))
        #expect(try project.report()["old"] == true)
    }

    @Test func `a program that a step started goes with the run`() throws {
        let project = try TestProject([
            "a.yaml": "steps:\n  - exec: {command: [sh, -c, 'trap \"\" INT TERM; sleep 60']}\n"
        ])
        let command = try project.start(["run", "a.yaml", "--allow-exec"])
        #expect(command.waitForOutput("1 test"))
        usleep(700_000)
        command.signal(SIGTERM)
        let run = project.finish(command, within: .seconds(50))
        #expect(run.status == .exit(130))
    }

    @Test func `when the command is killed, worker, services and programs go with it`() throws {
        let server = try Self.server()
        let project = try TestProject(server: server.url, ["a.yaml": Self.scenario])
        try project.write(
            "profiles: {p: {sandbox: true, targets: {api: {kind: http, default: true, url: '\(server.url)'}}}}\n",
            to: "plumb.yaml")
        let command = try project.start(["run", "a.yaml", "--report", "json=reports/run.json"])
        #expect(wait(for: 2, server))
        command.signal(SIGKILL)
        #expect(command.finish().status == .signal(Int(SIGKILL)))
        // The next run is held to what holds for every one: nothing of the killed one is left.
        try project.write(TestProject.passing, to: "b.yaml")
        #expect(try project.run("run", "b.yaml").status == .exit(0))
        #expect(try TextFile.names(in: project.path("reports")).isEmpty)
    }
}
