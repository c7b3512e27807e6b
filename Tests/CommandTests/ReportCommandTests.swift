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
