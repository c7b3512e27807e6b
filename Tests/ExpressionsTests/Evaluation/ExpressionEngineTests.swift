import Diagnostics
import Expressions
import Testing

@Suite struct ExpressionEngineTests {
    @Test func `an expression yields its outputs in order`() throws {
        #expect(try outputs(".a[] | . + 1", #"{"a":[1,2,3]}"#) == [2, 3, 4])
        #expect(try outputs("empty") == [])
        #expect(try outputs(#""\(.a) and \($vars.b|length)""#, #"{"a":1}"#, ["vars": #"{"b":[1,2]}"#]) == ["1 and 2"])
        #expect(try outputs(". as {a: $x} | $x, $__loc__.line", #"{"a":1}"#) == [1, 1])
        #expect(try outputs(".a # the end", #"{"a":1}"#) == [1])
    }

    @Test func `values survive libjq and back`() throws {
        let text =
            #"{"z":[],"a":{"é":"a\u0000b😀"},"n":[0,-1.5,1e300,9007199254740992,9007199254740993],"e":"","b":[true,false,null]}"#
        // `reduce` keeps the expression from being evaluated natively.
        #expect(try outputs("reduce . as $x (null; $x)", text) == [try json(text)])
        let keys = try #require(try outputs("reduce . as $x (null; $x)", text).first?.object?.keys)
        #expect(keys == ["z", "a", "n", "e", "b"])
    }

    @Test func `value wants exactly one output`() throws {
        func message(_ text: String) throws -> String {
            let expression = try expression(text, role: .template)
            do throws(EvaluationError) {
                _ = try ExpressionEngine([expression]).value(of: expression, in: EvaluationContext())
                return "no error"
            } catch {
                #expect(error.kind == .outputs)
                return error.message
            }
        }
        #expect(try message("empty") == "yields nothing, one value is due")
        #expect(try message("1, 2") == "yields 2 outputs, one value is due")
    }

    @Test func `a condition is exactly one boolean`() throws {
        func holds(_ text: String) throws -> Bool {
            let expression = try expression(text, role: .condition)
            return try ExpressionEngine([expression]).holds(expression, in: EvaluationContext())
        }
        #expect(try holds("1 < 2"))
        #expect(try !holds("1 > 2"))
        #expect(throws: EvaluationError.self) { try holds("null") }
        #expect(throws: EvaluationError.self) { try holds("true, true") }
        #expect(throws: EvaluationError.self) { try holds("empty") }
    }

    // MARK: Strictness

    @Test func `orderings of different types are errors at any depth`() throws {
        let error = try #require(try error(".a | map(select(. < 3))", #"{"a":["400"]}"#))
        #expect(error.kind == .unordered)
        #expect(error.message == #"'<' has the string "400" and the number 3"#)
        #expect(try outputs(".a | map(select(. < 3))", #"{"a":[1,5]}"#) == [[1]])
        for text in [
            "reduce 1 as $x (nan; . < 1)", "reduce 1 as $x (1; . >= nan)", "reduce 1 as $x (null; . <= 1)",
            "def f: . > \"a\"; reduce 1 as $x (1; f)", "[1] | sort_by(. < \"a\")",
        ] { #expect(try Self.kind(text) == .unordered, "\(text)") }
        #expect(try outputs("reduce 1 as $x ([1]; . < [1, 2])") == [true])
    }

    private static func kind(_ text: String) throws -> EvaluationError.Kind? { try error(text)?.kind }

    @Test(arguments: ["<", "<=", ">", ">="])
    func `orderings of generators come in jq's order`(_ symbol: String) throws {
        // The reference spells the operator with a native comparison of one pair at a time.
        let native = ["<": "-1", "<=": "-1, 0", ">": "1", ">=": "1, 0"][symbol] ?? ""
        let reference = """
            [(2, 1, 3) as $b | (1, 2, 3) as $a | \
            (if $a == $b then 0 elif ([$a, $b] | sort | .[0]) == $a then -1 else 1 end) as $o | any(\(native); . == $o)]
            """
        let tried = try outputs("reduce 1 as $x (0; [(1, 2, 3) \(symbol) (2, 1, 3)])")
        #expect(try outputs(reference) == tried)
        // jq evaluates the right side first, so its error is the one that shows.
        #expect(try error("reduce 1 as $x (0; error(\"left\") \(symbol) error(\"right\"))")?.message == "right")
    }

    @Test func `a required path that is absent names the nearest sibling`() throws {
        let dot = #"{"body":{"items":[{"id":1}],"id":3,"name":"x"},"error":null}"#
        func missing(_ text: String) throws -> [String?] {
            let error = try #require(try error(text, dot))
            #expect(error.kind == .missingPath)
            let range = try #require(error.range)
            return [error.message, error.hint, String(decoding: Array(text.utf8)[range], as: UTF8.self)]
        }
        // Once for libjq, which `limit` makes necessary, and once natively.
        for (before, after) in [("[limit(9; ", ")]"), ("", "")] {
            func wrapped(_ text: String) -> String { before + text + after }
            #expect(
                try missing(wrapped(".body.itmes | length == 0"))
                    == ["'.body' has no 'itmes'", "did you mean 'items'?", ".body.itmes"])
            #expect(try missing(wrapped(".body.items[1].id"))[0] == "'.body.items' has 1 element, so there is no [1]")
            #expect(try missing(wrapped(".body.name.first"))[0] == "'.body.name' is a string, so it has no 'first'")
            #expect(try missing(wrapped(".error.kind"))[0] == "'.error' is null, so it has no 'kind'")
            #expect(try missing(wrapped(".bdy == 1"))[1] == "did you mean 'body'?")
            #expect(try missing(wrapped(".body.items.id"))[0] == "'.body.items' is an array, so it has no 'id'")
        }
    }

    @Test func `a required path is only required where it is read`() throws {
        #expect(try outputs(".error == null or (.error.kind | test(\"x\"))", #"{"error":null}"#) == [true])
        #expect(try outputs("[limit(1; .error == null or .error.kind == \"x\")]", #"{"error":null}"#) == [[true]])
        #expect(try outputs("[limit(1; .body.error? | not)]", #"{"body":{}}"#) == [[true]])
        #expect(try outputs("(.body.x // 3) | limit(1; . + 1)", #"{"body":{}}"#) == [4])
        #expect(try outputs("{status} | limit(1; .status + 1)", #"{"status":3}"#) == [4])
        #expect(try error("{status} | limit(1; .status + 1)", "{}")?.kind == .missingPath)
        #expect(try outputs("has(\"x\") | limit(1; .)", "{}") == [false])
    }

    @Test func `a guarded path is still a path`() throws {
        let dot = #"{"a":{"b":[1,2]}}"#
        #expect(try outputs("[paths] | length", dot) == [4])
        #expect(try outputs("(.a.b[0] |= . + 5) | .a.b", dot) == [[6, 2]])
        #expect(try outputs("del(.a.b[0]) | .a.b", dot) == [[2]])
        #expect(
            try outputs(".a.b as [$x] | {$x, b: .a.b[1], \"c\\(.a.b[0])\": 1}", dot) == [["x": 1, "b": 2, "c1": 1]])
    }

    @Test func `a member that a variable does not have is named`() throws {
        let variables = [
            "vars": #"{"prompt":"x"}"#, "steps": #"{"chat":{"body":{"id":1},"ms":3}}"#, "env": "{}", "secrets": "{}",
        ]
        func missing(_ text: String) throws -> String {
            let error = try #require(try error("[limit(1; \(text))]", "null", variables, role: .template))
            #expect(error.kind == .missingName)
            // Natively it is the same.
            #expect(try Self.message(text, variables) == error.message)
            return "\(error.message); \(error.hint ?? "")"
        }
        #expect(try missing("$vars.promt") == "'$vars' has no 'promt'; did you mean 'prompt'?")
        #expect(try missing("$steps.chat.bdy.id") == "'$steps.chat' has no 'bdy'; did you mean 'body'?")
        #expect(try missing("$steps.login.body").hasPrefix("step 'login' has no result here"))
        #expect(try missing("$env.HOME").hasPrefix("environment variable 'HOME' is not set"))
        #expect(try missing("$secrets.KEY").hasPrefix("secret 'KEY' is not set"))
        #expect(try outputs("[limit(1; $vars.x // 5)]", "null", variables, role: .template) == [[5]])
        #expect(try outputs("[limit(1; $steps.chat.body.nope)]", "null", variables, role: .template) == [[nil]])
        #expect(try error("[limit(1; $run.id)]", "null", variables)?.message == "'$run' has no value here")
    }

    private static func message(_ text: String, _ variables: [String: String]) throws -> String? {
        try error(text, "null", variables, role: .template)?.message
    }

    // MARK: What is computed and when

    @Test func `members that no expression reads are not computed`() throws {
        var computed: [String] = []
        let dot = SharedValue(fields: [
            SharedValue.Field("status", 200),
            SharedValue.Field("body") {
                computed.append("body")
                return ["id": 1]
            },
            SharedValue.Field("text") {
                computed.append("text")
                return "x"
            },
        ])
        let expressions = try ["[limit(1; .status)] == [200]", "[limit(1; .body.id)] == [1]", ".body.id == 1"].map {
            try expression($0)
        }
        let engine = ExpressionEngine(expressions)
        #expect(engine.judge([expressions[0]], in: EvaluationContext(dot: dot)) == [.holds])
        #expect(computed == [])
        #expect(engine.judge(expressions, in: EvaluationContext(dot: dot)) == [.holds, .holds, .holds])
        #expect(computed == ["body"])
    }

    @Test func `a native expression is ready at once, and libjq's after its compilation`() async throws {
        let native = try expression(".status == 200")
        let foreign = try expression("[limit(1; .status)] == [200]")
        let engine = ExpressionEngine([native, foreign])
        #expect(engine.isReady(for: [native]))
        #expect(!engine.isReady(for: [foreign]))
        engine.warmUp()
        await engine.whenReady(for: [native, foreign])
        #expect(engine.isReady(for: [foreign]))
        // Without a warm-up the wait begins the compilation itself.
        let late = ExpressionEngine([foreign])
        await late.whenReady(for: [foreign])
        #expect(late.isReady(for: [foreign]))
    }

    @Test func `what enters libjq is announced`() throws {
        let expressions = try [".a == 1", "[limit(1; .a)] == [1]", "[limit(2; .a)] == [1]"].map { try expression($0) }
        let engine = ExpressionEngine(expressions)
        var announced: [String] = []
        engine.beforeForeign = { announced.append($0.text) }
        _ = engine.judge(expressions, in: try context(#"{"a":1}"#))
        #expect(announced == [expressions[1].text, expressions[2].text])
    }

    @Test func `hundreds of expressions are divided into programs and all evaluated`() throws {
        let expressions = try (0..<400).map { try expression("[limit(1; .a)] == [\($0)]") }
        let engine = ExpressionEngine(expressions)
        engine.warmUp()
        let judgements = engine.judge(expressions, in: try context(#"{"a":321}"#))
        #expect(judgements.indices.filter { judgements[$0] == .holds } == [321])
    }

    // MARK: Templates

    @Test func `a template keeps the type of a whole value and writes text`() throws {
        func render(_ text: String) throws -> Value {
            var diagnostics: [Diagnostic] = []
            let source = LocatedText(
                verbatim: text, at: SourceSpan(SourceFile(path: "test.yaml", text: text), 0..<text.utf8.count))
            let template = try #require(Template.parse(source, into: &diagnostics))
            let engine = ExpressionEngine(template.expressions)
            return try engine.render(
                template, in: try context("null", ["vars": #"{"n":3,"x":null,"l":[1],"t":"é","b":true}"#]))
        }
        #expect(try render("${{ $vars.n }}") == 3)
        #expect(try render("${{ $vars.l }}") == [1])
        #expect(try render("n=${{ $vars.n }} t=${{ $vars.t }} b=${{ $vars.b }}") == "n=3 t=é b=true")
        #expect(try render("plain") == "plain")
        for (text, message) in [
            ("/users/${{ $vars.x }}", "'$vars.x' is null, which does not stand inside text"),
            ("/users/${{ $vars.l }}", "'$vars.l' is an array of 1 element, which does not stand inside text"),
        ] {
            let error = #expect(throws: EvaluationError.self) { try render(text) }
            #expect(error?.message == message)
            #expect(error?.span?.range == 11..<18)
        }
    }
}
