import Diagnostics
import Expressions
import Glibc
import Testing

/// Runaway and crashing programs: bad inputs 28 to 33.
@Suite(.serialized) struct EvaluationLimitsTests {
    private static let quick = EvaluationLimits(
        time: .milliseconds(100), memory: 6 << 30, outputs: 1000, outputBytes: 100_000, onExcess: { _ in })

    private func error(_ text: String, _ limits: EvaluationLimits = quick, _ dot: String = "null") throws
        -> EvaluationError?
    {
        let expression = try expression(text, role: .capture)
        let engine = ExpressionEngine([expression], limits: limits)
        let context = try context(dot)
        do throws(EvaluationError) {
            _ = try engine.outputs(of: expression, in: context)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "def f: f; f", "[range(1e12)]", "last(repeat(1))", "[recurse(. + 1; true)] | length", "until(false; . )",
    ])
    func `a program without end is stopped and named`(_ text: String) throws {
        let clock = ContinuousClock()
        var found: EvaluationError?
        let elapsed = try clock.measure { found = try error(text) }
        #expect(found?.kind == .budget)
        #expect(found?.message == "does not end: stopped after 100 ms of processor time")
        #expect(elapsed < .seconds(5))
    }

    @Test func `the other assertions of a step are judged though one runs away`() throws {
        let expressions = try ["1 as $x | $x == 1", "def f: f; f", ". as $x | $x == 3"].map { try expression($0) }
        let engine = ExpressionEngine(expressions, limits: Self.quick)
        let judgements = engine.judge(expressions, in: try context("3"))
        #expect(judgements[0] == .holds)
        #expect(judgements[2] == .holds)
        guard case .fails(let failure) = judgements[1] else {
            Issue.record("the runaway holds")
            return
        }
        #expect(failure.error?.kind == .budget)
        // The interpreter is fit for use afterwards.
        #expect(engine.judge([expressions[2]], in: try context("3")) == [.holds])
    }

    @Test func `an explanation takes no longer than an evaluation may`() throws {
        // Sides that only libjq evaluates, each of which has to be looked at to say why none holds.
        let text = (1...12).map { "(. as $x | $x == \($0 + 100))" }.joined(separator: " or ")
        let expressions = try [expression(text)]
        let engine = ExpressionEngine(expressions, limits: Self.quick)
        #expect(engine.judge(expressions, in: try context("3")) != [.holds])
        var count = 0
        engine.beforeForeign = { _ in
            count += 1
            usleep(40_000)
        }
        let judgement = engine.judge(expressions, in: try context("3"))[0]
        guard case .fails(let failure) = judgement else {
            Issue.record("it holds")
            return
        }
        #expect(failure.message == "both sides of 'or' are false")
        #expect(count > 1 && count <= 5, "\(count) parts were evaluated in 100 ms, 40 ms each")
    }

    @Test func `the thread that watches is gone once it is ended, and the next evaluation has another`() throws {
        #expect(try error("def f: f; f")?.kind == .budget)
        #expect(Self.threads("plumb-watch") == 1)
        ExpressionEngine.endThreads()
        #expect(Self.threads("plumb-watch") == 0)
        ExpressionEngine.endThreads()
        #expect(try error("def f: f; f")?.kind == .budget)
        #expect(Self.threads("plumb-watch") == 1)
    }

    /// How many threads of this process have a name.
    private static func threads(_ name: String) -> Int {
        guard let start = MemoryLayout<dirent>.offset(of: \.d_name), let folder = unsafe opendir("/proc/self/task")
        else { return 0 }
        defer { unsafe closedir(folder) }
        var count = 0
        while let entry = unsafe readdir(folder) {
            let id = unsafe String(
                cString: UnsafeRawPointer(entry).advanced(by: start).assumingMemoryBound(to: CChar.self))
            let descriptor = unsafe open("/proc/self/task/\(id)/comm", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 32)
            let length = unsafe read(descriptor, &bytes, bytes.count)
            if String(decoding: bytes.prefix(max(0, length)), as: UTF8.self) == name + "\n" { count += 1 }
        }
        return count
    }

    @Test func `outputs are bounded in number, size and depth`() throws {
        #expect(try error("range(1e6)")?.message == "yields more than 1000 outputs")
        #expect(try error("\"x\" * 200000")?.message.contains("of output") == true)
        #expect(try error("[range(1e5)]")?.kind == .budget)
        #expect(
            try error("reduce range(1000) as $i (1; [.])")?.message == "yields a value nested deeper than 512 levels")
        #expect(try error("reduce range(500) as $i (1; [.])") == nil)
    }

    @Test func `a program that takes memory is stopped before the process is too large`() throws {
        let limits = EvaluationLimits(time: .seconds(20), memory: 800 << 20, onExcess: { _ in })
        let found = try error("(\"x\" * 10000) as $s | [range(100000) | $s * 100] | length", limits)
        #expect(found?.kind == .budget)
        #expect(found?.message.contains("600 MiB of memory") == true)
    }

    @Test func `an evaluation within one instruction ends the process with a status that tells`() async throws {
        let result = try await #require(processExitsWith: .failure) {
            let text = #"("a" * 400000) | [match("a"; "g")] | length == 400000"#
            evaluateAndExit(text, EvaluationLimits(time: .milliseconds(50)))
        }
        // Newer versions of libjq are through before that.
        let stuck = EvaluationLimits.Excess.stuck.exitStatus
        #expect(result.exitStatus == .exitCode(stuck) || result.exitStatus == .exitCode(1))
    }

    // MARK: Crashes

    @Test(arguments: [
        "1e20 | todate | length", "[] | .[2147483647] = 1 | length",
        "reduce range(1000000) as $i (1; [.]) | length",
    ])
    func `a program that crashes libjq is known before it runs`(_ text: String) async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardOutputContent]) { [text] in
            evaluateAndExit(text, .standard)
        }
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self).contains("evaluating <\(text)>"))
        // Newer versions of libjq survive some of them, and the child says so with 1.
        let endings: [ExitStatus] = [.signal(SIGSEGV), .signal(SIGABRT), .signal(SIGFPE), .exitCode(1)]
        #expect(endings.contains(result.exitStatus))
    }
}

/// Evaluates in a process made for it, writes down what is about to enter libjq, and exits with 1.
private func evaluateAndExit(_ text: String, _ limits: EvaluationLimits) {
    // What libjq says as it dies is no part of the test's output.
    close(STDERR_FILENO)
    guard let expression = try? expression(text, role: .capture) else { _exit(2) }
    let engine = ExpressionEngine([expression], limits: limits)
    engine.beforeForeign = { expression in
        var note = "evaluating <\(expression.text)>\n"
        note.withUTF8 { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
    _ = try? engine.outputs(of: expression, in: EvaluationContext())
    _exit(1)
}
