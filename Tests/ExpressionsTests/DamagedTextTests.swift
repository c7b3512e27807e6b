import Diagnostics
import Expressions
import PlumbTesting
import Testing

/// Expressions, templates and JSON texts that chance has damaged: each is read or refused at its place, and soon.
struct DamagedTextTests {
    private static let programs = [
        ".body.choices | length == 1", #".body["a b"].c[0]? // "x" | test("^a"; "i")"#,
        "[.rows[] | select(.n > 3) | .id]",
        #"{a: 1, "b": .x, (.k): "v\(.a + 1)w", $vars, @base64 "x\(.y)"}"#,
        "def f(g; $x): g + $x; f(.a; 2) as [$p, {q: $r}] | $p",
        "reduce .[] as $x (0; . + $x) | foreach .[] as $i (0; . + $i; [$i, .])", "try error(\"x\") catch . // empty",
        "if .a then 1 elif .b then 2 else 3 end", "label $out | .[] | if . > 2 then break $out else . end",
        ".. | numbers? |= . * 2", "$steps.a.body.id == $case.n and ($item | not)",
        "limit(3; range(10)) as $x | -$x % 2 != 1e-3",
    ]

    private static let templates = [
        "/users/${{ $vars.id }}/x", "${{ {a: {b: \"}}\"}} }}", "$${{ x }} ${{ \"a\\(1)\" }} }} {{ ${d}",
        "${{ 1 # }} }} é",
    ]

    private static let documents = [
        #"{"a": [1, -2.5e3, 0.1, true, null, "x\u00e9\n\ud83d\ude00"], "b": {"c": {}}, "d": []}"#,
        #"[9007199254740993, 1e400, 3.14159265358979323846, "", -0, 1E+2, 72057594037927936E+0]"#,
        "[[[[[[1]]]]]]", #""text""#, " \n 7 \t",
    ]

    private static let words = [
        "|", "//", "?//", "..", ".", "[", "]", "(", ")", "{", "}", "\"", "\\(", "\\u12", "@json", "$__loc__", " as ",
        " end",
        "def ", "reduce", "and", "==", "|=", "#", "${{", "}}", "1e999", "-", "\\ud800", "null", ",", ":", "::",
    ]

    private static func check(_ problems: [Diagnostic], of file: SourceFile, _ note: String) {
        for problem in problems {
            let spans = ([problem.primary].compactMap { $0 } + problem.secondary).map(\.span.range)
            #expect(spans.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= file.bytes.count }, "\(note)")
        }
        _ = DiagnosticText().render(Array(problems.prefix(20)))
    }

    /// A text of any bytes, with U+FFFD for what is not UTF-8.
    private static func located(_ bytes: [UInt8]) -> LocatedText {
        let text = String(decoding: bytes, as: UTF8.self)
        let file = SourceFile(path: "damaged.yaml", text: text)
        return LocatedText(verbatim: text, at: SourceSpan(file, 0..<text.utf8.count))
    }

    @Test(arguments: [1, 2, 3]) func `a damaged expression is read or refused at its place`(seed: UInt64) {
        let clock = ContinuousClock()
        var slowest = Duration.zero
        var count = 0
        for bytes in Mutations(of: Self.programs, words: Self.words, count: 3000, seed: seed) {
            let text = Self.located(bytes)
            var problems: [Diagnostic] = []
            slowest = max(
                slowest,
                clock.measure {
                    let expression = Expression.parse(text, role: .assertion, into: &problems)
                    #expect(
                        (expression == nil) == problems.contains { $0.severity == .error }, "seed \(seed): \(text.text)"
                    )
                    count += expression == nil ? 0 : 1
                })
            Self.check(problems, of: text.span.file, "seed \(seed): \(text.text)")
        }
        #expect(slowest < .seconds(5))
        #expect(count > 100, "some are still programs")
    }

    @Test(arguments: [1, 2, 3]) func `a damaged template is read or refused at its place`(seed: UInt64) {
        for bytes in Mutations(of: Self.templates, words: Self.words, count: 2000, seed: seed) {
            let text = Self.located(bytes)
            var problems: [Diagnostic] = []
            let template = Template.parse(text, role: .template, into: &problems)
            #expect((template == nil) == problems.contains { $0.severity == .error }, "seed \(seed): \(text.text)")
            Self.check(problems, of: text.span.file, "seed \(seed): \(text.text)")
        }
    }

    @Test(arguments: [1, 2, 3]) func `a damaged document is refused, or is what it is when written and read again`(
        seed: UInt64
    )
        throws
    {
        let clock = ContinuousClock()
        var slowest = Duration.zero
        for bytes in Mutations(of: Self.documents, words: Self.words, count: 3000, seed: seed) {
            var value: Value?
            slowest = max(slowest, clock.measure { value = try? JSON.parse(bytes).value })
            guard let value else { continue }
            let written = Array(value.json().utf8)
            #expect(try JSON.parse(written).value == value, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(slowest < .seconds(5))
    }

    /// What both take for a program, the native evaluator and libjq, has to be one that does not take libjq down.
    @Test func `libjq compiles a batch of damaged programs or says which it refuses`() throws {
        var expressions: [Expression] = []
        for bytes in Mutations(of: Self.programs, words: Self.words, count: 1500, seed: 11).prefix(1500) {
            var problems: [Diagnostic] = []
            let expression = Expression.parse(
                Self.located(bytes), role: .assertion, extraVariables: ["out", "x", "p", "r", "i"], into: &problems)
            if let expression, expression.text.utf8.count < 400 { expressions.append(expression) }
        }
        #expect(expressions.count > 50)
        let refused = ExpressionEngine.check(Array(expressions.prefix(300)))
        #expect(refused.count < 300)
    }
}
