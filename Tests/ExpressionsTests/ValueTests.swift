import Expressions
import Testing

/// Values as text, and their order.
struct ValueTests {
    @Test(arguments: [
        ("0", "0"), ("1", "1"), ("-1.5", "-1.5"), ("1e15", "1000000000000000"), ("1e17", "1e+17"),
        ("123456789012345680000", "123456789012345680000"), ("0.0001", "0.0001"), ("0.00001", "1e-05"),
        ("1.5e-7", "1.5e-07"), ("1e100", "1e+100"), ("0.30000000000000004", "0.30000000000000004"), ("nan", "null"),
        ("inf", "1.7976931348623157e+308"), ("-inf", "-1.7976931348623157e+308"), ("4.9e-324", "5e-324"),
        ("1e16", "1e+16"), ("12e15", "12000000000000000"), ("0.012", "0.012"), ("-0", "-0"),
    ])
    func `numbers are written as jq writes them`(_ number: String, _ text: String) throws {
        #expect(Value.number(try #require(Double(number))).tojson == text)
    }

    @Test(.enabled(if: JQCommand.isJQ16)) func `texts and orders are those of jq`() throws {
        var random = SplitMix(state: 5)
        var values: [Value] = (0..<150).map { _ in ExpressionGenerator.input(depth: 2, &random) }
        for _ in 0..<150 {
            let number = Double(bitPattern: random.next())
            if number.isFinite { values.append(.number(number)) }
            values.append(.number((Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 1000)))
            values.append(.number(Double.random(in: 0..<1, using: &random) * 1e18))
        }
        values += [
            "\u{0}\u{1F}\u{7F}\u{80}\u{2028}\u{FFFF}", .number(1e16), .number(1e17), .number(-1e-4), .number(-1e-5),
        ]
        let answer = try #require(
            try JQCommand.outputs(
                ["map(tostring)[]", "map(tojson)[]", "to_entries | sort_by(.value) | .[].key"], [.array(values)]
            )
            .first)
        #expect(values.map { .string($0.tostring) } == answer[0])
        #expect(values.map { .string($0.tojson) } == answer[1])
        let order = values.indices.sorted { a, b in
            let order = Value.compare(values[a], values[b])
            return order == 0 ? a < b : order < 0
        }
        #expect(order.map { Value($0) } == answer[2])
    }

    @Test func `members are ordered only on demand`() {
        let value: Value = ["b": [1, ["z": nil, "a": true]], "a": [], "c": [:]]
        #expect(value.json == "{\"b\":[1,{\"z\":null,\"a\":true}],\"a\":[],\"c\":{}}")
        #expect(value.json(sorted: true) == "{\"a\":[],\"b\":[1,{\"a\":true,\"z\":null}],\"c\":{}}")
        #expect(value["b"]?.json(pretty: true) == "[\n  1,\n  {\n    \"z\": null,\n    \"a\": true\n  }\n]")
    }

    @Test(
        arguments: [
            (.string("short"), 20, "\"short\""),
            (.string(String(repeating: "é", count: 100)), 5, "\"éééé… (100 characters)"),
            (.array((0..<1000).map { Value($0) }), 8, "[0,1,2,3… (1000 elements)"),
            (["a": "bcdefgh"], 6, "{\"a\":\"… (1 member)"),
            (.string(String(repeating: "\n", count: 50)), 4, "\"\\n\\… (50 characters)"),
            (.number(12_345_678), 3, "123… (cut)"),
        ] as [(Value, Int, String)])
    func `a preview is cut and tells the true length`(_ value: Value, _ limit: Int, _ text: String) {
        #expect(value.preview(limit) == text)
    }

    @Test func `a preview of a large value looks at its beginning only`() {
        let large = Value.array(Array(repeating: .string(String(repeating: "x", count: 1000)), count: 100_000))
        let elapsed = ContinuousClock().measure { #expect(large.preview(100).hasSuffix("… (100000 elements)")) }
        #expect(elapsed < .milliseconds(500))
    }

    @Test func `NaN equals nothing and stands below all numbers`() {
        #expect(Value.number(.nan) != .number(.nan))
        #expect(Value.compare(.number(.nan), .number(-.infinity)) < 0)
        #expect(Value.compare(.number(.nan), .bool(true)) > 0)
    }
}
