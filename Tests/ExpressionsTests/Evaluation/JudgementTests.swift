import Diagnostics
import Expressions
import Testing

@Suite struct JudgementTests {
    private static let dot = """
        {"a":1,"b":"xy","ok":false,"none":null,"tags":["x"],"rows":[{"n":3,"name":"p"},{"n":1,"name":"q"}],
         "body":{"items":[1],"name":"bob"}}
        """

    /// What a reader sees of a failure, one line each.
    private func explain(_ text: String, _ dot: String = dot) throws -> [String] {
        let expression = try expression(text)
        let judgement = ExpressionEngine([expression]).judge([expression], in: try context(dot))[0]
        guard case .fails(let failure) = judgement else { return ["holds"] }
        let marked = String(decoding: Array(text.utf8)[failure.range], as: UTF8.self)
        return ["\(failure.message) <\(marked)>"]
            + failure.operands.map { "\($0.text) is \($0.value.preview(60))" }
            + (failure.hint.map { ["hint: \($0)"] } ?? [])
    }

    @Test func `an assertion holds when it yields true, once or more`() throws {
        for text in ["true", ".a == 1", ".rows[].n > 0", "(true, true)", ".body.items | length == 1"] {
            #expect(try explain(text) == ["holds"], "\(text)")
        }
    }

    @Test func `a comparison shows both sides`() throws {
        #expect(
            try explain(".body.items | length == 2")
                == ["the comparison is false <length == 2>", ".body.items | length is 1", "2 is 2"])
        #expect(
            try explain(".b | test(\"z\") == true")
                == ["the comparison is false <test(\"z\") == true>", ".b | test(\"z\") is false", "true is true"])
        #expect(try explain(".a == .b") == ["the comparison is false <.a == .b>", ".a is 1", ".b is \"xy\""])
        #expect(
            try explain(". as $x | $x.a > 5")
                == ["the comparison is false <$x.a > 5>", ". as $x | $x.a is 1", "5 is 5"])
    }

    @Test func `the side that decides is the one that is shown`() throws {
        #expect(
            try explain(".a == 1 and (.b | length) > 3")
                == ["the comparison is false <(.b | length) > 3>", "(.b | length) is 2", "3 is 3"])
        #expect(try explain(".a == 2 and .b == 1")[0] == "the comparison is false <.a == 2>")
        #expect(
            try explain(".a == 2 or .b == 1")
                == ["both sides of 'or' are false <.a == 2 or .b == 1>", ".a is 1", "2 is 2", ".b is \"xy\"", "1 is 1"])
        #expect(
            try explain("(.a == 1 or .ok) | not") == ["the comparison is true <.a == 1>", ".a is 1", "1 is 1"])
        #expect(try explain(".none and .a == 1") == ["yields null, not true <.none>"])
    }

    @Test func `each of several outputs is judged`() throws {
        #expect(
            try explain(".rows[] | .n > 2")
                == ["output 2 of 2: the comparison is false <.n > 2>", ".rows[] | .n is 1", "2 is 2"])
        #expect(
            try explain(".rows[].n > 2")
                == ["output 2 of 2: the comparison is false <.rows[].n > 2>", ".rows[].n is 1", "2 is 2"])
    }

    @Test func `what yields no boolean is a failure that says so`() throws {
        #expect(
            try explain(".a")
                == [
                    "yields the number 1, not true <.a>",
                    "hint: an assertion is true or false: compare the value, such as '… == 1'",
                ])
        #expect(try explain(".body.name")[0] == "yields the string \"bob\", not true <.body.name>")
        #expect(try explain(".rows[] | select(.n > 5) | true")[0].hasPrefix("nothing to judge: no output"))
        #expect(try explain("empty")[0] == "nothing to judge: no output <empty>")
        #expect(try explain(".none")[0] == "yields null, not true <.none>")
        #expect(
            try explain(".rows[] | .nme")
                == [
                    "output 1 of 2: yields null, not true <.nme>",
                    "hint: '.rows[]' has no 'nme'; did you mean 'name'?",
                ])
    }

    @Test func `a test shows what was tested`() throws {
        #expect(
            try explain(".body.name | startswith(\"al\")")
                == ["is false <startswith(\"al\")>", ".body.name is \"bob\""])
        #expect(try explain(".tags | contains([\"y\"])") == ["is false <contains([\"y\"])>", ".tags is [\"x\"]"])
        #expect(try explain(".ok") == ["is false <.ok>"])
    }

    @Test func `an error is a failure with its place`() throws {
        #expect(try explain(".a | keys == []")[0].hasPrefix("number (1) has no keys <"))
        #expect(try explain(".body.itmes == []")[0] == "'.body' has no 'itmes' <.body.itmes>")
        #expect(try explain(".b < 3")[0] == "'<' has the string \"xy\" and the number 3 <.b < 3>")
        #expect(try explain("error(\"mine\")")[0] == "mine <error(\"mine\")>")
        // jq 1.6 takes it for no output.
        let silent = try explain("error(null)")[0]
        #expect(silent.hasPrefix("nothing to judge") || silent.hasPrefix("fails with null"))
    }

    @Test func `a thousand failures cost a few compilations`() throws {
        let expressions = try (0..<1000).map { try expression("[limit(1; .a)] == [\($0 + 2)]") }
        let engine = ExpressionEngine(expressions)
        let context = try context(Self.dot)
        let judgements = engine.judge(expressions, in: context)
        #expect(
            judgements.allSatisfy { if case .fails(let failure) = $0 { failure.operands.count == 2 } else { false } })
    }
}
