import Expressions
import Glibc
import PlumbTesting
import Synchronization
import Testing

/// Loads that several processes share, against a server that counts what comes.
@Suite(.onOwnThreads) struct LoadLoopsTests {
    private static let ask = """
        cases: [ { name: a }, { name: b }, { name: c } ]
        steps:
          - id: ask
            http: { get: "/item?row=${{ $case.name }}&id=${{ uuid }}" }
            capture: { got: .body.id }
            assert: [ .body.id == 7 ]
        """

    /// What was asked for, in whatever order.
    private final class Asked: Sendable {
        private let targets = Mutex<[String]>([])
        func add(_ target: String) { targets.withLock { $0.append(target) } }
        var sorted: [String] { targets.withLock { $0.sorted() } }
    }

    private func server(_ asked: Asked = Asked(), delay: Duration = .zero) throws -> SimpleHTTPServer {
        try SimpleHTTPServer { request in
            asked.add(request.target)
            var reply = HTTPReply.json(#"{"id": 7}"#)
            if delay > .zero { reply.delay = delay }
            return reply
        }
    }

    /// The worker that leads a load, and the others, once there are so many.
    private func workers(of command: RunningCommand, loops: Int) throws -> (leader: pid_t, others: [pid_t]) {
        let leader = try #require(ChildProcesses.of(command.processID).first)
        let others = ChildProcesses.of(Int(leader))
        try #require(others.count == loops - 1)
        return (leader, others)
    }

    @Test(arguments: [
        ["--users", "6", "--times", "100"],
        ["--rate", "100/s", "--duration", "1s"],
        ["--rate", "100/s", "--duration", "1s", "--spacing", "poisson"],
    ])
    func `two and three loops send exactly what one sends, and count it`(_ shape: [String]) throws {
        var sent: [[String]] = []
        for loops in 1...3 {
            let asked = Asked()
            let server = try server(asked)
            let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
            let words =
                ["load", "ask.yaml", "--seed", "s", "--loops", "\(loops)", "--report", "json=reports/load.json"] + shape
            let run = project.finish(try project.start(words))
            #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
            let report = try project.report("load.json")
            let aggregate = report["outcome"]?["aggregate"]
            #expect(aggregate?["generator"]?["loops"] == Value(loops))
            #expect(aggregate?["runs"] == Value(server.requestCount))
            #expect(report["outcome"]?["requests"] == Value(server.requestCount))
            #expect(aggregate?["dropped"] == 0)
            #expect(try SchemaChecker("load").problems(of: report) == [])
            sent.append(asked.sorted)
        }
        #expect(sent[0].count >= 60)
        #expect(Set(sent[0]).count == sent[0].count, "each run has a value of its own")
        #expect(sent[1] == sent[0])
        #expect(sent[2] == sent[0])
    }

    @Test func `the assertions judge all loops, and a load that does not hold is ended in all`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let held = try project.run(
            "load", "ask.yaml", "--users", "4", "--times", "50", "--loops", "2", "--assert", ".runs == 50", "--assert",
            ".steps.ask.got | length == 50")
        #expect(held.status == .exit(0), "\(held.standardOutput)")
        let aborted = try project.run(
            "load", "ask.yaml", "--users", "4", "--duration", "10m", "--loops", "2", "--interval", "100ms", "--assert",
            ".runs < 3", "--abort", "--report", "json=reports/load.json")
        #expect(aborted.status == .exit(4))
        let outcome = try project.report("load.json")["outcome"]
        #expect(outcome?["end"] == "aborted")
        #expect(outcome?["aggregate"]?["runs"] == Value(server.requestCount - 50))
    }

    @Test func `a loop that is killed ends the load as not carried out, and the rest is reported`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let command = try project.start([
            "load", "ask.yaml", "--users", "4", "--duration", "10m", "--loops", "3", "--interval", "100ms", "--report",
            "json=reports/load.json",
        ])
        #expect(command.waitForOutput("in flight"))
        kill(try workers(of: command, loops: 3).others[1], SIGKILL)
        let run = project.finish(command)
        #expect(run.status == .exit(3))
        #expect(run.standardOutput.contains("error[run.crash]: the worker process of loop 3 died by signal 9"))
        let report = try project.report("load.json")
        #expect(report["outcome"]?["end"] == "crashed")
        #expect(report["outcome"]?["aggregate"]?["runs"]?.number.map { $0 > 0 } == true)
        #expect(try SchemaChecker("load").problems(of: report) == [])
    }

    @Test func `when the leading loop or the command is killed nothing of the load goes on`() throws {
        let server = try server()
        for killsLeader in [true, false] {
            let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
            let command = try project.start([
                "load", "ask.yaml", "--users", "4", "--duration", "10m", "--loops", "3", "--interval", "100ms",
            ])
            #expect(command.waitForOutput("in flight"))
            let leader = try workers(of: command, loops: 3).leader
            if killsLeader {
                kill(leader, SIGKILL)
                #expect(project.finish(command).status == .exit(3))
            } else {
                command.signal(SIGKILL)
                #expect(command.finish().status == .signal(Int(SIGKILL)))
                // This run is held to what holds for every one: no process of the killed one is left.
                #expect(try project.run("load", "ask.yaml", "--users", "1", "--times", "1").status == .exit(0))
            }
        }
    }

    @Test func `an interrupt ends all loops, and what they did is reported`() throws {
        let server = try server(delay: .milliseconds(20))
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let command = try project.start([
            "load", "ask.yaml", "--users", "4", "--duration", "10m", "--loops", "2", "--interval", "100ms", "--report",
            "json=reports/load.json",
        ])
        #expect(command.waitForOutput("in flight"))
        command.signal(SIGINT)
        #expect(project.finish(command, within: .seconds(30)).status == .exit(130))
        let outcome = try project.report("load.json")["outcome"]
        #expect(outcome?["end"] == "interrupted")
        #expect(outcome?["aggregate"]?["unfinished"] == 0)
        #expect(outcome?["aggregate"]?["runs"] == Value(server.requestCount))
    }

    @Test func `a second interrupt leaves at once, with no process left`() throws {
        let server = try server(delay: .seconds(60))
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let command = try project.start([
            "load", "ask.yaml", "--users", "4", "--duration", "10m", "--loops", "2", "--interval", "100ms",
        ])
        #expect(command.waitForOutput("in flight"))
        command.signal(SIGINT)
        #expect(command.waitForOutput("once more to leave at once"))
        command.signal(SIGINT)
        #expect(project.finish(command, within: .seconds(30)).status == .exit(130))
    }

    @Test func `a need runs once for all loops`() throws {
        let asked = Asked()
        let server = try SimpleHTTPServer { request in
            asked.add(request.target)
            return .json(#"{"token": 7}"#)
        }
        let login = """
            steps:
              - id: login
                http: { get: /token }
                capture: { token: .body.token }
            outputs: { token: $steps.login.token }
            """
        let ask = """
            needs: { login: { file: _login.yaml } }
            steps:
              - id: ask
                http: { get: "/item/${{ $needs.login.token }}" }
            """
        let project = try TestProject(server: server.url, ["ask.yaml": ask, "_login.yaml": login])
        let run = try project.run("load", "ask.yaml", "--users", "6", "--times", "12", "--loops", "3")
        #expect(run.status == .exit(0), "\(run.standardOutput)")
        #expect(asked.sorted == Array(repeating: "/item/7", count: 12) + ["/token"])
    }

    @Test func `what another loop captures as a secret is in no report`() throws {
        // The second row's run is the second loop's, so the leading one never captures its token.
        let server = try SimpleHTTPServer { request in
            request.target == "/item?row=b"
                ? HTTPReply(500) : .json("{\"token\": \"hidden\(request.target.suffix(1))9f8e\"}")
        }
        let scenario = """
            cases: [ { name: a }, { name: b } ]
            steps:
              - id: login
                http: { get: "/token?row=${{ $case.name }}" }
                capture: { token: { jq: .body.token, secret: true } }
              - id: ask
                http: { get: "/item?row=${{ $case.name }}", headers: { x-token: "${{ $steps.login.token }}" } }
            """
        let project = try TestProject(server: server.url, ["ask.yaml": scenario])
        let run = try project.run(
            "load", "ask.yaml", "--users", "2", "--times", "2", "--loops", "2", "--report", "json=reports/load.json",
            "--report", "jsonl=reports/load.jsonl", "--report", "html=reports/load.html")
        #expect(run.status == .exit(4))
        #expect(run.standardOutput.contains("x-token: ***"), "\(run.standardOutput)")
        let reports = try ["load.json", "load.jsonl", "load.html"].map { try project.read("reports/" + $0) }
        for text in reports + [run.standardOutput, run.standardError] { #expect(!text.contains("hiddenb9f8e")) }
        #expect(try project.report("load.json")["outcome"]?["samples"]?.array?.count == 1)
    }

    @Test func `the rate that a target allows holds for all loops together`() throws {
        let server = try server()
        let settings = """
            profiles: { test: { targets: { api: { kind: http, url: "\(server.url)", rate_limit: 40/s } } } }
            """
        let project = try TestProject(["plumb.yaml": settings, "ask.yaml": Self.ask])
        let run = try project.run("load", "ask.yaml", "--users", "4", "--duration", "2s", "--loops", "2")
        #expect(run.status == .exit(0), "\(run.standardOutput)")
        // Two seconds of it, and the four that wait at the end; each loop at the whole rate would send twice that.
        #expect((8...100).contains(server.requestCount), "\(server.requestCount)")
    }

    @Test func `faults on a target strike the same runs, however many loops share them`() throws {
        let scenario = """
            steps:
              - id: struck
                faults: { api: { chance: 0.5, respond: { status: 503, json: {} } } }
                group:
                  steps:
                    - id: ask
                      http: { get: "/item?id=${{ uuid }}" }
                      assert: [ ".status == 200 or .status == 503" ]
                      capture: { answered: .status }
              - id: twice
                faults: { api: { first: 1, respond: { status: 503, json: {} } } }
                group:
                  steps:
                    - { id: one, http: { get: /item }, expect: { status: 503 } }
                    - { id: two, http: { get: "/item?two=${{ uuid }}" }, expect: { status: 200 } }
            """
        var sent: [[String]] = []
        for loops in 1...3 {
            let asked = Asked()
            let server = try server(asked)
            let project = try TestProject(server: server.url, ["ask.yaml": scenario])
            let run = try project.run(
                "load", "ask.yaml", "--users", "6", "--times", "40", "--seed", "s", "--loops", "\(loops)", "--report",
                "json=reports/load.json", "--assert", ".steps.ask.answered | map(select(. == 503)) | length > 0")
            #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
            let aggregate = try project.report("load.json")["outcome"]?["aggregate"]
            #expect(aggregate?["generator"]?["loops"] == Value(loops))
            #expect(aggregate?["steps"]?["two"]?["passed"] == 40)
            sent.append(asked.sorted)
        }
        // What was struck was not asked of the service, so what was asked tells what was not.
        #expect((41..<80).contains(sent[0].count), "\(sent[0].count)")
        #expect(sent[1] == sent[0])
        #expect(sent[2] == sent[0])
    }

    /// A project whose target is reached through a link.
    private func linked(_ server: SimpleHTTPServer, _ scenario: String) throws -> TestProject {
        let port = try Loopback.unusedPort()
        let settings = """
            profiles:
              test:
                targets: { api: { kind: http, url: "http://127.0.0.1:\(port)" } }
                links: { a->b: { listen: "127.0.0.1:\(port)", to: "127.0.0.1:\(server.port)" } }
            """
        return try TestProject(["plumb.yaml": settings, "ask.yaml": scenario])
    }

    @Test func `a link that nobody puts faults on serves all loops`() throws {
        let server = try server()
        let project = try linked(server, Self.ask)
        let run = try project.run(
            "load", "ask.yaml", "--users", "6", "--times", "60", "--loops", "3", "--report", "json=reports/load.json")
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        #expect(try project.report("load.json")["outcome"]?["aggregate"]?["generator"]?["loops"] == 3)
        #expect(server.requestCount == 60)
    }

    @Test func `the same fault of many runs is on a link once, and stays until the last of them lifts it`() throws {
        // Delays would add up, and whoever lifts the fault would cut off all the others.
        for fault in ["latency: 20ms, direction: both", "latency: 20ms, slice: 40B"] {
            let server = try server()
            let project = try linked(
                server, "steps: [ { id: ask, http: { get: /item }, faults: { a->b: { \(fault) } } } ]\n")
            let run = try project.run(
                "load", "ask.yaml", "--users", "16", "--times", "64", "--assert", ".ms.min >= 20")
            #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        }
    }

    @Test func `what may not be shared is left to one loop, and said on the terminal and in the reports`() throws {
        let server = try server()
        let project = try linked(
            server,
            """
            steps:
              - id: slow
                faults: { a->b: { latency: 1ms } }
                group: { steps: [ { id: ask, http: { get: /item } } ] }
            """)
        let run = try project.run(
            "load", "ask.yaml", "--users", "4", "--times", "4", "--loops", "4", "--report", "json=reports/load.json",
            "--report", "html=reports/load.html")
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
        let note = "--loops 4: the load has 1, since its runs put faults on the link 'a->b'"
        #expect(run.standardOutput.contains("note: " + note), "\(run.standardOutput)")
        #expect(try project.report("load.json")["notes"]?.array?.first?.string?.hasPrefix(note) == true)
        #expect(try project.read("reports/load.html").contains("the load has 1, since its runs put faults"))
    }

    @Test(arguments: ["0", "65", "two"])
    func `a number of loops that cannot be is refused`(_ loops: String) throws {
        let project = try TestProject(["ask.yaml": Self.ask])
        let run = try project.run("load", "ask.yaml", "--users", "1", "--times", "1", "--loops", loops)
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains("--loops"))
    }
}
