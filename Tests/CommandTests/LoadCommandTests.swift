import Expressions
import Glibc
import PlumbTesting
import Synchronization
import Testing

/// `plumb load` from its words to its exit status.
@Suite(.onOwnThreads) struct LoadCommandTests: LoadedService {
    @Test func `a load that holds ends with 0 and tells what it did`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let run = try project.run(
            "load", "ask.yaml", "--rate", "50/s", "--duration", "1s", "--assert", ".steps.ask.ms.p95 < 60000",
            "--report", "json=reports/load.json", "--report", "jsonl=reports/load.jsonl", "--report", "html=load.html")
        #expect(run.status == .exit(0))
        #expect(run.standardOutput.contains("50 passed, 0 failed, 0 errors"))
        #expect(run.standardOutput.hasSuffix("all thresholds hold\n"))
        #expect(server.requestCount == 50)
        let report = try project.report("load.json")
        #expect(report["outcome"]?["aggregate"]?["runs"] == 50)
        #expect(report["outcome"]?["aggregate"]?["dropped"] == 0)
        #expect(report["intervals"]?.array?.isEmpty == false)
        #expect(try project.read("load.html").contains("<svg"))
        let lines = try project.read("reports/load.jsonl").split(separator: "\n")
        let schema = try SchemaChecker("load")
        #expect(schema.problems(of: report) == [])
        for line in lines { #expect(schema.problems(of: try JSON.parse(String(line)).value) == []) }
        #expect(lines.first?.contains("load_started") == true)
        #expect(lines.last?.contains("load_finished") == true)
    }

    @Test func `a load of the configuration runs, options over it`() throws {
        let server = try server()
        let settings = """
            loads:
              climb: { stages: [ { for: 200ms, rate: 100/s, ramp: true }, { for: 200ms, rate: 50/s } ], parallel: 50 }
              strict: { times: 10, parallel: 2, assert: [ .ms.p50 > 60000 ] }
            profiles: { test: { targets: { api: { kind: http, url: "\(server.url)" } } } }
            """
        let project = try TestProject(["plumb.yaml": settings, "ask.yaml": Self.ask])
        #expect(try project.run("load", "ask.yaml", "--load", "climb").status == .exit(0))
        #expect(server.requestCount == 20)
        let strict = try project.run("load", "ask.yaml", "--load", "strict", "--times", "3")
        #expect(strict.status == .exit(4))
        #expect(strict.standardOutput.contains("failed[load.threshold]: the comparison is false"))
        #expect(server.requestCount == 23)
    }

    @Test(arguments: [
        (["--users", "4", "--duration", "0s"], "--duration takes a duration above 0"),
        (["--rate", "2000000/s", "--duration", "1s"], "--rate takes a rate up to 1000000/s"),
        (["--users", "0", "--duration", "1s"], "--users takes a number from 1 to 10000"),
        (["--users", "4"], "nothing says how long this goes on"),
        (["--duration", "1s"], "nothing says how much there is to do"),
        (["--users", "1", "--times", "1", "--abort"], "--abort ends a load where something does not hold"),
        (["--load", "stedy"], "there is no load 'stedy'"),
        (["--users", "1", "--times", "1", "--assert", ".ms ==="], "jq.syntax"),
        (["--users", "1", "--times", "1", "--report", "pdf=x"], "there is no report format 'pdf' of a load"),
        (["--users", "1", "--times", "1", "--baseline", "missing.json"], "the baseline 'missing.json' cannot be read"),
    ])
    func `what cannot be a load is refused, and nothing is sent`(_ words: [String], _ message: String) throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let run = project.finish(try project.start(["load", "ask.yaml"] + words))
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains(message), "\(run.standardError)")
        #expect(server.requestCount == 0)
    }

    @Test func `a scenario that sends nothing is no load`() throws {
        let project = try TestProject(["idle.yaml": "steps: [ { id: nap, wait: 1ms } ]"])
        let run = try project.run("load", "idle.yaml", "--users", "1", "--times", "1")
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains("idle.yaml sends nothing, so it is no load"))
    }

    @Test func `a target that is not there fails every run, and the load ends in time`() throws {
        let port = try Loopback.unusedPort()
        let project = try TestProject(server: "http://127.0.0.1:\(port)", ["ask.yaml": Self.ask])
        let run = try project.run(
            "load", "ask.yaml", "--users", "3", "--duration", "500ms", "--report", "json=reports/load.json")
        #expect(run.status == .exit(4))
        let aggregate = try project.report("load.json")["outcome"]?["aggregate"]
        #expect(aggregate?["passed"] == 0)
        #expect(aggregate?["ms"] == .null)
        #expect(aggregate?["failed_ms"]?["p50"]?.number != nil)
        #expect(aggregate?["error_kinds"]?.object?.map(\.0) == ["http.refused"])
    }

    @Test func `a million a second is ended in time, and what found no room is counted`() throws {
        let server = try SimpleHTTPServer { _ in
            var reply = HTTPReply.json(#"{"id": 7}"#)
            reply.delay = .milliseconds(50)
            return reply
        }
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let run = try project.run(
            "load", "ask.yaml", "--rate", "1000000/s", "--duration", "300ms", "--users", "5", "--report",
            "json=reports/load.json")
        #expect(run.status == .exit(4))
        let aggregate = try project.report("load.json")["outcome"]?["aggregate"]
        let runs = try #require(aggregate?["runs"]?.number)
        // Time is cut to what a processor's clock tells, so the last arrival may miss.
        #expect(aggregate?["dropped"]?.number.map { abs($0 + runs - 300_000) <= 2 } == true)
        #expect(runs < 2000)
    }

    @Test func `a target that dies half-way is told apart from one that never was`() throws {
        let gate = Gate(after: 20)
        let server = try SimpleHTTPServer { _ in
            var reply = HTTPReply.json(#"{"id": 7}"#)
            reply.drops = gate.isShut()
            return reply
        }
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let run = try project.run(
            "load", "ask.yaml", "--users", "1", "--times", "60", "--pass", "10%", "--report", "json=reports/load.json")
        #expect(run.status == .exit(0))
        let aggregate = try project.report("load.json")["outcome"]?["aggregate"]
        #expect(aggregate?["passed"]?.number.map { (6...59).contains($0) } == true)
        #expect(aggregate?["errors"]?.number.map { $0 > 0 } == true)
        #expect(aggregate?["ms"]?["p50"]?.number != nil)
        #expect(aggregate?["failed_ms"]?["p50"]?.number != nil)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `an interrupt waits for the runs under way, and reports what was`(_ signal: Int32) throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let command = try project.start([
            "load", "ask.yaml", "--rate", "20/s", "--duration", "10m", "--interval", "100ms", "--report",
            "json=reports/load.json",
        ])
        #expect(command.waitForOutput("in flight"))
        command.signal(signal)
        let run = project.finish(command, within: .seconds(30))
        #expect(run.status == .exit(130))
        let report = try project.report("load.json")
        #expect(report["outcome"]?["end"] == "interrupted")
        #expect(report["outcome"]?["aggregate"]?["unfinished"] == 0)
        #expect(report["outcome"]?["aggregate"]?["runs"]?.number.map { $0 > 0 } == true)
    }

    @Test func `the last load that passed is the next one's baseline`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        let words = ["load", "ask.yaml", "--rate", "50/s", "--duration", "1s", "--interval", "100ms"]
        let first = project.finish(try project.start(words + ["--baseline", "last"]))
        #expect(first.status == .exit(0))
        #expect(first.standardError.contains("there is no stored load to compare with yet"))
        let second = project.finish(
            try project.start(
                words + ["--baseline", "last", "--assert", "$baseline.runs == 50", "--report", "json=reports/b.json"]))
        #expect(second.status == .exit(0))
        #expect(second.standardOutput.contains("per_second"))
        let report = try project.report("b.json")
        #expect(report["comparison"]?["measures"]?.array?.count == 5)
        #expect(try SchemaChecker("load").problems(of: report) == [])
    }

    @Test func `a secret that a run reads is in no report`() throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"id": 8}"#) }
        let scenario = """
            steps:
              - id: ask
                http: { get: /item, headers: { x-token: "${{ $secrets.TOKEN }}" } }
                assert: [ .body.id == 7 ]
            """
        let project = try TestProject(server: server.url, ["ask.yaml": scenario])
        let run = try project.run(
            "load", "ask.yaml", "--users", "1", "--times", "3", "--report", "json=reports/load.json", "--report",
            "jsonl=reports/load.jsonl")
        #expect(run.status == .exit(4))
        #expect(run.standardOutput.contains("x-token: ***"))
        let report = try project.report("load.json")
        #expect(report["outcome"]?["samples"]?.array?.count == 1)
        let schema = try SchemaChecker("load")
        #expect(schema.problems(of: report) == [])
        for line in try project.read("reports/load.jsonl").split(separator: "\n") {
            #expect(schema.problems(of: try JSON.parse(String(line)).value) == [])
        }
    }
}

/// Shuts after so many have come.
private final class Gate: Sendable {
    private let left: Mutex<Int>

    init(after count: Int) { left = Mutex(count) }

    /// Counts one more; whether it comes too late.
    func isShut() -> Bool {
        left.withLock { left in
            left -= 1
            return left < 0
        }
    }
}
