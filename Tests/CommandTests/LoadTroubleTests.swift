import Expressions
import Glibc
import PlumbTesting
import Testing

/// Loads under bad conditions: what fails, what dies, what is in the way.
@Suite(.onOwnThreads) struct LoadTroubleTests: LoadedService {
    @Test func `where every request fails there are percentiles of failures alone, and the cause`() throws {
        let server = try SimpleHTTPServer { _ in HTTPReply(503) }
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let run = try project.run(
            "load", "ask.yaml", "--users", "2", "--times", "20", "--assert", ".ms.p95 < 100", "--report",
            "json=reports/load.json")
        #expect(run.status == .exit(4))
        #expect(run.standardOutput.contains("0 of 20 runs passed, and all must"))
        #expect(run.standardOutput.contains("hint: no run passed, so that 'ms' and 'service_ms' are null"))
        let report = try project.report("load.json")
        let aggregate = report["outcome"]?["aggregate"]
        #expect(aggregate?["ms"] == .null)
        #expect(aggregate?["failed_ms"]?["p99"]?.number != nil)
        #expect(aggregate?["failed"] == 20)
        #expect(aggregate?["error_kinds"]?.object?.map(\.1) == [20])
        #expect(report["outcome"]?["samples"]?.array?.count == 1)
        #expect(try SchemaChecker("load").problems(of: report) == [])
    }

    @Test func `behind a step that fails the others of a run are skipped, and counted so`() throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"id": 8}"#) }
        let project = try TestProject(
            server: server.url,
            ["two.yaml": Self.ask + "\n  - id: then\n    http: { get: \"/other?${{ $steps.ask.body.id }}\" }\n"])
        let run = try project.run(
            "load", "two.yaml", "--users", "1", "--times", "5", "--report", "json=reports/load.json")
        #expect(run.status == .exit(4))
        #expect(server.requestCount == 5)
        let outcome = try project.report("load.json")["outcome"]
        let steps = outcome?["aggregate"]?["steps"]
        #expect(steps?["ask"]?["failed"] == 5)
        #expect(steps?["then"]?["skipped"] == 5)
        #expect(steps?["then"]?["ms"] == .null)
        let told = outcome?["samples"]?.array?.first?["steps"]?.array
        #expect(told?.map { $0["verdict"] } == ["failed", "skipped"])
        #expect(told?.last?["needs"] == ["ask"])
    }

    @Test func `a sample tells the steps that passed before the one that did not`() throws {
        let server = try SimpleHTTPServer { request in
            request.target == "/item" ? .json(#"{"id": 7}"#) : HTTPReply(500)
        }
        let project = try TestProject(
            server: server.url, ["two.yaml": Self.ask + "\n  - id: then\n    http: { get: /other }\n"])
        _ = try project.run("load", "two.yaml", "--users", "1", "--times", "2", "--report", "json=reports/load.json")
        let report = try project.report("load.json")
        let told = report["outcome"]?["samples"]?.array?.first?["steps"]?.array
        #expect(told?.map { $0["id"] } == ["ask", "then"])
        #expect(told?.first?["verdict"] == "passed")
        #expect(told?.first?["target"] == "api")
        #expect(told?.first?["trace"]?["trace_id"] == told?.last?["trace"]?["trace_id"])
        #expect(try SchemaChecker("load").problems(of: report) == [])
    }

    @Test func `a worker that is killed ends the load as not carried out, and what was measured is reported`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let command = try project.start([
            "load", "ask.yaml", "--users", "1", "--duration", "10m", "--interval", "100ms", "--report",
            "json=reports/load.json",
        ])
        #expect(command.waitForOutput("in flight"))
        let worker = try #require(ChildProcesses.of(command.processID).first)
        kill(worker, SIGKILL)
        let run = project.finish(command)
        #expect(run.status == .exit(3))
        #expect(run.standardOutput.contains("the worker process died by signal 9"))
        let report = try project.report("load.json")
        #expect(report["outcome"]?["end"] == "crashed")
        #expect(report["intervals"]?.array?.isEmpty == false)
        #expect(try SchemaChecker("load").problems(of: report) == [])
    }

    @Test func `when the command is killed nothing of the load goes on`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let command = try project.start([
            "load", "ask.yaml", "--users", "2", "--duration", "10m", "--interval", "100ms",
        ])
        #expect(command.waitForOutput("in flight"))
        command.signal(SIGKILL)
        #expect(command.finish().status == .signal(Int(SIGKILL)))
        // This run is held to what holds for every one: no process of the killed one is left.
        #expect(try project.run("load", "ask.yaml", "--users", "1", "--times", "1").status == .exit(0))
    }

    @Test func `a port of the services that is taken is told before anything is sent`() throws {
        let server = try server()
        let settings = "profiles: { p: { sandbox: { port: \(server.port) } } }\n"
        let project = try TestProject(["plumb.yaml": settings, "ask.yaml": Self.ask])
        let run = try project.run("load", "ask.yaml", "--users", "1", "--times", "1")
        #expect(run.status == .exit(3))
        #expect(run.standardError.contains("\(server.port)"), "\(run.standardError)")
        #expect(server.requestCount == 0)
    }

    @Test func `each run has the faults of its own groups, and the others none of them`() throws {
        let server = try server()
        let scenario = """
            steps:
              - id: plain
                http: { get: /item }
              - id: faulted
                faults: { api: { refuse: true } }
                group:
                  steps:
                    - id: refused
                      http: { get: /item }
                      expect: { error: { kind: refused } }
              - id: after
                http: { get: /item }
            """
        let project = try TestProject(server: server.url, ["ask.yaml": scenario])
        let run = try project.run(
            "load", "ask.yaml", "--users", "4", "--times", "20", "--report", "json=reports/load.json")
        #expect(run.status == .exit(0), "\(run.standardOutput)")
        let steps = try project.report("load.json")["outcome"]?["aggregate"]?["steps"]
        for id in ["plain", "faulted", "refused", "after"] { #expect(steps?[id]?["passed"] == 20, "\(id)") }
        #expect(server.requestCount == 40)
    }
}
