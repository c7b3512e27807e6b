import Diagnostics
import Expressions
import Testing

/// What an expression is found to read, and the names that are found missing.
struct ExpressionAnalysisTests {
    @Test(arguments: [
        (".body.items[0].id == 1", [".body.items[0].id"]), (".a.b[].c", [".a.b"]), (".a[-1].b", [".a"]),
        (".a | .b", [".a"]), ("(.a | .b) + .c", [".a", ".c"]), (".a == 1 and .b", [".a", ".b"]),
        ("[.a, {x: .b, c}]", [".a", ".b", "c"]), ("\"x\\(.a)\" == .b", [".a", ".b"]), ("-.a", [".a"]),
        ("if .a then .b else .c end", [".a", ".b", ".c"]), (".a as $x | .b + $x", [".a", ".b"]),
        ("map(.a)", []), ("select(.a).b", [".a"]), ("any(.a[]; .b)", [".a"]), ("[limit(.n; .a[])]", [".n", ".a"]),
        ("has(\"a\") and (.b | has(\"c\"))", [".b"]), ("has(.a)", [".a?"]), (".a // .b", [".a?", ".b"]),
        (".a?", [".a?"]), (".a.b?.c", [".a", ".a.b?.c?"]), ("try .a", [".a?"]), ("(.a.b)?", [".a.b?"]),
        ("reduce .a[] as $x (.b; . + .c)", [".a", ".b"]), ("def f: .a; f + .b", [".b"]), ("del(.a)", [".a?"]),
        (".a[.i].b", [".a", ".i"]), (".a[.i:.j]", [".a", ".i", ".j"]), ("first(.a[])", [".a"]),
        (".\"x-y\"[\"z\"]", [".\"x-y\"[\"z\"]"]), ("contains({a: .b})", [".b"]), ("def map(f): f; map(.a)", []),
        ("foreach .a as $x (.b; .c; .d)", [".a", ".b"]), ("(.a |= .b) == .c", [".a?", ".c"]), (".[0].a", [".[0].a"]),
        ("label $l | .a", [".a"]), ("path(.a)", [".a?"]), ("IN(.a[]; .b)", [".a"]), (".a | IN(.b)", [".a"]),
    ])
    func `rooted paths stand before the first pipe of their bracket`(_ text: String, _ paths: [String]) throws {
        let expression = try #require(Parsed(text, role: .capture).expression, "\(Parsed(text).summary)")
        let found = expression.analysis.rootPaths.map { path in
            let written = expression.source.slice(path.range).text
            return path.isOptional ? written.last == "?" ? written : written + "?" : written
        }
        #expect(found.sorted() == paths.sorted())
    }

    @Test(
        arguments: [
            (".body.id", ["body"]), (".a + .b | .c", ["a", "b"]), (".", nil), (".[0]", nil), ("keys", nil),
            ("has(\"a\")", ["a"]), ("$vars.x", []), ("{a, b: .c}", ["a", "c"]), ("def f: 1; f", nil), ("..", nil),
            ("map(.a)", nil), ("[.a[] | .b]", ["a"]), ("@json", nil), ("now", []), ("select(.a)", nil),
            (".[\"x\"].y", ["x"]),
            (".[$vars.x]", nil), ("any(.a[]; .b)", ["a"]), ("{\"a\\(1)\"}", nil), (".a as $x | [$x]", ["a"]),
            ("first(.a[])", ["a"]), ("first", nil), ("pow(.a; 2)", ["a"]), (".a?", ["a"]), (".a = 1", ["a"]),
        ] as [(String, [String]?)])
    func `the members that are read are known`(_ text: String, _ fields: [String]?) throws {
        let analysis = try #require(Parsed(text, role: .capture).expression).analysis
        #expect(analysis.rootFields == fields.map { Set($0) })
    }

    @Test func `references carry their literal keys and whether absence is allowed`() throws {
        let text = "$steps.chat.body.id == $vars[\"x\"] and ($env.A // $needs.auth.token?) and $item[0].b and $run.id"
        let expression = try #require(Parsed(text).expression)
        let found = expression.analysis.references.map { reference in
            "\(reference.variable) \(reference.keys.joined(separator: ".")) "
                + "`\(expression.source.slice(reference.range).text)` \(reference.isOptional) "
                + reference.keyRanges.map { expression.source.slice($0).text }.joined(separator: ",")
        }
        #expect(
            found == [
                "steps chat.body.id `$steps.chat.body.id` false chat,body,id", "vars x `$vars[\"x\"]` false \"x\"",
                "env A `$env.A` true A", "needs auth.token `$needs.auth.token` true auth,token", "item  `$item` false ",
                "run id `$run.id` false id",
            ])
    }

    @Test(arguments: [
        (". as $x | $x", []), (". as [$a, {b: $c, $d}] | $a + $c + $d", []), ("$x", ["$x"]),
        (". as $x | 1 | $y", ["$y"]), ("(. as $x | 1) | $x", ["$x"]), ("reduce .[] as $x (0; $x)", []),
        ("reduce .[] as $x ($x; 1)", ["$x"]), ("def f($a; b): $a + b; f(1; 2)", []), ("def f(a): $a; f(1)", ["$a"]),
        ("def f: g; f", ["g"]), ("def f: def g: 1; g; f | g", ["g"]), ("def f(g): g; g", ["g"]),
        ("def f: f; f(1)", ["f"]), ("label $x | break $x", []), ("break $x", ["break $x"]),
        (". as [$a] ?// $b | [$a, $b]", []), ("$__loc__.line", []), ("map(.a; .b)", ["map"]), ("foo(1)", ["foo"]),
        ("@foo", ["@foo"]), (". as {(\"a\"): $x} | $x", []), ("{$vars}", []), ("{$nope}", ["$nope"]),
        ("def f: 1; def f(x): f + x; f(2)", []), ("foreach .[] as $x (0; $x; $x)", []), ("map(length; 1)?", ["map"]),
    ])
    func `names follow jq's scopes`(_ text: String, _ unknown: [String]) {
        let parsed = Parsed(text, role: .capture)
        #expect(parsed.marked == unknown, "\(parsed.summary)")
        #expect(parsed.codes.allSatisfy { $0.hasPrefix("jq.unknown-") })
    }

    @Test(arguments: [
        ".a | lenght": "did you mean 'length'?", "$var.x == 1": "did you mean '$vars'?", "status": "written .status",
        ".a | len": "write length", "@base65": "did you mean '@base64'?", "map(.a; .b)": "takes 1 argument, not 2",
        "test(\"a\"; \"b\"; \"c\")": "takes 1 or 2 arguments, not 3", ".a == None": "write null",
    ])
    func `an unknown name comes with what was most likely meant`(_ text: String, _ words: String) {
        #expect(Parsed(text).summary.contains { $0.contains(words) }, "\(Parsed(text).summary)")
    }

    @Test(arguments: [
        "env.A", "$ENV.A", "input", "[inputs]", "debug", "stderr", "halt", "halt_error", "halt_error(1)",
        "import \"a\" as a; 1", "include \"a\"; 1", "input_filename", "input_line_number", "get_search_list",
        "modulemeta", "$__prog_args", "def _less(a; b): true; 1 < 2", ".a | .b | env", "def f: input; f",
    ])
    func `what reaches outside is refused`(_ text: String) {
        #expect(Parsed(text, role: .capture).codes == ["jq.forbidden"], "\(Parsed(text).summary)")
    }

    @Test(arguments: [
        (".a", ".a"), ("length", "length"), ("\"x\" + .b", ".b"), ("[.]", "."), ("{a}", "a"), ("@json", "@json"),
        ("if .a then 1 else 2 end", ".a"), ("first(.a)", ".a"), ("$vars.x + has(\"a\")", "has"),
    ])
    func `a rooted dot is an error where there is no result`(_ text: String, _ mark: String) {
        for role in [Expression.Role.template, .condition, .each, .output] {
            let parsed = Parsed(text, role: role)
            #expect(parsed.codes == ["jq.no-dot"] && parsed.marked == [mark], "\(parsed.summary)")
        }
        #expect(Parsed(text, role: .expectTemplate).errors.isEmpty)
    }

    @Test(arguments: [
        "$vars.x | .a | length", "now | todate", "[range(3)]", "uuid", "rand_int(1; 2)", "$steps.x.body[] | select(.a)",
        "reduce $vars.x[] as $y (0; . + $y)", "\"a\\($vars.x)\"", "$user.name",
    ])
    func `a dot that is no root is allowed anywhere`(_ text: String) {
        #expect(Parsed(text, role: .template, extraVariables: ["user"]).diagnostics.isEmpty)
    }

    @Test(arguments: ["$steps", "$steps[.x]", "$steps | keys", "$needs", "$steps[0]", "{$steps}", "$steps[]"])
    func `steps and needs want a literal name`(_ text: String) {
        #expect(Parsed(text, role: .capture).codes == ["jq.step-name"])
    }
}
