import Expressions
import PlumbTesting
import Testing

/// `plumb report`, and what `plumb run` keeps for it.
@Suite struct ReportCommandTests {
    private func project() throws -> TestProject {
        try TestProject([
            "scenarios/a/b/one.yaml": "steps: [ { assert: ['1 == 1'] } ]\n",
            "scenarios/a/b/two.yaml": "vars: { n: 1 }\nsteps: [ { assert: ['$vars.n == 1'] } ]\n",
            "plumb.yaml": """
            secrets: [TOKEN]
            profiles: { plain: {} }
            integration_tests: { a: { b: { test_scenarios: [one, two] } } }
            """,
        ])
    }

    @Test func `the run of a suite's folder ends with its verdict, and the report tells it again`() throws {
        let project = try project()
        let run = try project.run("run", "scenarios/a/b", "--report", "json=r.json")
        #expect(run.standardOutput.hasSuffix("\na/b valid: true\n"), "\(run.standardOutput)\(run.standardError)")
        let text = try project.run("report", "--suites", "--from", "r.json")
        #expect(text.standardOutput == "a/b valid: true\n")
        #expect(text.status == .exit(0))
        _ = try project.run("run", "scenarios/a/b/one.yaml", "--report", "json=r.json")
        let part = try project.run("report", "--suites", "--from", "r.json", "--format", "json")
        #expect(part.standardOutput.contains("\"valid\": false"))
        #expect(part.standardOutput.contains("\"percent\": 50"))
        #expect(part.status == .exit(1))
    }

    @Test func `loads count for the suites of their scenarios, beside a run that tells of its connections`() throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"id": 7}"#) }
        let project = try TestProject([
            "scenarios/a/b/one.yaml": "steps: [ { http: { get: /item }, repeat: { times: 4 } } ]\n",
            "scenarios/c/two.yaml": "steps: [ { http: { get: /item } } ]\n",
            "plumb.yaml": """
            profiles: { plain: { targets: { api: { kind: http, url: "\(server.url)" } } } }
            integration_tests: { a: { b: { test_scenarios: [one] } } }
            """,
        ])
        func load(_ scenario: String, _ report: String, _ assertion: String) throws -> CommandRun {
            try project.run(
                "load", "scenarios/\(scenario)", "--users", "1", "--times", "5", "--assert", assertion, "--report",
                "json=\(report)")
        }
        #expect(try project.run("run", "scenarios/a/b", "--report", "json=r.json").status == .exit(0))
        #expect(try load("a/b/one.yaml", "good.json", ".ms.p95 < 600000").status == .exit(0))
        #expect(try load("a/b/one.yaml", "slow.json", ".ms.p95 > 600000").status == .exit(4))
        #expect(try load("c/two.yaml", "other.json", ".ms.p95 < 600000").status == .exit(0))
        let good = try project.run("report", "--suites", "--from", "r.json", "good.json", "--format", "json")
        #expect(good.status == .exit(0), "\(good.standardError)")
        let suite = try JSON.parse(good.standardOutput).value["suites"]?.array?.first
        #expect(suite?["connectivity"]?.array?.first?["steps"] == 4)
        #expect(suite?["load"]?.array?.first?["runs"] == 5)
        let slow = try project.run("report", "--suites", "--from", "good.json", "slow.json", "r.json")
        #expect(slow.status == .exit(1))
        #expect(
            slow.standardOutput.hasPrefix("a/b valid: false (the load of 'a/b/one' failed: "), "\(slow.standardOutput)")
        for (files, words) in [
            (["r.json", "other.json"], "'other.json' is a load of 'c/two', of which no suite of the run is"),
            (["r.json", "r.json"], "'r.json' is a second run"), (["good.json"], "loads alone say nothing of suites"),
        ] {
            let run = try project.finish(project.start(["report", "--suites", "--from"] + files))
            #expect(run.status == .exit(2))
            #expect(run.standardError.contains(words) && run.standardError.contains("= hint: "), "\(run.standardError)")
        }
    }

    @Test func `what is no report is told as such`() throws {
        let project = try project()
        try project.write("{\"format\": 1}", to: "other.json")
        try project.write("no JSON", to: "text.json")
        for (name, words) in [("other.json", "is no report of plumb"), ("text.json", "is no JSON"), ("none", "read")] {
            let run = try project.run("report", "--suites", "--from", name)
            #expect(run.status == .exit(2))
            #expect(run.standardError.contains(words), "\(run.standardError)")
            #expect(run.standardError.contains("plumb run --report json="))
        }
        #expect(try project.run("report").status == .exit(2))
    }

    @Test func `the history tells what broke, and is kept within its bound`() throws {
        let project = try project()
        #expect(try project.run("report", "history").status == .exit(2))
        _ = try project.run("run", "scenarios", "--history")
        #expect(try project.run("report", "compare").standardError.contains("one run only"))
        let broken = try project.run("run", "scenarios", "--history", "--var", "n=2")
        #expect(broken.status == .exit(1))
        let compared = try project.run("report", "compare")
        #expect(compared.status == .exit(1))
        #expect(compared.standardOutput.contains("broken   a/b/two\n"), "\(compared.standardOutput)")
        let listed = try project.run("report", "history").standardOutput
        #expect(listed.contains("2 passed in "))
        #expect(listed.contains("1 passed, 1 failed in "))
        #expect(try project.run("report", "slow").standardOutput.contains("a/b/one"))
        _ = try project.run("run", "scenarios", "--history", "--history-runs", "2")
        #expect(try project.run("report", "flaky").standardOutput == "no test is flaky in 2 runs\n")
        let all = try project.run("report", "flaky", "--last", "1")
        #expect(all.standardOutput == "no test is flaky in 1 run\n")
    }

    @Test func `the history answers for suites, for what failed, and for the page`() throws {
        let project = try project()
        func run(_ words: String...) throws -> CommandRun {
            try project.finish(project.start(["run"] + words + ["--history-in", "./runs.sqlite"]))
        }
        let first = try run("scenarios", "--var", "n=2")
        #expect(
            first.standardOutput.contains("run them again: plumb run scenarios --var n=2 --failed\n"),
            "\(first.standardOutput)")
        _ = try run("scenarios/a/b/one.yaml", "--report", "html=r.html")
        let page = try project.read("r.html")
        #expect(page.contains("<h2>This run and the 1 run before it</h2>"))
        // The record beside the configuration would do too: without it only the history can know.
        try project.write("{}", to: ".plumb/last-run.json")
        let again = try run("scenarios", "--failed")
        #expect(again.standardOutput.contains("a/b/two"), "\(again.standardOutput)\(again.standardError)")
        #expect(!again.standardOutput.contains("a/b/one"))
        let none = try run("scenarios", "--failed")
        #expect(none.standardError.contains("every test of these paths passed"), "\(none.standardError)")
        let environment = ["PLUMB_HISTORY": "./runs.sqlite"]
        let suites = try project.run("report", "--suites", "--from", "history", environment: environment)
        #expect(
            suites.standardOutput == "a/b valid: false (1 of 2 configured scenarios passed)\n",
            "\(suites.standardError)")
        let unknown = try project.run("report", "--suites", "--from", "history:nope", environment: environment)
        #expect(unknown.status == .exit(2))
        #expect(unknown.standardError.contains("keeps no suites of a run 'nope'"))
        #expect(try project.run("report", "history", "--history", "./runs.sqlite").standardOutput.contains("1 passed"))
    }

    @Test func `a place of the history that is none is told before anything runs`() throws {
        let project = try project()
        let unknown = try project.run("run", "scenarios", "--history-in", "datbase")
        #expect(unknown.status == .exit(2))
        #expect(
            unknown.standardError.contains("error[run.no-history]: --history-in: the profile has no target 'datbase'"))
        #expect(unknown.standardOutput == "")
        let lost = try project.run("run", "scenarios", "--history", "postgres://me:sesame@127.0.0.1:1/ci")
        #expect(lost.status == .exit(3))
        #expect(
            lost.standardError.contains("the history 'postgres://127.0.0.1:1/ci' cannot be used"),
            "\(lost.standardError)")
        #expect(!lost.standardError.contains("sesame"))
    }

    @Test func `a history that cannot be written is an error of a run that passed`() throws {
        let project = try project()
        try project.write(String(repeating: "no database ", count: 100), to: ".plumb/history.sqlite")
        let run = try project.run("run", "scenarios", "--history")
        #expect(run.status == .exit(3))
        #expect(run.standardOutput.contains("2 passed"))
        #expect(run.standardError.contains("is damaged, or no SQLite file"), "\(run.standardError)")
        #expect(try project.run("run", "scenarios", "--history", "--var", "n=2").status == .exit(1))
    }
}
