import Diagnostics
import Testing

@Suite struct DiagnosticTextTests {
    private static let code = Diagnostic.Code("test.code", "A test.")

    private func span(_ text: String, _ part: String, in file: SourceFile) -> SourceSpan {
        let whole = Array(text.utf8)
        let piece = Array(part.utf8)
        let start = (0...(whole.count - piece.count)).first { Array(whole[$0..<($0 + piece.count)]) == piece } ?? 0
        return SourceSpan(file, start..<(start + piece.count))
    }

    private func render(
        _ text: String, at part: String, label: Diagnostic.Message? = nil, others: [(String, Diagnostic.Message?)] = [],
        hint: Diagnostic.Message? = nil, width: Int = 80
    ) -> String {
        let file = SourceFile(path: "users.yaml", text: text)
        let diagnostic = Diagnostic(
            Self.code, at: span(text, part, in: file), "it is wrong", label: label,
            secondary: others.map { .init(span: span(text, $0.0, in: file), text: $0.1) }, hint: hint)
        return DiagnosticText(width: width).render(diagnostic).plain
    }

    @Test func `the excerpt shows the line, the caret and the places that explain it`() {
        let text = render(
            "- name: create\n  http:\n    metod: POST\n", at: "metod", others: [("name", "in this step")],
            hint: "did you mean 'method'?")
        #expect(
            text == """
                error[test.code]: it is wrong
                  --> users.yaml:3:5
                  |
                1 | - name: create
                  |   ---- in this step
                  | ...
                3 |     metod: POST
                  |     ^^^^^
                  = hint: did you mean 'method'?

                """)
    }

    @Test func `marks of one line share a row where none hides another's label`() {
        let text = render("a: b, c\n", at: ",", label: "here", others: [("b", nil), ("c", "rest")])
        #expect(
            text.split(separator: "\n").dropFirst(3).joined(separator: "\n") == """
                1 | a: b, c
                  |    -^ here
                  |       - rest
                """)
    }

    @Test func `numbers of different length are aligned`() {
        let lines = (1...10).map { "k\($0): v" }.joined(separator: "\n")
        let text = render(lines, at: "k10", others: [("k9", nil)])
        #expect(text.contains("\n 9 | k9: v\n   | --\n10 | k10: v\n   | ^^^\n"))
        #expect(text.contains("\n   --> users.yaml:10:1\n   |\n"))
    }

    @Test(arguments: [
        ("\tx: bad", "bad", "1 |     x: bad", "  |        ^^^"),
        ("日本: bad", "bad", "1 | 日本: bad", "  |       ^^^"),
        ("😀 x", "😀", "1 | 😀 x", "  | ^^"),
        ("a\u{1B}b bad", "bad", "1 | a\\u{1B}b bad", "  |          ^^^"),
        ("a\u{202E}b", "\u{202E}", "1 | a\\u{202E}b", "  |  ^^^^^^^^"),
        ("a: \"x\r\n\"", "\"x", "1 | a: \"x", "  |    ^^"),
    ])
    func `the caret stands under what is shown`(text: String, part: String, line: String, caret: String) {
        let lines = render(text, at: part).split(separator: "\n").map(String.init)
        #expect(lines[3] == line)
        #expect(lines[4] == caret)
    }

    @Test func `an empty span has a caret, also at the end of the file`() {
        let file = SourceFile(path: "t", text: "a:\n")
        let text = DiagnosticText().render(Diagnostic(Self.code, at: SourceSpan(file, 2..<2), "no value")).plain
        #expect(text.contains("1 | a:\n  |   ^\n"))
        let end = DiagnosticText().render(Diagnostic(Self.code, at: SourceSpan(file, 3..<3), "the end")).plain
        #expect(end.contains("--> t:2:1\n  |\n2 |\n  | ^\n"))
    }

    @Test func `a span over several lines is marked on its first`() {
        let text = render("a: |\n  x\n  y\n", at: "|\n  x")
        #expect(text.contains("1 | a: |\n  |    ^\n"))
    }

    @Test(arguments: [20, 40, 80, 200])
    func `no line is wider than asked, and the caret is under the marked text`(width: Int) throws {
        let long = String(repeating: "abc日 ", count: 400)
        let text = long + "HERE" + long
        let file = SourceFile(path: "t", text: text)
        let lines = DiagnosticText(width: width).render(
            Diagnostic(Self.code, at: span(text, "HERE", in: file), "long")
        ).plain.split(separator: "\n").map(String.init)
        #expect(VisibleText(lines[3]).cells <= max(width, 24))
        #expect(lines[3].contains("…"))
        let caret = try #require(lines[4].firstIndex(of: "^"))
        let before = lines[3].firstRange(of: "HERE").map { VisibleText(String(lines[3][..<$0.lowerBound])).cells }
        #expect(before == VisibleText(String(lines[4][..<caret])).cells)
    }

    @Test func `a mark longer than the line is cut`() {
        let text = String(repeating: "x", count: 5000)
        let lines = render(text, at: text, width: 50).split(separator: "\n")
        #expect(lines[3].count <= 50)
        #expect(lines[4].count <= 50)
    }

    @Test func `messages, paths and hints cannot reach the terminal as commands`() {
        let file = SourceFile(path: "a\u{1B}[2Jb.yaml", text: "x")
        let diagnostic = Diagnostic(
            Self.code, at: SourceSpan(file, 0..<1), "bad\u{07}\nline", label: "l\u{1B}", hint: "h\u{1B}]0;t")
        let text = DiagnosticText().render(diagnostic)
        #expect(!text.plain.unicodeScalars.contains("\u{1B}"))
        #expect(text.plain.contains(#"bad\u{07}\nline"#))
        let colour = text.ansi.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(colour == text.plain)
    }

    @Test func `another file has a place of its own`() {
        let (a, b) = (SourceFile(path: "a.yaml", text: "x: 1"), SourceFile(path: "b.yaml", text: "y: 2"))
        let text = DiagnosticText().render(
            Diagnostic(
                Self.code, .warning, at: SourceSpan(a, 0..<1), "twice",
                secondary: [.init(span: SourceSpan(b, 0..<1), text: "first here")])
        ).plain
        #expect(
            text == """
                warning[test.code]: twice
                  --> a.yaml:1:1
                  |
                1 | x: 1
                  | ^
                  ::: b.yaml:1:1
                  |
                1 | y: 2
                  | - first here

                """)
    }

    @Test func `a diagnostic without a place has a headline and a hint`() {
        let text = DiagnosticText().render(Diagnostic(Self.code, at: nil, "no scenarios", hint: "one\ntwo")).plain
        #expect(text == "error[test.code]: no scenarios\n  = hint: one\n          two\n")
        #expect(DiagnosticText().line(Diagnostic(Self.code, at: nil, "x")).plain == "error: x [test.code]\n")
    }

    @Test func `the diagnostics of a file are capped and counted`() {
        let (a, b) = (SourceFile(path: "a", text: "x"), SourceFile(path: "b", text: "x"))
        let all = (0..<2500).map { _ in Diagnostic(Self.code, at: SourceSpan(a, 0..<1), "x") }
        let kept = (all + [Diagnostic(Self.code, at: SourceSpan(b, 0..<1), "y")]).capped(perFile: 20)
        #expect(kept.count == 22)
        #expect(kept.last?.message.text == "and 2,480 more in 'a', from here on")
        #expect(kept.contains { $0.message.text == "y" })
        #expect(all.capped(perFile: 2500).count == 2500)
    }
}
