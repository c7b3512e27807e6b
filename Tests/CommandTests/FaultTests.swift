import Expressions
import Glibc
import PlumbTesting
import Testing

/// Faults of a run as its user meets them: recovery that fails, ports that are taken, runs that are killed.
@Suite(.onOwnThreads) struct FaultTests {
    private static func server() throws -> SimpleHTTPServer {
        try SimpleHTTPServer { request in
            .json("{}", status: request.path == "/gone" ? 404 : 200)
        }
    }

    private func project(_ url: String, links: String = "", _ files: [String: String]) throws -> TestProject {
        let settings = """
            secrets: [TOKEN]
            profiles:
              test:
                targets:
                  api: { kind: http, url: "\(url)" }
            """
        return try TestProject(files.merging(["plumb.yaml": settings + "\n" + links]) { own, _ in own })
    }

    @Test func `a group that does not recover fails, and says what it was awaited for`() throws {
        let server = try Self.server()
        let project = try project(
            server.url,
            [
                "a.yaml": """
                steps:
                  - id: back
                    faults: { api: { refuse: true } }
                    recovers_within: 1s
                    group:
                      steps:
                        - id: ask
                          http: { get: /gone }
                          expect: { status: 200 }
                """
            ])
        let run = try project.run("run", "a.yaml")
        #expect(run.status == .exit(1))
        #expect(run.standardOutput.contains("failed[fault.not-recovered]: 'back' did not recover within 1s"))
        #expect(run.standardOutput.contains("under the fault ask failed"))
        #expect(server.requestCount > 0)
    }

    @Test func `the time to recovery is in the result and in the reports`() throws {
        let server = try Self.server()
        let project = try project(
            server.url,
            [
                "a.yaml": """
                steps:
                  - id: back
                    faults: { api: { reset: true } }
                    recovers_within: 30s
                    group:
                      steps:
                        - http: { get: / }
                  - assert: [$steps.back.recovered_ms >= 0, $steps.back.passed_under_fault == false]
                """
            ])
        let run = try project.run("run", "a.yaml", "--report", "json=reports/run.json")
        #expect(run.status == .exit(0))
        let step = try project.report()["tests"]?.array?.first?["steps"]?.array?.first
        #expect(step?["recovered_ms"]?.number != nil)
        #expect(step?["reason"]?.string?.hasPrefix("recovered in ") == true)
    }

    @Test func `a test without faults is not struck by those of another beside it`() throws {
        let server = try Self.server()
        let faulty = """
            steps:
              - http: { get: / }
                repeat: { times: 30 }
                faults: { api: { reset: true } }
                expect: { error: { kind: reset } }
            """
        let plain = """
            steps:
              - http: { get: / }
                repeat: { times: 200, parallel: 4 }
            """
        let project = try project(server.url, ["a.yaml": faulty, "b.yaml": plain, "c.yaml": plain])
        let run = try project.run("run", "a.yaml", "b.yaml", "c.yaml", "--jobs", "3")
        #expect(run.status == .exit(0))
        #expect(run.standardOutput.contains("3 passed"))
    }

    @Test func `a fault of the command line strikes every test, and a bad one is told before anything runs`() throws {
        let server = try Self.server()
        let refused = "steps:\n  - http: { get: / }\n    expect: { error: { kind: refused } }\n"
        let project = try project(server.url, ["a.yaml": refused, "b.yaml": refused])
        let run = try project.run("run", "a.yaml", "b.yaml", "--fault", "api: { refuse: true }")
        #expect(run.status == .exit(0))
        #expect(server.requestCount == 0)
        let bad = try project.run("run", "a.yaml", "--fault", "apo: { refuse: true }")
        #expect(bad.status == .exit(2))
        #expect(bad.standardError.contains("did you mean 'api'?"))
    }

    @Test func `the port of a link that is taken is an error of the steps that need it`() throws {
        let server = try Self.server()
        let project = try project(
            server.url,
            links: "    links:\n      a->b: { listen: \"127.0.0.1:\(server.port)\", to: \"127.0.0.1:9\" }\n",
            [
                "a.yaml": "steps:\n  - http: { get: / }\n    faults: { a->b: { refuse: true } }\n",
                "b.yaml": "steps:\n  - http: { get: / }\n",
            ])
        let run = try project.run("run", "a.yaml", "b.yaml")
        #expect(run.status == .exit(3))
        #expect(run.standardOutput.contains("link 'a->b' is not there: cannot listen on 127.0.0.1:\(server.port)"))
        #expect(run.standardOutput.contains("1 passed"))
    }

    @Test func `a link carries what services send, and is gone with a run that is killed`() throws {
        let server = try Self.server()
        let port = try Loopback.unusedPort()
        let project = try project(
            "http://127.0.0.1:\(port)",
            links: "    links:\n      a->b: { listen: \"127.0.0.1:\(port)\", to: \"127.0.0.1:\(server.port)\" }\n",
            [
                "a.yaml": """
                steps:
                  - http: { get: / }
                  - http: { get: / }
                    faults: { a->b: { refuse: true } }
                    expect: { error: { kind: refused } }
                  - http: { get: / }
                  - id: long
                    wait: 60s
                """
            ])
        let command = try project.start(["run", "a.yaml", "--report", "jsonl=-"])
        #expect(command.waitForOutput("\"long\""))
        #expect(server.requestCount == 2)
        command.signal(SIGKILL)
        _ = command.finish(within: .seconds(30))
        // The worker dies with the command; the system gives the port free then.
        let deadline = ContinuousClock.now + .seconds(30)
        var isFree = false
        while !isFree, ContinuousClock.now < deadline {
            isFree = Self.isRefused(port)
            if !isFree { usleep(20_000) }
        }
        #expect(isFree)
    }

    private static func isRefused(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return status != 0 && errno == ECONNREFUSED
    }
}
