import Testing

@testable import Sandbox

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "0", "-1", "1.5", "1e3", "\"a\"", "[]", "{}", "[1,[2,{\"a\":[]}]]", "{\"a\":1,\"b\":null}",
        " {\"a\" : [ 1 , 2 ] } \n",
    ])
    func `what is JSON is read, and read back the same`(_ text: String) throws {
        let value = try JSON(parsing: Array(text.utf8))
        #expect(try JSON(parsing: value.encoded) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":}", "{a:1}", "'a'", "01", "+1", "1.", ".5", "NaN", "tru", "\"a", "\"\\x\"",
        "\"\\ud800\"", "\"\n\"", "[1] []", "1e999", "{\"a\" 1}", "\"\\u12g4\"",
    ])
    func `what is no JSON is refused at its place`(_ text: String) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
        #expect((0...text.utf8.count).contains(error?.offset ?? -1))
    }

    @Test func `escapes and surrogates become text`() throws {
        let value = try JSON(parsing: Array(#""\u00e9\n\"\ud83d\ude00\/""#.utf8))
        #expect(value == "é\n\"😀/")
        #expect(String(decoding: JSON.string("a\"\\\n\u{1}é").encoded, as: UTF8.self) == #""a\"\\\n\u0001é""#)
    }

    @Test func `depth is bounded`() {
        for text in [String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000)] {
            let error = #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
            #expect(error?.reason.contains("deeper") == true)
        }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xC0, 0xAF, 0x22]) }
    }
}
