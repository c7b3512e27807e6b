import Testing

@testable import StepDrivers

struct TextFormTests {
    @Test(
        arguments: [
            ([], ""), ([0x66], "Zg=="), ([0x66, 0x6F], "Zm8="), ([0x66, 0x6F, 0x6F], "Zm9v"), ([0xFB, 0xFF], "+/8="),
        ] as [([UInt8], String)]) func `base64 goes both ways`(_ bytes: [UInt8], _ text: String)
    {
        #expect(Base64.encode(bytes) == text)
        #expect(Base64.decode(text) == bytes)
    }

    @Test func `base64 is read in both alphabets, without padding, over lines`() {
        #expect(Base64.decode("-_8") == [0xFB, 0xFF])
        #expect(Base64.decode("Zm\n 9v\r\n") == [0x66, 0x6F, 0x6F])
    }

    @Test(arguments: ["Z", "Zg=", "Zg===", "Z=g=", "Zm9v=", "Zm$v", "Zm9vZ"]) func `what is no base64 is told`(
        _ text: String
    ) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: [
        ("abc", "abc"), ("", "''"), ("it's", "'it'\\''s'"), ("$x", "'$x'"), ("a b", "'a b'"), ("é", "'é'"),
        ("a\n'\\\r\u{1}", "$'a\\n\\'\\\\\\r\\x01'"),
    ]) func `a word is quoted for a shell`(_ word: String, _ quoted: String) {
        #expect(CurlCommand.quoted(word) == quoted)
    }

    @Test func `every value stays in its part of a URL`() throws {
        for value in ["/", "?", "#", "..", ".", "a/../b", "%2e%2e", "\r\n", "@", "http://x", ""] {
            var builder = URLBuilder()
            try builder.add(literal: "/a/")
            try builder.add(value: value)
            try builder.add(literal: "/z?k=")
            try builder.add(value: value)
            try builder.add(literal: "&l=1")
            let url = builder.finish()
            let path = url.prefix { $0 != "?" }
            #expect(path.split(separator: "/", omittingEmptySubsequences: false).count == 4)
            #expect(url.filter { $0 == "?" }.count == 1 && url.filter { $0 == "&" }.count == 1)
            #expect(!path.contains("/../") && !path.contains("/./") && url.hasSuffix("&l=1"))
        }
    }

    @Test(arguments: [
        ("http://u:p@h/a@b", "http://h/a@b"), ("http://h/a@b", "http://h/a@b"), ("/a@b", "/a@b"),
        ("https://u@h:1?x=@", "https://h:1?x=@"),
    ]) func `user names are taken out of URLs`(_ url: String, _ expected: String) {
        #expect(url.withoutUserInfo == expected)
    }
}
