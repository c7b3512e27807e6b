import Diagnostics
import Testing

@Suite struct LocatedTextTests {
    /// The text `a\n"b` written as `a\x0A\"b` in quotes: two escapes between letters.
    private let file = SourceFile(path: "t.yaml", text: #"k: "a\x0A\"b" "#)
    private var text: LocatedText {
        LocatedText(
            text: "a\n\"b", span: SourceSpan(file, 4..<12),
            segments: [
                .init(value: 0, source: 4), .init(value: 1, source: 5, verbatim: false),
                .init(value: 2, source: 9, verbatim: false), .init(value: 3, source: 11),
            ])
    }

    @Test func `a verbatim text maps byte for byte`() {
        let verbatim = LocatedText(verbatim: "héllo", at: SourceSpan(SourceFile(path: "t", text: "  héllo"), 2..<8))
        #expect(verbatim.span(of: 0..<1).range == 2..<3)
        #expect(verbatim.span(of: 3..<6).range == 5..<8)
        #expect(verbatim.span(of: 6..<6).range == 8..<8)
    }

    @Test func `an escape maps to the whole of what was written`() {
        #expect(text.span(of: 0..<1).range == 4..<5)
        #expect(text.span(of: 1..<2).range == 5..<9)
        #expect(text.span(of: 2..<3).range == 9..<11)
        #expect(text.span(of: 3..<4).range == 11..<12)
        #expect(text.span(of: 0..<4).range == 4..<12)
        #expect(text.span(of: 1..<3).range == 5..<11)
    }

    @Test func `an empty range stands before its byte and behind the last one`() {
        #expect(text.span(of: 1..<1).range == 5..<5)
        #expect(text.span(of: 3..<3).range == 11..<11)
        #expect(text.span(of: 4..<4).range == 12..<12)
    }

    @Test func `the place behind an escape at the end is behind the escape`() {
        let file = SourceFile(path: "t", text: #""a\n""#)
        let text = LocatedText(
            text: "a\n", span: SourceSpan(file, 1..<4),
            segments: [.init(value: 0, source: 1), .init(value: 1, source: 2, verbatim: false)])
        #expect(text.span(of: 2..<2).range == 4..<4)
        #expect(text.span(of: 1..<2).range == 2..<4)
    }

    @Test func `a slice maps as the whole does`() {
        for lower in 0...4 {
            for upper in lower...4 {
                let slice = text.slice(lower..<upper)
                #expect(slice.text == String(Array("a\n\"b")[lower..<upper]))
                for from in 0..<slice.text.utf8.count {
                    for to in (from + 1)...slice.text.utf8.count {
                        #expect(slice.span(of: from..<to) == text.span(of: (lower + from)..<(lower + to)))
                    }
                }
            }
        }
    }

    @Test func `an empty text stands where its span does`() {
        let empty = LocatedText(verbatim: "", at: SourceSpan(file, 3..<3))
        #expect(empty.span(of: 0..<0).range == 3..<3)
        #expect(empty.slice(0..<0).text.isEmpty)
    }
}
