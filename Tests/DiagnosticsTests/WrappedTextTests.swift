import Diagnostics
import Testing

@Suite struct WrappedTextTests {
    @Test func `a text that fits stays as it is, double spaces included`() {
        #expect(WrappedText.lines(of: "p50  1 ms", cells: 9) == ["p50  1 ms"])
    }

    @Test func `a longer one is broken between words, each line within the width`() {
        #expect(WrappedText.lines(of: "one two three four", cells: 9) == ["one two", "three", "four"])
    }

    @Test func `what stands between double spaces stays together`() {
        #expect(WrappedText.lines(of: "p50 1 ms  p95 2 ms  p99 3 ms", cells: 18) == ["p50 1 ms  p95 2 ms", "p99 3 ms"])
        #expect(WrappedText.lines(of: "p50 1 ms  p95 2 ms; of all", cells: 10) == ["p50 1 ms", "p95 2 ms;", "of all"])
    }

    @Test func `a word that is wider than the width has a line of its own`() {
        #expect(WrappedText.lines(of: "a wordwithoutend b", cells: 5) == ["a", "wordwithoutend", "b"])
    }

    @Test func `wide characters count as two cells`() {
        #expect(WrappedText.lines(of: "日本 日本", cells: 6) == ["日本", "日本"])
    }

    @Test func `hints are broken only where that is asked for`() {
        let file = SourceFile(path: "a.yaml", text: "steps: 3\n")
        let hint = Array(repeating: "word", count: 40).joined(separator: " ")
        let diagnostic = Diagnostic(
            Diagnostic.Code("a.b", "A code."), at: SourceSpan(file, 0..<5), "wrong", hint: .init(hint))
        var text = DiagnosticText(width: 40)
        #expect(text.render(diagnostic).plain.contains(hint))
        text.wrapsHints = true
        let lines = text.render(diagnostic).plain.split(separator: "\n")
        #expect(lines.count > 5 && lines.allSatisfy { $0.count <= 40 }, "\(lines)")
    }
}
