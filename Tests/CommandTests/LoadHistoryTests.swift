import Expressions
import PlumbTesting
import Synchronization
import Testing

/// What a history keeps of loads, and what is told of it.
@Suite(.onOwnThreads) struct LoadHistoryTests: LoadedService {
    private static let load = ["load", "ask.yaml", "--rate", "50/s", "--duration", "1s", "--interval", "100ms"]

    /// The id that a report tells.
    private func identifier(_ project: TestProject, _ report: String) throws -> String {
        try #require(try project.report(report)["run"]?["id"]?.string)
    }

    @Test func `a load is kept beside runs, listed, and compared with another`() throws {
        let delay = Mutex(Duration.zero)
        let server = try SimpleHTTPServer { _ in
            var reply = HTTPReply.json(#"{"id": 7}"#)
            reply.delay = delay.withLock { $0 }
            return reply
        }
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        func load(_ report: String, _ words: String...) throws -> CommandRun {
            project.finish(
                try project.start(Self.load + ["--history", "--report", "json=reports/\(report)"] + words))
        }
        #expect(try load("a.json").status == .exit(0))
        #expect(try project.report("a.json")["run"]?["rate"] == 50)
        #expect(try project.run("run", "ask.yaml", "--history").status == .exit(0))
        delay.withLock { $0 = .milliseconds(400) }
        let worse = try load("b.json", "--baseline", "last", "--fail-when-worse", "--assert", "$baseline.runs == 50")
        #expect(worse.status == .exit(4), "\(worse.standardOutput)\(worse.standardError)")
        #expect(worse.standardOutput.contains("failed[load.worse]"), "\(worse.standardOutput)")
        let (first, second) = (try identifier(project, "a.json"), try identifier(project, "b.json"))

        let listed = try project.run("report", "history").standardOutput
        let lines = listed.split(separator: "\n")
        #expect(lines.count == 6, "\(listed)")
        #expect(lines[0].contains("  \(first)  test  load ask at 50/s: 50 passed in 1.0 s, "), "\(listed)")
        #expect(lines[0].hasSuffix(", held"))
        #expect(lines[1].contains("  test  1 passed in "))
        #expect(lines[2].contains("  \(second)  test  load ask at 50/s: 50 passed in "))
        #expect(lines[2].hasSuffix("did not hold"))
        #expect(lines[5].hasPrefix("p95     ") && lines[5].hasSuffix("█  ask at 50/s"))

        let compared = try project.run("report", "compare", first, second)
        #expect(compared.status == .exit(1))
        #expect(compared.standardOutput.contains("worse: ms.p50, ms.p95, ms.p99"), "\(compared.standardOutput)")
        #expect(compared.standardOutput == (try project.run("report", "compare", first)).standardOutput)
        let back = try project.run("report", "compare", second, first)
        #expect(back.status == .exit(0))
        #expect(back.standardOutput.contains("better: ms.p50, ms.p95, ms.p99"), "\(back.standardOutput)")
        // Runs are looked at as ever: loads are none.
        #expect(try project.run("report", "flaky").standardOutput == "no test is flaky in 1 run\n")
        #expect(try project.run("report", "compare").standardError.contains("one run only"))
    }

    @Test func `a load that did not hold is no baseline, and old loads are forgotten`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        func load(_ words: String...) throws -> CommandRun {
            project.finish(
                try project.start(
                    ["load", "ask.yaml", "--users", "2", "--times", "20", "--history-in", "./loads.sqlite"] + words))
        }
        let first = try load("--baseline", "last")
        #expect(first.status == .exit(0), "\(first.standardError)")
        #expect(first.standardError.contains("there is no stored load to compare with yet"), "\(first.standardError)")
        #expect(try load("--assert", ".runs == 7").status == .exit(4))
        // What the last one that held came to is what there is to compare with.
        let third = try load("--baseline", "last", "--assert", "$baseline.failed == 0 and $baseline.runs == 20")
        #expect(third.status == .exit(0), "\(third.standardOutput)\(third.standardError)")
        func listed() throws -> [Substring] {
            try project.run("report", "history", "--history", "./loads.sqlite").standardOutput.split(separator: "\n")
        }
        #expect(try listed().filter { $0.contains("load ask at 2 users: 20 passed") }.count == 3)
        _ = try load("--history-runs", "2")
        #expect(try listed().filter { $0.contains("load ask at 2 users: 20 passed") }.count == 2)
        let runs = try project.run("report", "slow", "--history", "./loads.sqlite")
        #expect(runs.status == .exit(2))
        #expect(runs.standardError == "error: the history holds no run\n")
    }

    @Test func `what cannot be compared is told as such`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        _ = try project.run("run", "ask.yaml", "--history", "--report", "json=reports/run.json")
        _ = try project.run(
            "load", "ask.yaml", "--users", "1", "--times", "3", "--history", "--report", "json=reports/load.json")
        let (run, load) = (try identifier(project, "run.json"), try identifier(project, "load.json"))
        for (words, problem) in [
            ([load, run], "'\(load)' is a load, and '\(run)' is none of the last 1 loads"),
            ([load, "nope"], "'\(load)' is a load, and 'nope' is none"),
            ([load], "there is no later load of 'ask' to compare '\(load)' with"),
            (["nope"], "no run and no load of the last ones has the id 'nope'"),
        ] {
            let compared = project.finish(try project.start(["report", "compare"] + words))
            #expect(compared.status == .exit(2))
            #expect(compared.standardError.hasPrefix("error: \(problem)"), "\(compared.standardError)")
            #expect(compared.standardError.contains("  = hint: "))
        }
    }

    @Test func `a history that cannot be used is told before a load, or is an error of one that held`() throws {
        let server = try server()
        let project = try TestProject(server: server.url, ["ask.yaml": Self.ask])
        func load(_ words: String...) throws -> CommandRun {
            project.finish(try project.start(["load", "ask.yaml", "--users", "1", "--times", "3"] + words))
        }
        let unknown = try load("--history-in", "datbase")
        #expect(unknown.status == .exit(2))
        #expect(unknown.standardError.contains("run.no-history"), "\(unknown.standardError)")
        let bound = try load("--history", "--history-runs", "0")
        #expect(bound.status == .exit(2))
        #expect(server.requestCount == 0)
        try project.write(String(repeating: "no database ", count: 100), to: "damaged.sqlite")
        let lost = try load("--history-in", "./damaged.sqlite")
        #expect(lost.status == .exit(3))
        #expect(lost.standardOutput.contains("all thresholds hold"))
        #expect(lost.standardError.contains("is damaged, or no SQLite file"), "\(lost.standardError)")
        let blind = try load("--history", "postgres://me:sesame@127.0.0.1:1/ci", "--baseline", "last")
        #expect(blind.status == .exit(2))
        #expect(blind.standardError.contains("the history 'postgres://127.0.0.1:1/ci' cannot be used"))
        #expect(!blind.standardError.contains("sesame"))
        #expect(server.requestCount == 3)
    }
}
