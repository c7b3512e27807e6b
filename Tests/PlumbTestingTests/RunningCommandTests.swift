import Glibc
import PlumbTesting
import Testing

struct RunningCommandTests {
    private func shell(
        _ script: String, environment: [String: String] = [:], input: String = "", in folder: String? = nil
    )
        throws -> RunningCommand
    {
        let all = RunningCommand.plainEnvironment.merging(environment) { $1 }
        return try RunningCommand("/bin/sh", ["-c", script], environment: all, input: input, in: folder)
    }

    @Test func `outputs, status, input, environment and folder are what was asked`() throws {
        let folder = try TemporaryFolder()
        let run = try shell(
            "cat; pwd; echo \"$A\" >&2; exit 7", environment: ["A": "b c"], input: "in\n", in: folder.path
        ).finish()
        #expect(run.status == .exit(7))
        #expect(run.standardOutput == "in\n\(folder.path)\n")
        #expect(run.standardError == "b c\n")
    }

    @Test func `more than a pipe holds goes through both ways`() throws {
        let input = String(repeating: "0123456789", count: 100_000)
        let run = try shell("cat", input: input).finish()
        #expect(run.standardOutput == input)
    }

    @Test func `a command that reads nothing is no error`() throws {
        let run = try shell("exit 0", input: String(repeating: "x", count: 1_000_000)).finish()
        #expect(run.status == .exit(0))
    }

    @Test func `the limit kills the command and its children and leaves no zombie`() throws {
        let command = try shell("sleep 30 & echo $!; wait")
        #expect(command.waitForOutput("\n"))
        let run = command.finish(within: .milliseconds(300))
        #expect(run.status == .timedOut)
        #expect(run.duration < .seconds(5))
        #expect(kill(pid_t(command.processID), 0) == -1)
        let child = try #require(pid_t(run.standardOutput.split(separator: "\n").first ?? ""))
        // Where nothing reaps orphans, the killed child may stay as a zombie; its death may take a moment.
        func state() throws -> Substring? {
            try TextFile.readIfPresent("/proc/\(child)/stat")?.split(separator: " ").dropFirst(2).first
        }
        let deadline = ContinuousClock.now + .seconds(5)
        while let left = try state(), left != "Z", ContinuousClock.now < deadline { usleep(10_000) }
        let left = try state()
        #expect(left == nil || left == "Z")
    }

    @Test func `a signal is told from an exit`() throws {
        let command = try shell("trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done")
        #expect(command.waitForOutput("ready"))
        command.signal(SIGINT)
        let caught = command.finish()
        #expect(caught.status == .exit(3))
        #expect(caught.standardOutput == "ready\ncaught\n")
        #expect(try shell("kill -9 $$").finish().status == .signal(9))
    }

    @Test func `endless output is cut off`() throws {
        let run = try shell("exec yes").finish(within: .seconds(60))
        #expect(run.status == .wroteTooMuch)
    }

    @Test func `a program that is not there is an error`() {
        #expect(throws: SystemError.self) { try RunningCommand("/nonexistent", [], environment: [:]) }
    }
}
