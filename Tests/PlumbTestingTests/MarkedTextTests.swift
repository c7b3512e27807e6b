import PlumbTesting
import Testing

struct MarkedTextTests {
    @Test func `signs are taken out and give UTF-8 offsets`() {
        let marked = MarkedText("é😀: 1️⃣abc2️⃣\n")
        #expect(marked.text == "é😀: abc\n")
        #expect(marked["1️⃣"] == 8)
        #expect(marked["1️⃣", "2️⃣"] == 8..<11)
    }

    @Test func `a plain digit is no sign`() {
        #expect(MarkedText("1 2").text == "1 2")
    }
}
