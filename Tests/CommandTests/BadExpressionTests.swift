import Expressions
import Glibc
import PlumbTesting
import Testing

/// Programs of jq that never end, take everything, or take libjq down.
@Suite(.onOwnThreads) struct BadExpressionTests {
    /// A scenario with a step for each assertion; a failed one does not stop those behind it.
    private static func scenario(_ assertions: [String]) -> String {
        "keep_going: true\nsteps:\n"
            + assertions.enumerated().map { "  - id: t\($0)\n    assert:\n      - '\($1)'\n" }.joined()
    }

    /// The codes of the failures of each step; nothing for one that passed.
    private func codes(_ project: TestProject, test: Int = 0) throws -> [[String]] {
        let steps = try project.report()["tests"]?.array?[test]["steps"]?.array ?? []
        return steps.map { ($0["failures"]?.array ?? []).compactMap { $0["code"]?.string } }
    }

    @Test func `what does not end or takes everything is stopped, and the other steps go on`() throws {
        let runaway = [
            "$run.id | def f: f; f", "[range(1e12)] | length == $run.id", "$run.id | last(repeat(1))",
            "[range(1e8) | tostring] | length == ($run.id | length)",
            "[range(1e6)][] == $run.id",
        ]
        let project = try TestProject(["run.yaml": Self.scenario(runaway + ["$run.id != null"])])
        let run = try project.run(
            "run", "run.yaml", "--report", "json=reports/run.json", "--report", "junit=reports/run.xml",
            limit: .seconds(90))
        #expect(run.status == .exit(3))
        let codes = try codes(project)
        #expect(codes.count == runaway.count + 1)
        for (program, codes) in zip(runaway, codes) { #expect(!codes.isEmpty, "\(program)") }
        #expect(codes.last == [])
        #expect(run.standardOutput.contains("look for a recursion or a generator without end"))
    }

    // Whether libjq's second one writes where it may not, ThreadSanitizer's own memory decides.
    @Test(.enabled(if: !Sanitizer.isForThreads))
    func `a program that takes libjq down is named, and every other test runs`() throws {
        let crash = "(($run.id | 1e20 | todate) == \"\(TestProject.secret)\")"
        let slow = "steps:\n  - wait: 300ms\n  - assert: [($run.id | ascii_downcase) != null]\n"
        let project = try TestProject([
            "a.yaml": slow, "b.yaml": Self.scenario([crash]), "c.yaml": slow,
            "d.yaml": Self.scenario(["([] | .[2147483647] = 1 | length) == ($run.id | length)"]), "e.yaml": slow,
        ])
        let run = try project.run(
            "run", "a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml", "--jobs", "5", "--report", "json=reports/run.json",
            "--report", "junit=reports/run.xml", "--report", "jsonl=reports/run.jsonl", "--report",
            "markdown=reports/run.md")
        #expect(run.status == .exit(3))
        let tests = try project.report()["tests"]?.array ?? []
        #expect(tests.compactMap { $0["name"]?.string } == ["a", "b", "c", "d", "e"])
        #expect(tests.compactMap { $0["verdict"]?.string } == ["passed", "error", "passed", "error", "passed"])
        for (index, program) in [(1, "todate"), (3, "2147483647")] {
            let failures = tests[index]["failures"]?.array ?? tests[index]["steps"]?.array?.first?["failures"]?.array
            let failure = try #require(failures?.first)
            #expect(failure["message"]?.string?.contains(program) == true, "\(failure)")
            #expect(failure["message"]?.string?.contains("\\n'") == false, "a block's line end is no part of a program")
            #expect(failure["place"]?["line"]?.number ?? 0 > 0, "\(failure)")
        }
        #expect(run.standardOutput.contains("jq crashed on this program"))
        #expect(run.standardError == "", "the worker's last words are in the report")
    }

    @Test func `one that stays within a single instruction ends the worker, and is named`() throws {
        let program = #"$run.id | ("x" * 1e9) | length == 3"#
        let project = try TestProject(["a.yaml": TestProject.passing, "b.yaml": Self.scenario([program])])
        let run = try project.run("run", "b.yaml", "a.yaml", "--jobs", "1", "--report", "json=reports/run.json")
        #expect(run.status == .exit(3))
        #expect(run.standardOutput.contains(program))
        let tests = try project.report()["tests"]?.array ?? []
        #expect(tests.compactMap { $0["verdict"]?.string } == ["error", "passed"])
        // The worker that came after counts from the beginning of the run.
        let crash = try #require(tests.first)
        let end = (crash["started_ms"]?.number ?? 0) + (crash["ms"]?.number ?? 0)
        #expect((tests.last?["started_ms"]?.number ?? 0) >= end - 1, "\(end)")
    }

    @Test(arguments: ["1e20 | todate", "[range(1e8) | tostring | . * 100]"])
    func `a program of 'cases' that takes the command down is named too`(_ program: String) throws {
        let project = try TestProject([
            "rows.yaml": "vars: {x: 1}\ncases: \"${{ [$vars.x | \(program)] }}\"\n" + TestProject.passing
        ])
        let run = try project.run("run", "rows.yaml")
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains(program))
        #expect(run.standardError.contains("rows.yaml:2"))
    }

    @Test func `the command has one thread when it forks, though jq made the rows of 'cases'`() throws {
        let server = try RawServer([[.readRequest, .hang]])
        let project = try TestProject(
            server: server.url,
            [
                "rows.yaml": """
                vars: {x: 1}
                cases: '${{ [$vars.x | . as $y | {name: "row", n: ($y | tojson)}] }}'
                timeout: 20s
                steps:
                  - http: {get: /}
                """
            ])
        let command = try project.start(["run", "rows.yaml"])
        let deadline = ContinuousClock.now + .seconds(20)
        while server.requestCount < 1, ContinuousClock.now < deadline { usleep(10_000) }
        #expect(server.requestCount == 1)
        // The command starts nothing behind the fork, so its threads are those that it had then; one is ThreadSanitizer's.
        let threads = Sanitizer.isForThreads ? 2 : 1
        #expect(try TextFile.names(in: "/proc/\(command.processID)/task").count == threads)
        // What it forked works on a thread that has a number of its own, by which Swift's locks know it.
        let worker = String(try #require(ChildProcesses.of(command.processID).first))
        let others = try TextFile.names(in: "/proc/\(worker)/task").filter { $0 != worker }
        let names = others.compactMap { try? TextFile.read("/proc/\(worker)/task/\($0)/comm") }
        #expect(names.contains("plumb-forked\n"), "\(names)")
        command.signal(SIGINT)
        #expect(project.finish(command).status == .exit(130))
    }

    @Test func `an assertion holds by true alone, and nothing is not success`() throws {
        let failing = [
            "$run.id | empty", "$run.id | [] | .[]", "$run | .nothing", "($run.id == null), true",
            "$run.id | error(null)",
            #"$run.id | error("words")"#, "$run.id", "$run.id | length", "(nan < 1) and $run.id != null",
            "([nan] | sort | .[0]) > ($run.id | length)", "$run.id > 1",
        ]
        let project = try TestProject(["outs.yaml": Self.scenario(failing + ["$run.id != null, true"])])
        let run = try project.run("run", "outs.yaml", "--report", "json=reports/run.json")
        #expect(run.exitStatus == 1 || run.exitStatus == 3)
        let codes = try codes(project)
        #expect(codes.count == failing.count + 1)
        for (program, codes) in zip(failing, codes) { #expect(!codes.isEmpty, "\(program)") }
        #expect(codes.last == [])
    }

    @Test func `large integers are carried exactly and equal no neighbour`() throws {
        let server = try SimpleHTTPServer { _ in
            .json(#"{"n": 9007199254740993, "big": 1e1000, "pi": 3.14159265358979323846}"#)
        }
        let project = try TestProject(
            server: server.url,
            [
                "n.yaml": """
                keep_going: true
                steps:
                  - http: {get: /}
                    assert: ['.body.n == "9007199254740993"', '.body.big == "1e1000"', '.body.pi == "3.14159265358979323846"']
                  - http: {get: /}
                    assert: [.body.n == 9007199254740992]
                  - http: {get: /}
                    assert: [.body.n > 9007199254740000]
                  - http: {get: /}
                    expect: {body: {n: 9007199254740992}}
                  - http: {get: /}
                    expect: {body: {n: 9007199254740993}}
                """
            ])
        let run = try project.run("run", "n.yaml", "--report", "json=reports/run.json")
        #expect(run.status == .exit(1))
        #expect(try codes(project).map(\.isEmpty) == [true, false, false, false, true], "\(run.standardOutput)")
        #expect(run.standardOutput.contains(#"string "9007199254740993""#))
    }
}
