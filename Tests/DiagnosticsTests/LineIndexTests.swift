import Diagnostics
import Testing

@Suite struct LineIndexTests {
    private func positions(_ text: String) -> [String] {
        let file = SourceFile(path: "t", text: text)
        return (0...text.utf8.count).map { "\(file.position(at: $0))" }
    }

    @Test func `LF, CRLF and CR each end a line`() {
        #expect(positions("a\nb") == ["1:1", "1:2", "2:1", "2:2"])
        #expect(positions("a\rb") == ["1:1", "1:2", "2:1", "2:2"])
        #expect(positions("a\r\nb") == ["1:1", "1:2", "1:3", "2:1", "2:2"])
        #expect(positions("\n\r\n\r") == ["1:1", "2:1", "2:2", "3:1", "4:1"])
    }

    @Test func `columns count characters, not bytes`() {
        let file = SourceFile(path: "t", text: "é😀x\ny")
        #expect(file.position(at: 2).column == 2)
        #expect(file.position(at: 6).column == 3)
        #expect(file.position(at: 8) == SourcePosition(line: 2, column: 1))
    }

    @Test func `a byte order mark takes no column`() {
        let file = SourceFile(path: "t", bytes: [0xEF, 0xBB, 0xBF] + Array("ab\ncd".utf8))
        #expect(file.position(at: 0) == SourcePosition(line: 1, column: 1))
        #expect(file.position(at: 3) == SourcePosition(line: 1, column: 1))
        #expect(file.position(at: 4) == SourcePosition(line: 1, column: 2))
        #expect(file.position(at: 6) == SourcePosition(line: 2, column: 1))
    }

    @Test func `an offset outside the text is moved to its end`() {
        let file = SourceFile(path: "t", text: "ab\n")
        #expect(file.position(at: 99) == SourcePosition(line: 2, column: 1))
        #expect(file.position(at: -1) == SourcePosition(line: 1, column: 1))
        #expect(SourceFile(path: "t", text: "").position(at: 0) == SourcePosition(line: 1, column: 1))
    }

    @Test func `the range of a line leaves its end out`() {
        let bytes = Array("ab\r\ncd\n\nef".utf8)
        let lines = LineIndex(bytes)
        #expect((0..<4).map { lines.range(ofLine: $0, in: bytes) } == [0..<2, 4..<6, 7..<7, 8..<10])
    }
}
