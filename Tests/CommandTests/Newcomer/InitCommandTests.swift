import PlumbTesting
import Testing

/// What `plumb init` writes, tried as its reader would.
@Suite(.onOwnThreads) struct InitCommandTests {
    @Test func `a new project lints, is in the one style, and passes`() throws {
        let folder = try TemporaryFolder()
        let made = try CommandRun.plumb(["init", "demo"], in: folder.path)
        #expect(made.exitStatus == 0)
        #expect(made.standardOutput.hasSuffix("\nnext: plumb run demo/scenarios\n"))
        let lint = try CommandRun.plumb(["lint", "--strict", "demo/scenarios"], in: folder.path)
        #expect(lint.exitStatus == 0, "\(lint.standardOutput)")
        #expect(try CommandRun.plumb(["fmt", "--check", "demo"], in: folder.path).exitStatus == 0)
        let run = try CommandRun.plumb(["run", "demo/scenarios"], in: folder.path)
        #expect(run.exitStatus == 0, "\(run.standardOutput)\(run.standardError)")
        #expect(run.standardOutput.contains("2 passed"))
        let other = try CommandRun.plumb(["plan", "demo/scenarios", "--profile", "staging"], in: folder.path)
        #expect(other.exitStatus == 0, "\(other.standardError)")
    }

    @Test func `nothing that is there is overwritten`() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine\n", to: "scenarios/hello.yaml")
        let run = try CommandRun.plumb(["init"], in: folder.path)
        #expect(run.exitStatus == 2)
        #expect(
            run.standardError == """
                error[file.present]: 'scenarios/hello.yaml' is there already
                  = hint: nothing was written; name another folder: plumb init FOLDER

                """)
        #expect(try folder.read("scenarios/hello.yaml") == "mine\n")
        #expect(try TextFile.names(in: folder.path) == ["scenarios"])
    }

    @Test func `lines of gitignore are added once`() throws {
        let folder = try TemporaryFolder()
        try folder.write("*.o\n.plumb", to: ".gitignore")
        let run = try CommandRun.plumb(["init"], in: folder.path)
        #expect(run.exitStatus == 0)
        #expect(try folder.read(".gitignore") == "*.o\n.plumb\n/reports/\n")
        #expect(run.standardOutput.contains("added to .gitignore\n"))
    }
}
