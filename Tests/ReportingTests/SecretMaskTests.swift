import Expressions
import ScenarioModel
import Testing

@Suite struct SecretMaskTests {
    private static let secret = "p@ss w/\"ö\\rd'&<+%>?~"

    /// The ways in which texts that leave the tool may write the secret.
    private static let forms: [String] = [
        secret,
        #"p@ss w/\"ö\\rd'&<+%>?~"#,
        #"p@ss w\/\"\u00f6\\rd'\u0026\u003C+%>?~"#,
        #"p@ss w/\\\"ö\\\\rd'&<+%>?~"#,
        "p%40ss%20w%2F%22%C3%B6%5Crd%27%26%3C%2B%25%3E%3F~",
        "p%40ss+w%2f%22%c3%b6%5crd%27%26%3c%2b%25%3e%3f%7e",
        "p@ss%20w/%22%C3%B6%5Crd'&%3C+%25%3E?~",
        "p%2540ss%2520w%252F%2522%25C3%25B6%255Crd%2527%2526%253C%252B%2525%253E%253F~",
        "p@ss w/&quot;ö\\rd&apos;&amp;&lt;+%&gt;?~",
        "p@ss w/&#34;&#246;\\rd&#39;&#38;&#x3c;+%&#x3E;?~",
        "p@ss w/&amp;quot;ö\\rd'&amp;amp;&amp;lt;+%&amp;gt;?~",
        #"p@ss w/\&quot;ö\\rd&#39;&amp;&lt;+%&gt;?~"#,
        #"p@ss w/"ö\rd'\''&<+%>?~"#,
    ]

    @Test(arguments: forms)
    func `a secret is found in each of its escaped forms`(form: String) {
        let mask = SecretMask([Self.secret])
        #expect(mask.masked("before \(form) after") == "before *** after")
        #expect(mask.masked(form) == "***")
        #expect(mask.masked("\(form),\(form)") == "***,***")
    }

    @Test(arguments: ["", "a", "ab", "user:", "jürgen:"], ["", "!", "!!", ":admin"])
    func `a secret inside base64 is found at every offset, in both alphabets`(before: String, after: String) {
        let secret = "s3cr\u{FF}t>>?~key"
        let mask = SecretMask([secret])
        let blob = base64(Array((before + secret + after).utf8))
        let url = String(blob.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        for form in [blob, url, String(url.filter { $0 != "=" }), blob.split(separator: "=").joined()] {
            let masked = mask.masked("Basic \(form) end")
            #expect(masked.contains("***"))
            #expect(!reveals(masked, of: secret), "\(form) became \(masked)")
            #expect(masked.hasPrefix("Basic ") && masked.hasSuffix(" end"))
        }
        let escaped = blob.map { $0 == "/" ? "%2F" : $0 == "+" ? "%2B" : $0 == "=" ? "%3D" : String($0) }.joined()
        #expect(mask.masked("q=\(escaped)&x").contains("***"))
        let folded = stride(from: 0, to: blob.count, by: 5).map { start in
            String(blob.dropFirst(start).prefix(5))
        }.joined(separator: "\r\n")
        #expect(mask.masked(folded).contains("***"))
    }

    @Test func `each four bytes of a short secret are found in base64 too`() {
        let mask = SecretMask(["k3y!"])
        for before in ["", "a", "ab"] {
            #expect(mask.masked(base64(Array("\(before)k3y!zzz".utf8))).contains("***"))
        }
    }

    @Test func `text without a secret stays as it is`() {
        let mask = SecretMask(["hunter22"])
        for text in [
            "", "hunter2", "hunter 22", "aHVudGVy", "\\\\\\", "%", "%2", "&", "&#", "&#x", "\\u12", "'", "&amp;",
        ] {
            #expect(mask.masked(text) == text)
        }
        #expect(SecretMask().isEmpty)
        #expect(SecretMask().masked("anything") == "anything")
    }

    @Test func `secrets that overlap leave no part of either`() {
        let mask = SecretMask(["abcdef", "defghi", "abcdefxyz"])
        #expect(mask.masked("abcdefghi") == "***")
        #expect(mask.masked("abcdefxyz.") == "***.")
        #expect(mask.masked("abcdefabcdef") == "******")
    }

    @Test func `a secret of several lines is found whole, escaped, and line by line`() {
        let secret = "-----BEGIN-----\nMIIEvQIBADANBg\n}\n-----END-----\n"
        let mask = SecretMask([secret])
        #expect(mask.masked("x\(secret)y") == "x***y")
        #expect(mask.masked(#"{"k":"-----BEGIN-----\nMIIEvQIBADANBg\n}\n-----END-----\n"}"#) == #"{"k":"***"}"#)
        #expect(mask.masked("line MIIEvQIBADANBg alone") == "line *** alone")
        #expect(mask.masked("a } stays") == "a } stays")
        #expect(SecretMask([" padded1 \n"]).masked("it is padded1.") == "it is ***.")
    }

    @Test func `values under four bytes are left out, captured ones are added as a run goes on`() {
        let mask = SecretMask(["abc", ""])
        #expect(mask.isEmpty)
        mask.add("abcd")
        #expect(mask.masked("abc abcd") == "abc ***")
    }

    @Test func `an excerpt is cut so that nothing of a secret stays at its end`() {
        let mask = SecretMask(["sesame-open"])
        let text = Array("0123456789sesame-open-and-more".utf8)
        for limit in 0...text.count {
            let cut = String(decoding: mask.excerpt(of: text, limit: limit), as: UTF8.self)
            let expected =
                limit <= 10
                ? String("0123456789".prefix(limit)) : "0123456789***" + "-and-more".prefix(max(0, limit - 21))
            #expect(cut == expected)
        }
        let escaped = Array("%73%65%73%61%6D%65-open".utf8)
        #expect(mask.excerpt(of: escaped, limit: 7) == Array("***".utf8))
        #expect(mask.excerpt(of: Array("aé".utf8), limit: 2) == Array("a".utf8))
    }

    @Test func `invalid UTF-8 around a secret keeps its bytes`() {
        let mask = SecretMask(["hunter22"])
        #expect(mask.masked([0xFF] + Array("hunter22".utf8) + [0xC3]) == [0xFF] + Array("***".utf8) + [0xC3])
    }

    @Test func `backslashes and ampersands without end take linear time`() {
        let mask = SecretMask([String(repeating: "\\", count: 8), "&amp;&amp;&amp;", "%25%25%25%25", "++++++++"])
        for unit in ["\\", "&amp;", "%25", "+", "'\\''", "&", "%", "\\u005c"] {
            let text = String(repeating: unit, count: 1_000)
            let elapsed = ContinuousClock().measure { _ = mask.masked(text) }
            #expect(elapsed < .seconds(20), "\(unit)")
        }
    }

    @Test func `values are masked in texts, keys and numbers`() {
        let mask = SecretMask(["1234567", "token"])
        let value: Value = ["token": ["a", 1_234_567, 1.5, nil, true, "xtokenx"], "n": ["12345678": 1]]
        #expect(value.masked(by: mask) == ["***": ["a", "***", 1.5, nil, true, "x***x"], "n": ["***8": 1]])
    }

    /// Whether a masked text still decodes, at any place and alignment, to three bytes in a row of the secret.
    private func reveals(_ masked: String, of secret: String) -> Bool {
        let secret = Array(secret.utf8)
        let runs = masked.split { !($0.isLetter || $0.isNumber || "+/-_".contains($0)) }
        for run in runs {
            let digits = run.utf8.compactMap { value(ofDigit: $0) }
            for shift in 0..<4 {
                var bits = 0
                var count = 0
                var bytes: [UInt8] = []
                for digit in digits.dropFirst(shift) {
                    bits = bits << 6 | digit
                    count += 6
                    if count >= 8 {
                        count -= 8
                        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                    }
                }
                for start in 0..<max(0, secret.count - 2)
                where contains(bytes, Array(secret[start..<(start + 3)])) {
                    return true
                }
            }
        }
        return false
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private func value(ofDigit byte: UInt8) -> Int? {
        let plain = byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
        return Self.alphabet.firstIndex(of: plain)
    }

    /// Standard base64 with padding, written apart from the code under test.
    private func base64(_ bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                let digit = Self.alphabet[bits >> (18 - 6 * index) & 63]
                text += index <= group.count ? String(Unicode.Scalar(digit)) : "="
            }
        }
        return text
    }
}
