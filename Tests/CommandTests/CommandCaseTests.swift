import PlumbTesting
import Testing

@Suite(.onOwnThreads) struct CommandCaseTests {
    @Test(arguments: CommandCase.all)
    func `the command does what the case says`(_ commandCase: CommandCase) throws { try commandCase.check() }

    @Test func `there are cases`() { #expect(!CommandCase.all.isEmpty) }

    @Test func `words are split at white space and kept by quotes`() {
        #expect(Words.split("run  'a b'\n--tag=\"x 'y\" '' z\n") == ["run", "a b", "--tag=x 'y", "", "z"])
    }

    @Test func `a case that differs says in what`() throws {
        let folder = try TemporaryFolder()
        try folder.write("--version", to: "arguments")
        try folder.write("9.9.9\n", to: "stdout")
        try folder.write("3\n", to: "status")
        try folder.write("x", to: "expected/report.json")
        let wrong = CommandCase(name: "wrong", folder: folder.path)
        let error = #expect(throws: CommandCase.Difference.self) { try wrong.check(record: false) }
        let text = try #require(error).description
        for name in ["stdout", "status", "expected/report.json"] { #expect(text.contains("/\(name)' differs")) }
        #expect(text.contains("- 1 | 9.9.9"))
    }
}
