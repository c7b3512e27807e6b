import Expressions
import Testing

/// What is evaluated without jq: strictness, laziness and what is left to jq.
struct NativeProgramTests {
    private let result: Value = [
        "status": 200, "body": ["items": [["id": 7, "ok": true], ["id": 8, "ok": true]], "name": "x", "none": nil],
    ]

    private func outputs(_ text: String) throws -> [Value]? {
        let expression = try #require(Parsed(text, role: .capture).expression, "\(Parsed(text).summary)")
        let program = try #require(NativeProgram(expression), "\(text) needs jq")
        return try program.evaluate(
            EvaluationContext(
                dot: SharedValue(result),
                variables: [
                    "vars": SharedValue(["x": 1, "none": nil]), "case": SharedValue(["a": 1]),
                    "steps": SharedValue(["login": ["token": "t"]]),
                ]))
    }

    @Test(arguments: [
        (".status == 200", "[true]"), (".body.items | length", "[2]"), (".body.items[].id", "[7,8]"),
        (".body.items[-1].id > 7", "[true]"), ("$vars.x + .status", "[201]"), (".body.none.deeper?", "[null]"),
        (".body | .missing", "[null]"), (".missing // 5", "[5]"), ("$vars.nope // 1", "[1]"), ("$case.nope", "[null]"),
        ("$steps.login.token", "[\"t\"]"), (".status?", "[200]"), (".body.name[0]?", "[]"), ("has(\"body\")", "[true]"),
        ("\"id \\(.body.items[0].id)\"", "[\"id 7\"]"), ("{status, x: $vars.x}", "[{\"status\":200,\"x\":1}]"),
        ("(.status, 1) == (200, 1)", "[true,false,false,true]"), ("[.body.items[] | select(.id > 7)] | length", "[1]"),
        ("any(.body.items[]; .id == 8)", "[true]"), ("if .status == 200 then \"y\" else \"n\" end", "[\"y\"]"),
    ])
    func `simple expressions need no jq`(_ text: String, _ json: String) throws {
        #expect(try outputs(text).map { Value.array($0).json } == json)
    }

    @Test(
        arguments: [
            (".body.itmes", EvaluationError.Kind.missingPath, ".body.itmes", "items"),
            (".body.items[2].id", .missingPath, ".body.items[2].id", nil),
            (".body.none.x", .missingPath, ".body.none.x", nil),
            (".body.name.x", .missingPath, ".body.name.x", nil), ("[.stauts]", .missingPath, ".stauts", "status"),
            ("$vars.y", .missingName, "y", nil), ("$steps.logn.token", .missingName, "logn", "login"),
            ("$steps.login.tokn", .missingName, "tokn", "token"),
            (".status < \"a\"", .unordered, ".status < \"a\"", nil),
            ("{stauts}", .missingPath, "stauts", "status"),
            ("(.body.items[] | .id) > null", .unordered, "(.body.items[] | .id) > null", nil),
        ] as [(String, EvaluationError.Kind, String, String?)])
    func `what must exist or be ordered fails in its place`(
        _ text: String, _ kind: EvaluationError.Kind, _ mark: String, _ near: String?
    ) throws {
        let error = #expect(throws: EvaluationError.self) { try outputs(text) }
        #expect(error?.kind == kind)
        let range = try #require(error?.range)
        #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self) == mark)
        if let near { #expect(error?.hint == "did you mean '\(near)'?") }
    }

    @Test func `an error of jq has jq's words`() throws {
        let error = #expect(throws: EvaluationError.self) { try outputs(".body | .name.x") }
        #expect(error?.kind == .jq && error?.message == "cannot index string with string \"x\"")
    }

    @Test(arguments: [
        "try .a", "(.a)?", ".a as $x | $x", "def f: 1; f", "reduce .[] as $x (0; 1)", "[range(3)]", ". | test(\"a\")",
        "..", "@json", ".a = 1", ".[1:2]", ".[.x]", "limit(1; .[])", "env?", "\"\\(1, 2)\"", "label $l | 1", "uuid",
    ])
    func `the rest is left to jq`(_ text: String) throws {
        guard let expression = Parsed(text, role: .capture).expression else { return }
        #expect(NativeProgram(expression) == nil)
    }

    @Test(arguments: [
        "\"a\" * 2", "{} + {a: 1}", "[1] - [1]", "1 % 0", "(1e1000 - 1e1000) == 1", "5 | keys", "\"nan\" | tonumber",
        "1 - \"a\"",
        "$item",
    ])
    func `a value that is not modelled is left to jq`(_ text: String) throws {
        #expect(try outputs(text) == nil)
    }

    @Test func `members that are not read are never computed`() throws {
        var computed: [String] = []
        let field = { (name: String) in
            SharedValue.Field(
                name,
                computed: { () -> Value in
                    computed.append(name)
                    return ["id": 7]
                })
        }
        let dot = SharedValue(fields: [field("headers"), field("body"), field("text")])
        let expression = try #require(Parsed(".body.id == 7 and has(\"text\")").expression)
        let program = try #require(NativeProgram(expression))
        for _ in 0..<2 { #expect(try program.evaluate(EvaluationContext(dot: dot)) == [true]) }
        #expect(computed == ["body"])
        let missing = try #require(Parsed(".bdy.id == 7").expression.flatMap { NativeProgram($0) })
        let error = #expect(throws: EvaluationError.self) { try missing.evaluate(EvaluationContext(dot: dot)) }
        #expect(error?.hint == "did you mean 'body'?" && computed == ["body"])
    }

    @Test func `a flood of outputs is left to jq's watchdog`() throws {
        let expression = try #require(Parsed("[.[] + .[]] | length", role: .capture).expression)
        let program = try #require(NativeProgram(expression))
        let many = Value.array((0..<2000).map { Value($0) })
        #expect(try program.evaluate(EvaluationContext(dot: SharedValue(many))) == nil)
        #expect(try program.evaluate(EvaluationContext(dot: SharedValue([1, 2]))) == [4])
    }
}
