import Diagnostics
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("metod", "method"), ("Steps", "steps"), ("tiemout", "timeout"), ("exepct", "expect"), ("assrt", "assert"),
    ])
    func `a slip of the finger is recognised`(typed: String, meant: String) {
        #expect(NearestName.of(typed, in: ["steps", "method", "timeout", "expect", "assert", "if"]) == meant)
    }

    @Test(arguments: ["zzzzzz", "", "description"])
    func `another word is left alone`(typed: String) {
        #expect(NearestName.of(typed, in: ["steps", "method", "timeout"]) == nil)
    }
}
