import Testing

@testable import Expressions

@Suite struct BatchCompilerTests {
    private func slot(_ text: String) -> ProgramText.Slot {
        ProgramText.Slot(text: text, variables: [], calls: [], hasOrderings: false)
    }

    private func failures(_ texts: [String]) -> [Int: String] {
        BatchCompiler.compile(texts.map(slot)).failures.mapValues { $0.messages.first ?? "" }
    }

    @Test func `what libjq refuses is taken out and the rest compiles`() {
        let texts = ["1", "foo(1)", "2", "\n\n. as $x\n| $y", "3", "if . then", "4", "\"a", "5"]
        let result = BatchCompiler.compile(texts.map(slot))
        #expect(result.program != nil)
        #expect(result.failures.keys.sorted() == [1, 3, 5, 7])
        #expect(result.failures[1]?.messages == ["foo/1 is not defined"])
        #expect(result.failures[3]?.messages == ["$y is not defined"])
    }

    @Test func `an expression beyond libjq's limits is refused alone`() {
        let huge = Array(repeating: ".a", count: 20_000).joined(separator: ",")
        #expect(failures(["1", huge, "2"]) == [1: "the expression is too long: 59999 bytes, at most 24576"])
        // libjq itself finds this one too long, and names no line.
        let dense = Array(repeating: "1", count: 12_000).joined(separator: ",")
        let found = failures(["1", dense])
        #expect(found.keys.sorted() == [1])
        #expect(found[1]?.contains("too long") == true, "\(found[1] ?? "")")
    }

    @Test(arguments: [
        "env", "$ENV", "input", "[inputs]", "debug", "stderr", "halt", "halt_error", "halt_error(1)", "input_filename",
    ])
    func `what reaches out of an expression does nothing, though lint has refused it`(_ text: String) throws {
        let name = text.filter { $0.isLetter || $0 == "_" }
        let slots = [
            ProgramText.Slot(text: text, variables: [], calls: [name], hasOrderings: false), slot("7"),
        ]
        let compiled = BatchCompiler.compile(slots)
        let program = try #require(compiled.program)
        let entries = slots.indices.map { slot in
            ForeignValue([.number(Double(slot)), .array(compiled.text.turns[slot].map(Value.bool)), false, []])
        }
        var reader = ForeignReader(bytes: 1000, depth: 10)
        var outputs: [[Value]] = []
        var failures = 0
        let ending = program.run(
            ForeignValue(array: [ForeignValue(array: entries), ForeignValue(.null)]), reader: &reader
        ) { event in
            switch event {
            case .begins: outputs.append([])
            case .output(let value): outputs[outputs.count - 1].append(value)
            case .failed: failures += 1
            }
            return true
        }
        guard case .complete = ending else {
            Issue.record("the run ends with \(ending)")
            return
        }
        // Either there is an error, or nothing of the environment.
        #expect(outputs == [text == "$ENV" ? [[:]] : [], [7]])
        #expect(failures == (text == "$ENV" ? 0 : 1))
    }

    @Test func `expressions are divided by number and by size`() {
        #expect(BatchCompiler.divide([]) == [])
        #expect(BatchCompiler.divide(Array(repeating: 1, count: 250)) == [0..<120, 120..<240, 240..<250])
        #expect(BatchCompiler.divide(Array(repeating: 1, count: 130), first: 10) == [0..<10, 10..<130])
        #expect(BatchCompiler.divide([10_000, 10_000, 20_000, 1]) == [0..<1, 1..<2, 2..<3, 3..<4])
    }

    @Test func `a message of the compiler is taken apart`() {
        let old = JQProgram.Message(compilerLine: "jq: error: foo/0 is not defined at <top-level>, line 12:")
        #expect(old == JQProgram.Message(text: "foo/0 is not defined", line: 12))
        let new = JQProgram.Message(
            compilerLine: "jq: error: syntax error, unexpected '|' at <top-level>, line 3, column 7:")
        #expect(new == JQProgram.Message(text: "syntax error, unexpected '|'", line: 3))
        let bare = JQProgram.Message(compilerLine: "jq: 1 compile error")
        #expect(bare.line == nil)
    }
}
