import Diagnostics
import Testing

@testable import ScenarioCompiler

@Suite struct EnvironmentFileTests {
    private func read(_ text: String) -> [String: String] {
        var diagnostics: [Diagnostic] = []
        let values = EnvironmentFile.read(path: "test.env", bytes: Array(text.utf8), into: &diagnostics)
        #expect(diagnostics.isEmpty)
        return values
    }

    private func problems(_ bytes: [UInt8]) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        _ = EnvironmentFile.read(path: "test.env", bytes: bytes, into: &diagnostics)
        return diagnostics
    }

    @Test(arguments: [
        ("A=1", "1"),
        ("A=", ""),
        ("A=''", ""),
        ("A=a b  c  ", "a b  c"),
        ("  A = 1", "1"),
        ("A=1 # one", "1"),
        ("A=1#2", "1#2"),
        ("A= # nothing", ""),
        ("A=a=b==", "a=b=="),
        ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("A='a \"b\" \\n $B #c'", "a \"b\" \\n $B #c"),
        ("A=\"a\\tb\\n\\\"c\\\" \\\\ \\$B $C #d\" # e", "a\tb\n\"c\" \\ $B $C #d"),
        ("A=\"two\nlines\"", "two\nlines"),
        ("A='x'\r\n", "x"),
        ("A=x\r", "x"),
        ("A=x\r\nB=y", "x"),
        ("\u{FEFF}A=1", "1"),
        ("# A=2\n\n   \n#\nA=1", "1"),
        ("A=$HOME ${HOME} `id`", "$HOME ${HOME} `id`"),
        ("A=é😀", "é😀"),
        ("exported=3\nA=1", "1"),
    ])
    func `a line gives its value`(_ text: String, _ value: String) {
        #expect(read(text)["A"] == value)
    }

    @Test func `of two lines for a name the later counts`() {
        var diagnostics: [Diagnostic] = []
        let values = EnvironmentFile.read(path: "test.env", bytes: Array("A=1\nA=2".utf8), into: &diagnostics)
        #expect(values == ["A": "2"])
        #expect(diagnostics.map(\.severity) == [.warning])
        #expect(diagnostics.first?.secondary.first?.span.start == SourcePosition(line: 1, column: 1))
    }

    @Test(arguments: [
        ("A=1\nwords", 2, 1), ("=1", 1, 1), ("A-B=1", 1, 1), ("1A=1", 1, 1), ("é=1", 1, 1),
        ("A=\"x", 1, 3), ("A=é\nB='x\ny", 2, 3), ("A=\"\\x\"", 1, 4), ("A='1' 2", 1, 7), ("A='1'#2", 1, 6),
        ("A=1\r\nB", 2, 1), ("A=1\rB", 2, 1),
    ])
    func `a wrong line is told with its place`(_ text: String, _ line: Int, _ column: Int) {
        let problems = problems(Array(text.utf8))
        #expect(problems.map(\.code) == [.environmentSyntax])
        #expect(problems.first?.primary?.span.start == SourcePosition(line: line, column: column))
    }

    @Test func `bytes that are no text are told with their place`() {
        #expect(problems([0x41, 0x3D, 0x31, 0x0A, 0x42, 0x3D, 0xFF]).first?.primary?.span.start.description == "2:3")
        #expect(problems([0x41, 0x3D, 0xEF]).first?.primary?.span.start.description == "1:3")
        #expect(problems([0x41, 0x3D, 0x00]).first?.primary?.span.start.description == "1:3")
        #expect(problems([0xFF, 0xFE, 0x41, 0x00]).count == 1)
    }

    @Test(arguments: [
        "KEY=\"hunter2", "KEY='hunter2' hunter2", "KEY=\"hunter2\\q\"", "hunter2", "é=hunter2",
        "KEY=\"a\nhunter2=='", "KEY=hunter2\nKEY=hunter2", "K-Y=hunter2", "export KEY='hunter2",
    ])
    func `no value is shown`(_ text: String) {
        let problems = problems(Array(text.utf8))
        #expect(!problems.isEmpty)
        let shown = DiagnosticText().render(problems).plain
        #expect(!shown.contains("hunter2"))
    }
}
