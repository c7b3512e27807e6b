import Diagnostics
import Expressions
import Testing

@Suite struct ExpressionEngineTests {
    @Test func `an expression yields its outputs in order`() throws {
        #expect(try outputs(".a[] | . + 1", #"{"a":[1,2,3]}"#) == [2, 3, 4])
        #expect(try outputs("empty") == [])
        #expect(try outputs(#""\(.a) and \($vars.b|length)""#, #"{"a":1}"#, ["vars": #"{"b":[1,2]}"#]) == ["1 and 2"])
    }

    @Test func `orderings of different types are errors at any depth`() throws {
        let error = try #require(try error(".a | map(select(. < 3))", #"{"a":["400"]}"#))
        #expect(error.kind == .unordered)
        #expect(error.message == #"'<' has the string "400" and the number 3"#)
        #expect(try outputs(".a | map(select(. < 3))", #"{"a":[1,5]}"#) == [[1]])
        #expect(try #require(try Self.nan("[nan] | map(. < 1)")).kind == .unordered)
    }

    private static func nan(_ text: String) throws -> EvaluationError? { try error(text) }

    @Test func `a required path that is absent names the nearest sibling`() throws {
        let error = try #require(try error(".body.itmes | length == 0", #"{"body":{"items":[],"id":3}}"#))
        #expect(error.kind == .missingPath)
        #expect(error.message == "'.body' has no 'itmes'")
        #expect(error.hint == "did you mean 'items'?")
        #expect(error.range == 0..<11)
    }

    @Test func `a required path is only required where it is read`() throws {
        #expect(try outputs(".error == null or (.error.kind | test(\"x\"))", #"{"error":null}"#) == [true])
        #expect(try outputs(".body.error? | not", #"{"body":{}}"#) == [true])
        #expect(try outputs("(.body.x // 3) | . + 1", #"{"body":{}}"#) == [4])
        #expect(try outputs("{status} | .status + 1", #"{"status":3}"#) == [4])
        #expect(try error("{status} | .status + 1", "{}")?.kind == .missingPath)
    }

    @Test func `a judgement explains the deciding comparison`() throws {
        let texts = [".body.items | length == 2", ".a == 1 and (.b | length) > 3", ".rows[] | .n > 2", ".name"]
        let expressions = try texts.map { try expression($0) }
        let engine = ExpressionEngine(expressions)
        let judgements = engine.judge(
            expressions,
            in: try context(#"{"body":{"items":[1]},"a":1,"b":"xy","rows":[{"n":3},{"n":1}],"name":"x"}"#))
        for j in judgements { print(j) }
    }
}
