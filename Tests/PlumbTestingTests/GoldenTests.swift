import PlumbTesting
import Testing

struct GoldenTests {
    @Test func `an equal text has no difference`() throws {
        #expect(try Golden.difference("a\nb\n", expected: "a\nb\n") == nil)
    }

    @Test(arguments: [("a\nb", "a\nc"), ("a\n", "a"), ("a", "a\n"), ("", "x"), ("a\r\nb", "a\nb"), ("a\nb\nc", "a\nb")])
    func `a text that differs in a byte is told`(actual: String, expected: String) throws {
        #expect(try Golden.difference(actual, expected: expected) != nil)
    }

    @Test func `a pattern stands for what varies in its line and nothing else`() throws {
        let pattern = #"1 passed in <<<\d+>>> ms (a.b) [<<<\w*>>>]"#
        #expect(try Golden.difference("1 passed in 37 ms (a.b) [x]", expected: pattern) == nil)
        #expect(try Golden.difference("1 passed in 37 ms (a-b) [x]", expected: pattern) != nil)
        #expect(try Golden.difference("1 passed in 37 ms (a.b) [x] more", expected: pattern) != nil)
    }

    @Test func `a pattern that is no regular expression is an error`() {
        #expect(throws: (any Error).self) { try Golden.difference("a", expected: "<<<(>>>") }
    }

    @Test func `the difference shows the line, what was expected and what came`() throws {
        let difference = try #require(try Golden.difference("one\ntwo\n", expected: "one\n2\n"))
        #expect(difference == "  1 | one\n- 2 | 2\n- 3 | \n+ 2 | two\n+ 3 | ")
    }

    @Test func `recording writes the file, keeps the patterns that fit, and fails`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("took <<<\\d+>>> ms\nold\n", to: "case.txt")
        #expect(throws: Golden.Mismatch.self) { try Golden.compare("took 12 ms\nnew\n", with: path, record: true) }
        #expect(try folder.read("case.txt") == "took <<<\\d+>>> ms\nnew\n")
        try Golden.compare("took 99 ms\nnew\n", with: path, record: false)
    }

    @Test func `a missing file fails even for an empty text`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: Golden.Mismatch.self) { try Golden.compare("", with: folder.path("none"), record: false) }
    }

    @Test func `cases are found in nested folders and named without their extension`() throws {
        let folder = try TemporaryFolder()
        for name in ["b/two.yaml", "a.yaml", "b/two.tree", "b/c/three.yaml"] { try folder.write(name, to: name) }
        let cases = Golden.cases(in: folder.path)
        #expect(cases.map(\.name) == ["a", "b/c/three", "b/two"])
        #expect(cases[2].beside("tree") == folder.path("b/two.tree"))
        #expect(try cases[1].input() == "b/c/three.yaml")
    }
}
