import Expressions
import Testing

/// JSON by RFC 8259, with exact numbers.
struct JSONTests {
    @Test(arguments: [
        ("null", "null"), (" [1, 2.5 ,\"a\"]\r\n\t", "[1,2.5,\"a\"]"),
        ("{\"a\":{\"b\":[]},\"c\":{}}", "{\"a\":{\"b\":[]},\"c\":{}}"),
        ("\"\\u00e9\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "\"é😀/\\b\\f\\n\\r\\t\\\"\\\\\""), ("-0", "-0"),
        ("-0.0", "-0"),
        ("0e5", "0"), ("1E+2", "100"), ("1e-7", "1e-07"), ("9007199254740992", "9007199254740992"),
        ("-9007199254740992", "-9007199254740992"), ("\"\\u0000\"", "\"\\u0000\""), ("0.1", "0.1"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"), ("5e-324", "5e-324"), ("\"\u{7F}\"", "\"\\u007f\""),
        ("\"éééééééééééééééé\"", "\"éééééééééééééééé\""), ("0.30000000000000004", "0.30000000000000004"),
        ("0.10000000000000000000", "0.1"), ("123456789012345678e0", "\"123456789012345678e0\""),
    ])
    func `a text gives its value`(_ text: String, _ written: String) throws {
        #expect(try JSON.parse(text).value.json == written)
    }

    @Test(arguments: [
        ("", 0, "empty"), ("  ", 2, "blank"), ("\u{FEFF}1", 0, "byte order mark"), ("1 2", 2, "behind the value"),
        ("[][]", 2, "behind the value"), ("NaN", 0, "a value is due"), ("nan", 0, "a value is due"),
        ("+1", 0, "a value"),
        ("01", 0, "begins with 0"), ("-", 1, "cut off"), ("1.", 2, "cut off"), (".5", 0, "a value"),
        ("1e", 2, "cut off"),
        ("1.x", 2, "a digit"), ("-a", 1, "a digit"), ("[1,]", 3, "comma"), ("{\"a\":1,}", 7, "comma"),
        ("[1", 2, "not closed"),
        ("[1 2]", 3, "',' or ']'"), ("{\"a\" 1}", 5, "':'"), ("{a:1}", 1, "double quotes"),
        ("{\"a\":1", 6, "not closed"),
        ("{\"a\"", 4, "not closed"), ("{", 1, "not closed"), ("{\"a\":}", 5, "a value"), ("\"abc", 0, "not closed"),
        ("[\"a\\", 3, "cut off"), ("\"\\x\"", 1, "escape"), ("\"\\u12g4\"", 1, "four"), ("\"a\nb\"", 2, "control"),
        ("\"a\tb\\n\"", 2, "control"), ("\"\\ud800\"", 1, "surrogate"), ("\"x\\udc00\"", 2, "surrogate"),
        ("\"\\ud800\\u0041\"", 1, "surrogate"), ("tru", 0, "a value"), ("truex", 4, "behind"),
        ("'a'", 0, "unexpected '''"),
        ("[1,,2]", 3, "a value"), ("/* */1", 0, "a value"), ("\u{1}", 0, "a byte 1"), ("1\u{0}", 1, "behind"),
        ("\u{A0}1", 0, "byte 194"),
    ])
    func `an error tells the offset and the reason`(_ text: String, _ offset: Int, _ reason: String) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(
            error?.offset == offset && error?.reason.contains(reason) ?? false, "\(text): \(String(describing: error))")
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xC3, 0xA9, 0xED, 0xA0, 0x80, 0x22], 3),
            ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0x5C, 0x6E, 0x80, 0x22], 3),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
            (Array("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéé".utf8) + [0xE2, 0x82, 0x22], 37),
        ] as [([UInt8], Int)])
    func `invalid UTF-8 is an error where it begins`(_ bytes: [UInt8], _ offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        #expect(error == JSONError(offset: offset, reason: "the text is not UTF-8"))
    }

    @Test func `depth is bounded`() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = { (count: Int) in
                String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
            }
            #expect(try JSON.parse(deep(256)).value.json == deep(256))
            let error = #expect(throws: JSONError.self) { try JSON.parse(deep(257)) }
            #expect(error == JSONError(offset: 256 * open.utf8.count, reason: "nested deeper than 256 levels"))
            #expect(throws: JSONError.self) { try JSON.parse(String(repeating: open, count: 100_000)) }
        }
    }

    @Test(arguments: [
        "9007199254740993", "-9007199254740993", "123456789012345678901234567890", "0.1234567890123456789", "1e400",
        "1e-400", "9007199254740993.0", "3.14159265358979323846", "18446744073709551615", "-1e99999999999999999999",
    ])
    func `a number that a double would round is carried as its text`(_ text: String) throws {
        let document = try JSON.parse("{\"a\": [\(text)]}")
        #expect(document.value == ["a": [.string(text)]] && document.exactTexts == 1)
    }

    @Test(arguments: [
        "0.5000000000000000000", "1152921504606846976.0", "0.000030517578125000000000000", "1e22", "1.0e300",
    ])
    func `a long text of an exact double is a number`(_ text: String) throws {
        let document = try JSON.parse(text)
        #expect(document.value.number == Double(text) && document.exactTexts == 0)
    }

    @Test func `the last of equal keys counts, and they are told`() throws {
        let document = try JSON.parse("{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}, \"a\": 3}")
        #expect(document.value.json == "{\"a\":3,\"b\":{\"c\":2}}" && document.duplicateKeys == ["c", "a"])
        let many = try JSON.parse("{" + Array(repeating: "\"k\": 1", count: 1000).joined(separator: ",") + "}")
        #expect(many.duplicateKeys.count == 16 && many.value == ["k": 1])
    }

    @Test func `keys and texts are equal byte by byte`() throws {
        let document = try JSON.parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
        #expect(document.duplicateKeys.isEmpty && document.value.object?.count == 2)
        #expect(document.value["e\u{301}"] == 2 && document.value["\u{E9}"] == 1)
        #expect(Value.string("\u{E9}") != .string("e\u{301}"))
        var large = Value.Object((0..<20).map { ("k\($0)", Value($0)) })
        large["\u{E9}"] = 1
        #expect(large["e\u{301}"] == nil && large["\u{E9}"] == 1 && large["k7"] == 7)
    }

    @Test func `what is written reads back, whatever it is`() throws {
        var random = SplitMix(state: 7)
        for _ in 0..<300 {
            let value = ExpressionGenerator.input(depth: 4, &random)
            for text in [value.json, value.json(pretty: true), value.json(pretty: true, sorted: true)] {
                #expect(try JSON.parse(text).value == value)
            }
            var bytes = Array("x".utf8)
            value.appendJSON(to: &bytes)
            #expect(bytes == Array(("x" + value.json).utf8))
        }
    }

    @Test func `decimal texts are rounded as the standard library rounds them`() throws {
        var random = SplitMix(state: 21)
        for _ in 0..<20_000 {
            let whole = String(random.next() % (Bool.random(using: &random) ? 10 : 1_000_000_000_000))
            let digits = Int.random(in: 1...24, using: &random)
            let fraction = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
            let text = (Bool.random(using: &random) ? "-" : "") + whole + "." + fraction
            let value = try JSON.parse(text).value
            #expect(value.number == Double(text) || value.string == text && digits + whole.count > 17)
        }
    }

    @Test func `doubles survive being written`() throws {
        var random = SplitMix(state: 3)
        for _ in 0..<5000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let document = try JSON.parse(Value.number(number).json)
            #expect(document.value.number == number && document.exactTexts == 0)
        }
    }

    @Test func `whole numbers beyond 2^53 survive being written`() throws {
        var random = SplitMix(state: 17)
        var numbers = [0x1p53, 0x1p53 + 2, 0x1p54 - 2, 0x1p56, 0x1p60, 0x1p63, 0x1p64, 1e16, 12e15, 1e17, 1e22, 1e23]
        numbers += try ["9007199254740993E+2", "90071992547409920e0", "1.7000000000000003e18"].map { text in
            try #require(JSON.parse(text).value.number)
        }
        for _ in 0..<20_000 {
            let magnitude = Double(Int64.random(in: 1 << 53...1 << 62, using: &random))
            numbers.append(magnitude * [1, -1, 10, 1000, 1024][Int.random(in: 0..<5, using: &random)])
        }
        for number in numbers {
            let document = try JSON.parse(Value.number(number).json)
            #expect(document.value.number == number, "\(number)")
            #expect(Double(Value.number(number).tojson) == number, "\(number)")
        }
    }

    @Test(arguments: [
        ("9007199254740993E+2", "9.007199254740993e+17", "900719925474099300"),
        ("9007199254740994.0", "9.007199254740994e+15", "9007199254740994"),
        ("72057594037927936e0", "7.2057594037927936e+16", "72057594037927940"),
        ("-12E15", "-1.2e+16", "-12000000000000000"), ("9007199254740992", "9007199254740992", "9007199254740992"),
        ("[1E+17]", "[1e+17]", "[1e+17]"), ("5E+15", "5000000000000000", "5000000000000000"),
    ])
    func `a large number is written to be read again, and for jq as jq writes it`(
        _ text: String, _ written: String, _ jq: String
    ) throws {
        let value = try JSON.parse(text).value
        #expect(value.json == written && value.tojson == jq)
        #expect(try JSON.parse(written).value == value)
        var bytes: [UInt8] = []
        value.appendJSON(to: &bytes, largeIntegers: .digits)
        #expect(String(decoding: bytes, as: UTF8.self) == jq)
    }

    @Test func `mutated texts are read or refused, never a trap`() throws {
        var random = SplitMix(state: 11)
        for _ in 0..<3000 {
            var bytes = Array(ExpressionGenerator.input(depth: 3, &random).json.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: Array("\\u\"[{,:e".utf8).shuffled(using: &random)[..<1], at: place)
                }
            }
            do { _ = try JSON.parse(bytes) } catch { #expect(error.offset >= 0 && error.offset <= bytes.count) }
        }
    }
}
