import Diagnostics
import Testing

@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("plain", "plain", 5),
        ("a\u{1B}[31m", "a\\u{1B}[31m", 11),
        ("a\nb\tc\r", "a\\nb\\tc\\r", 9),
        ("\u{202E}x", "\\u{202E}x", 9),
        ("ste\u{200B}ps", "ste\\u{200B}ps", 13),
        ("日本", "日本", 4),
        ("é", "é", 1),
        ("e\u{301}", "e\u{301}", 1),
        ("😀", "😀", 2),
        ("❤\u{FE0F}", "❤\u{FE0F}", 2),
        ("👩\u{200D}💻", "👩\u{200D}💻", 2),
        ("🇩🇪", "🇩🇪", 2),
        ("ｆ", "ｆ", 2),
        ("\u{7F}\u{85}\u{A0}", "\\u{7F}\\u{85}\\u{A0}", 18),
        ("\u{2028}", "\\u{2028}", 8),
    ])
    func `what a terminal obeys or hides is written out`(text: String, shown: String, cells: Int) {
        let visible = VisibleText(text)
        #expect(visible.text == shown)
        #expect(visible.cells == cells)
    }

    @Test func `bytes that are no UTF-8 are shown one by one`() {
        let bytes: [UInt8] = [0x61, 0xC0, 0xAF, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0x62, 0xE2, 0x82]
        let visible = VisibleText(bytes, 0..<bytes.count)
        #expect(visible.text == #"a\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80b\xE2\x82"#)
    }

    @Test func `a tab reaches to the next stop`() {
        let bytes = Array("a\tb\t".utf8)
        #expect(VisibleText(bytes, 0..<4).text == "a   b   ")
        #expect(VisibleText(Array("日\tx".utf8), 0..<5).text == "日  x")
    }

    @Test func `UTF-8 is read strictly`() {
        #expect(UTF8Text.scalar(in: Array("😀".utf8), at: 0) == "😀")
        #expect(UTF8Text.scalar(in: [0xC1, 0x81], at: 0) == nil)
        #expect(UTF8Text.scalar(in: [0xE0, 0x80, 0x80], at: 0) == nil)
        #expect(UTF8Text.scalar(in: [0xF0, 0x80, 0x80, 0x80], at: 0) == nil)
        #expect(UTF8Text.scalar(in: [0xED, 0xA0, 0x80], at: 0) == nil)
        #expect(UTF8Text.scalar(in: [0xE2, 0x82], at: 0) == nil)
        #expect(UTF8Text.scalar(in: [0x80], at: 0) == nil)
    }
}
