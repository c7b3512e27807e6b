import Diagnostics
import Expressions
import Glibc
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct ExecTests {
    private static func run(
        _ yaml: String, timeout: Duration = .seconds(10), values: [String: Value] = [:]
    ) async throws -> Outcome {
        try await drive { driving in
            driving.scope = FixedScope(values: values, permissions: ["exec"])
            driving.timeout = timeout
            return try await driving.run(yaml, by: ExecStep())
        }
    }

    private static func failure(_ yaml: String, permissions: Set<String> = ["exec"]) throws -> FailureReport {
        let request = try Parsed.request(yaml, by: ExecStep())
        do throws(StepFailure) {
            _ = try request.prepare(FixedScope(permissions: permissions), target: nil)
        } catch {
            return error.report
        }
        Issue.record("the command was prepared")
        return FailureReport(code: "", verdict: .passed, message: "")
    }

    @Test func `a program's output and status are the result`() async throws {
        let outcome = try await Self.run("{ command: [sh, -c, 'echo out; echo err >&2; exit 3'] }")
        #expect(outcome.error == nil)
        #expect(outcome["exit_status"] == 3 && outcome["signal"] == Value.null)
        #expect(outcome["stdout"] == "out\n" && outcome["stderr"] == "err\n")
        #expect(outcome.code == "3")
        let request = try Parsed.request("{ command: [a] }", by: ExecStep())
        #expect(request.impliedExpectation?.holds(0) == true && request.impliedExpectation?.holds(3) == false)
        #expect(
            Set(request.resultFields.map(\.name) + ["ms", "attempt", "error"]) == Set(outcome.result.object?.keys ?? [])
        )
    }

    @Test func `arguments reach the program as they are, without a shell`() async throws {
        let outcome = try await Self.run(
            #"{ command: [printf, '%s|', '$HOME', '*', '${{ $vars.x }}', ''] }"#, values: ["$vars.x": "a'; rm -rf b"])
        #expect(outcome["stdout"] == "$HOME|*|a'; rm -rf b||")
    }

    @Test func `a program sees PATH, HOME, LANG and its own variables only`() async throws {
        setenv("PLUMB_TEST_SECRET", "hunter2", 1)
        let outcome = try await Self.run("{ command: [env], env: { OWN: 'a b', LANG: C } }")
        let lines = Set((outcome["stdout"]?.string ?? "").split(separator: "\n").map(String.init))
        #expect(lines.contains("OWN=a b") && lines.contains("LANG=C"))
        #expect(lines.allSatisfy { ["PATH", "HOME", "LANG", "OWN"].contains($0.prefix { $0 != "=" }) })
    }

    @Test func `a program reads its input, however long`() async throws {
        let long = String(repeating: "0123456789", count: 100_000)
        let outcome = try await Self.run(
            "{ command: [wc, -c], stdin: '${{ $vars.long }}' }", values: ["$vars.long": .string(long)])
        #expect(outcome["stdout"]?.string?.split(separator: "\n").first == "1000000")
        #expect(try await Self.run("{ command: [cat] }")["stdout"] == "")
    }

    @Test func `the deadline ends the program and what it has started`() async throws {
        let mark = "9\(Int.random(in: 100_000...999_999))"
        let begun = ContinuousClock.now
        let outcome = try await Self.run(
            "{ command: [sh, -c, 'echo begun; trap \"\" TERM; sleep \(mark) & sleep \(mark)'] }",
            timeout: .milliseconds(300))
        #expect(outcome.error?.kind == .timeout)
        #expect(outcome.error?.message == "'sh' still ran after 300ms, and was killed")
        #expect(outcome["stdout"] == "begun\n" && outcome["exit_status"] == Value.null)
        #expect(ContinuousClock.now - begun < .seconds(3))
        #expect(try await Self.run("{ command: [sh, -c, 'ps ax | grep \"[s]leep \(mark)\"'] }")["stdout"] == "")
    }

    @Test func `what a program leaves running is ended with it`() async throws {
        let mark = "8\(Int.random(in: 100_000...999_999))"
        let begun = ContinuousClock.now
        let outcome = try await Self.run("{ command: [sh, -c, 'sleep \(mark) & echo done'] }")
        #expect(outcome["stdout"] == "done\n" && outcome["exit_status"] == 0)
        #expect(ContinuousClock.now - begun < .seconds(5))
        #expect(try await Self.run("{ command: [sh, -c, 'ps ax | grep \"[s]leep \(mark)\"'] }")["stdout"] == "")
    }

    @Test func `a signal is told`() async throws {
        let outcome = try await Self.run("{ command: [sh, -c, 'kill -9 $$'] }")
        #expect(outcome["signal"] == 9 && outcome["exit_status"] == 137)
    }

    @Test func `endless output is bounded`() async throws {
        let outcome = try await Self.run("{ command: ['yes'] }")
        #expect(outcome.error?.kind == .tooLarge)
        #expect((outcome["stdout"]?.string?.utf8.count ?? 0) == 4 << 20)
    }

    @Test func `a program runs in the folder that is named`() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await drive { driving in
            driving.scope = FixedScope(files: ["sub": folder.path], permissions: ["exec"])
            return try await driving.run("{ command: [pwd], cwd: sub }", by: ExecStep())
        }
        #expect(outcome["stdout"] == .string(folder.path + "\n"))
    }

    @Test func `no program is run without leave, nor one that is not there`() throws {
        let refused = try Self.failure("{ command: [ls] }", permissions: [])
        #expect(refused.code == "exec.refused" && refused.verdict == .error)
        #expect(refused.hint == "start plumb with --allow-exec if you trust the scenarios")
        #expect(try Self.failure("{ command: ['no-such-program'] }").code == "exec.not-found")
        #expect(
            try Self.failure("{ command: ['ls -l'] }").hint
                == "each argument is an element of its own: there is no shell")
    }

    @Test(arguments: [
        ("{ command: 1️⃣ls -l2️⃣ }", "exec.command"), ("{ command: 1️⃣[]2️⃣ }", "exec.command"),
        ("{ command: [ls], env: { 1️⃣'A=B'2️⃣: c } }", "exec.variable"), ("1️⃣{ stdin: x }2️⃣", "syntax.missing-key"),
    ]) func `a problem of a command is told at its place`(_ text: String, _ code: String) throws {
        let marked = MarkedText(text)
        let parsed = Parsed(marked.text, by: ExecStep())
        #expect(parsed.diagnostics.map(\.code.id) == [code])
        #expect(parsed.diagnostics.first?.primary?.span.range == marked["1️⃣", "2️⃣"])
        #expect(parsed.diagnostics.first?.hint != nil)
    }
}
