import Expressions
import Testing

/// What is evaluated without jq gives exactly what jq gives, on generated expressions and inputs.
@Suite(.enabled(if: JQCommand.isJQ16)) struct NativeEqualityTests {
    @Test(arguments: 0..<6) func `generated expressions give what jq gives`(_ seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 1)
        var programs: [String] = []
        while programs.count < 120 {
            let generator = ExpressionGenerator.expression(depth: 3, &random)
            // Behind a pipe no path has to exist, so that jq's own meaning is compared.
            let text = programs.count % 4 == 0 ? generator : ". | (\(generator))"
            if Parsed(text, role: .capture).expression != nil { programs.append(text) }
        }
        let inputs = (0..<6).map { _ in ExpressionGenerator.input(depth: 3, &random) }
        let expected = try JQCommand.outputs(programs, inputs)
        try #require(expected.count == inputs.count && expected.allSatisfy { $0.count == programs.count })
        var native = 0
        var failures = 0
        for (position, text) in programs.enumerated() {
            let expression = try #require(Parsed(text, role: .capture).expression)
            guard let program = NativeProgram(expression) else { continue }
            for (input, answers) in zip(inputs, expected) {
                let answer = answers[position]
                do {
                    guard let outputs = try program.evaluate(EvaluationContext(dot: SharedValue(input))) else {
                        continue
                    }
                    native += 1
                    #expect(outputs.map(\.json) == answer?.map(\.json), "\(text) of \(input.json)")
                } catch {
                    failures += 1
                    // A path that must exist is stricter than jq, everything else fails in jq too.
                    #expect(error.kind == .missingPath || answer == nil, "\(text) of \(input.json): \(error)")
                }
            }
        }
        #expect(native > 150 && failures > 10, "the generator makes enough that is evaluated: \(native), \(failures)")
    }
}

/// Random numbers that are the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// Expressions of the kinds that are evaluated without jq, and inputs that suit them now and then.
enum ExpressionGenerator {
    static func expression(depth: Int, _ random: inout SplitMix) -> String {
        guard depth > 0, Int.random(in: 0..<8, using: &random) > 0 else { return leaf(&random) }
        let a = expression(depth: depth - 1, &random)
        let b = expression(depth: depth - 1, &random)
        let path = leaf(&random)
        switch Int.random(in: 0..<30, using: &random) {
        case 0, 1: return "(\(a)) | (\(b))"
        case 2: return "((\(a)), (\(b)))"
        case 3, 4: return "(\(a)) == (\(b))"
        case 5: return "\(path) \(pick(["==", "!=", "<", ">=", ">", "<="], &random)) \(leaf(&random))"
        case 6: return "(\(a)) \(pick(["<", "<=", ">", ">="], &random)) (\(b))"
        case 7, 8: return "(\(a)) \(pick(["and", "or"], &random)) (\(b))"
        case 9: return "((\(a)) // (\(b)))"
        case 10, 11: return "((\(a)) \(pick(["+", "-", "*", "/", "%", "+"], &random)) (\(b)))"
        case 12: return "[\(a)]"
        case 13: return "{a: (\(a)), b: (\(b))}"
        case 14: return "if \(a) then \(b) else \(path) end"
        case 15: return "select(\(a))"
        case 16: return "map(\(a))"
        case 17: return "first(\(a))"
        case 18: return "\(pick(["any", "all"], &random))(\(a))"
        case 19: return "\(pick(["any", "all"], &random))(.[]?; \(a))"
        case 20, 21, 22, 23:
            let function = pick(
                [
                    "length", "keys", "type", "tostring", "tonumber", "not", "first", "last", "floor", "add", "sort",
                    "unique", "min", "max", "reverse", "ascii_downcase", "ascii_upcase", "tojson", "any", "all",
                ], &random)
            return "(\(a)) | \(function)"
        case 24: return "\(path) | \(pick(["startswith", "endswith", "contains"], &random))(\(leaf(&random)))"
        case 25: return "has(\"\(pick(["a", "b", "é"], &random))\")"
        case 26: return "-(\(a))"
        case 27: return "\"x\\(\(path))y\""
        case 28: return "(\(a)).\(pick(["a", "b[0]", "c?"], &random))"
        default: return "{a, \"b\": \(path)}"
        }
    }

    private static func leaf(_ random: inout SplitMix) -> String {
        pick(
            [
                ".", ".a", ".b", ".a.b", ".a?", ".[0]", ".[-1]?", ".[]", ".[]?", ".a[]?", ".b[0]", ".[]?.a?",
                ".[\"é\"]",
                "1", "0", "-1", "2.5", "1e20", "\"a\"", "\"abc\"", "\"é\"", "\"\"", "null", "true", "false", "[]",
                "[1, 2]", "{}", "{a: 1}", "empty", "\"12\"", "\"-0.50\"",
            ], &random)
    }

    static func input(depth: Int, _ random: inout SplitMix) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 14 : 8), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(Double(Int.random(in: -3...3, using: &random)))
        case 3: return .number(pick([0.5, -2.25, 1e17, 1e-7, 123_456_789_012, 1e300, -0.0], &random))
        case 4, 5, 6, 7: return .string(pick(["", "a", "abc", "é", "12", "e\u{301}", "a\nb\"\\", "ABC", "😀"], &random))
        case 8, 9, 10:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in input(depth: depth - 1, &random) })
        default:
            var object = Value.Object()
            for key in ["b", "a", "é", "c", "aa"] where Bool.random(using: &random) {
                object[key] = input(depth: depth - 1, &random)
            }
            return .object(object)
        }
    }

    private static func pick<T>(_ choices: [T], _ random: inout SplitMix) -> T {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
