import ArgumentParser
import Glibc
import PlumbTesting
import Testing

@testable import plumb

/// `plumb run --watch` while files really change.
///
/// Bounds are generous: what is waited for comes in its own time.
@Suite(.onOwnThreads) struct WatchTests {
    private let folder: TemporaryFolder
    private static let patience: Duration = .seconds(60)

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("profiles: { p: {} }\n", to: "plumb.yaml")
        try folder.write(Self.scenario("a_first"), to: "scenarios/a.yaml")
        try folder.write("steps:\n  - id: u\n    use: { file: _helper.yaml }\n", to: "scenarios/b.yaml")
        try folder.write("steps:\n  - wait: 1ms\n", to: "scenarios/_helper.yaml")
    }

    /// A scenario whose test bears a name that no earlier output has.
    private static func scenario(_ name: String, passes: Bool = true) -> String {
        "cases: [{ name: \(name) }]\nsteps:\n  - assert: [\"\(passes ? "1 == 1" : "1 == 2")\"]\n"
    }

    private func start(_ arguments: String...) throws -> RunningCommand {
        let command = try RunningCommand.plumb(["run", "--watch"] + arguments, in: folder.path)
        try #require(command.waitForOutput("watching 2 scenarios", within: Self.patience), "\(command.standardError)")
        return command
    }

    /// Replaces a file as editors do: another one is renamed over it.
    private func replace(_ name: String, with text: String) throws {
        try folder.write(text, to: name + ".new")
        try #require(rename(folder.path(name + ".new"), folder.path(name)) == 0)
    }

    @Test func `what changes is run again, alone, and the last run gives the status`() throws {
        let command = try start("scenarios")
        #expect(command.standardOutput.contains("2 passed"))
        try replace("scenarios/a.yaml", with: Self.scenario("a_second", passes: false))
        #expect(command.waitForOutput("a[a_second]", within: Self.patience))
        #expect(command.waitForOutput("running 1 of 2 scenarios", within: Self.patience))
        #expect(command.waitForOutput("1 failed", within: Self.patience))
        try folder.write(Self.scenario("a_third", passes: false), to: "scenarios/a.yaml")
        #expect(command.waitForOutput("a[a_third]", within: Self.patience))
        try folder.write(Self.scenario("c_new", passes: false), to: "scenarios/deep/c.yaml")
        #expect(command.waitForOutput("c[c_new]", within: Self.patience))
        #expect(command.waitForOutput("watching 3 scenarios", within: Self.patience))
        command.signal(SIGINT)
        #expect(command.finish(within: Self.patience).exitStatus == 1)
    }

    @Test func `a helper runs those that use it, the configuration all`() throws {
        let command = try start("scenarios", "--report", "junit=r.xml")
        try folder.write("steps:\n  - id: again\n    assert: [\"1 == 2\"]\n", to: "scenarios/_helper.yaml")
        #expect(command.waitForOutput("step u", within: Self.patience))
        #expect(command.waitForOutput("running 1 of 2 scenarios", within: Self.patience))
        #expect(command.waitForOutput("1 failed", within: Self.patience))
        try replace("plumb.yaml", with: "profiles: { other_profile: {} }\n")
        #expect(command.waitForOutput("profile other_profile", within: Self.patience))
        #expect(command.waitForOutput("1 passed, 1 failed", within: Self.patience))
        command.signal(SIGINT)
        #expect(command.finish(within: Self.patience).exitStatus == 1)
    }

    @Test func `a mistake is told, and mending it goes on`() throws {
        let command = try start("scenarios/a.yaml", "scenarios/b.yaml")
        try folder.write("steps: [\n", to: "scenarios/a.yaml")
        #expect(command.waitForOutput("error[yaml", within: Self.patience))
        try folder.write(Self.scenario("mended"), to: "scenarios/a.yaml")
        #expect(command.waitForOutput("a[mended]", within: Self.patience))
        #expect(command.waitForOutput("1 passed", within: Self.patience))
        command.signal(SIGINT)
        let end = command.finish(within: Self.patience)
        #expect(end.exitStatus == 0, "\(end.standardError)")
    }

    @Test func `what a scenario sends is one of its files`() throws {
        try folder.write("{}", to: "scenarios/data/body.json")
        try folder.write(
            "steps:\n  - http: { post: \"http://127.0.0.1:1/\", file: data/body.json }\n    expect: { error: { kind: refused } }\n",
            to: "scenarios/a.yaml")
        let command = try start("scenarios")
        try folder.write("{\"a\": 1}", to: "scenarios/data/body.json")
        #expect(command.waitForOutput("scenarios/data/body.json", within: Self.patience))
        #expect(command.waitForOutput("running 1 of 2 scenarios", within: Self.patience))
        command.signal(SIGTERM)
        #expect(command.finish(within: Self.patience).exitStatus != nil)
    }

    @Test func `a file is named by its whole name`() {
        let text = "file: data/body.json\nname: x, my.txt"
        #expect(WatchedScenarios.names(text, "body.json") && WatchedScenarios.names(text, "my.txt"))
        for other in ["x", "ody.json", "body.js", "data.json", "txt"] { #expect(!WatchedScenarios.names(text, other)) }
    }

    @Test(arguments: [
        "a b", "a --config c --profile p --env-file e --color never",
        "a --tag x --tag !y --step s --var n=1 --var=m=--x",
        "a --timeout 5s --retries 2 --no-skips -j 3 --seed s", "a --fail-fast --repeat 2 --failed --allow-exec -q",
        "a --report junit=r.xml --report json=r.json --fault x --sandbox-break y", "a --history --history-runs 7",
        "a --shard 2/4",
        "a --history-in ./h.sqlite",
    ])
    func `each run is asked for what the command was asked`(line: String) throws {
        let asked = try RunCommand.parse(line.split(separator: " ").map(String.init) + ["--watch"]).request
        #expect(asked.watch)
        var once = asked
        once.watch = false
        #expect(try RunCommand.parse(asked.words(paths: asked.scenarios.paths)).request == once)
    }
}
