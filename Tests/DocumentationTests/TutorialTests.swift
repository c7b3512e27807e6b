import PlumbTesting
import Testing

/// What the tutorial promises comes about when its files stand side by side, as they do at its end.
struct TutorialTests {
    private let project: DocumentedProject

    init() throws { project = try DocumentedProject(try MarkdownPage("docs/tutorial.md")) }

    @Test func `all scenarios pass, and use all four kinds of steps`() throws {
        let run = try project.plumb(["run", "scenarios"])
        #expect(run.exitStatus == 0, "\(run.standardOutput)\(run.standardError)")
        let plan = try project.plumb(["plan", "scenarios"])
        for kind in ["http", "sql", "vector", "metric"] {
            #expect(plan.standardOutput.contains("  \(kind)  line "), "no step of \(kind)")
        }
    }

    @Test func `the rows with a tag are three tests`() throws {
        let run = try project.plumb(["run", "scenarios", "--tag", "smoke", "--report", "junit=junit.xml"])
        #expect(run.exitStatus == 0 && run.standardOutput.contains("3 passed"), "\(run.standardOutput)")
    }

    @Test func `a gateway that answers under another name is noticed`() throws {
        let run = try project.plumb(["run", "scenarios", "--sandbox-break", "wrong-model-name"])
        #expect(run.exitStatus == 1)
        for name in ["answers", "models[mixtral]", "models[hermes]", "models[phi3]"] {
            #expect(run.standardOutput.contains("✗ \(name) "), "\(run.standardOutput)")
        }
    }

    @Test func `a profile with a gateway alone serves the first scenario, and lint names the others`() throws {
        #expect(try project.plumb(["plan", "scenarios/hello.yaml", "--profile", "mine"]).exitStatus == 0)
        let lint = try project.plumb(["lint", "scenarios", "--profile", "mine"])
        #expect(lint.exitStatus == 2)
        for name in ["stored", "nearest", "counted"] {
            #expect(lint.standardOutput.contains("scenarios/\(name).yaml"), "\(lint.standardOutput)")
        }
    }
}
