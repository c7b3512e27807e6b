import Diagnostics
import Expressions
import Testing

/// The tree that the parser makes, and the places it points at.
struct JQParserTests {
    @Test(arguments: [
        ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"),
        (".a | .b, .c | .d", "(| .a (| (, .b .c) .d))"),
        (".a // .b // .c", "(// .a (// .b .c))"),
        (".a or .b and .c == 1", "(or .a (and .b (== .c 1)))"),
        (".a = .b // .c", "(// (= .a .b) .c)"),
        (".a |= .b | .c", "(| (|= .a .b) .c)"),
        ("-1 * 2", "(neg (* 1 2))"),
        ("-1 + 2", "(+ (neg 1) 2)"),
        ("- .a as $x | $x", "(neg (as .a $x))"),
        ("1 + .a as $x | $x, 2 | 3", "(+ 1 (as .a (| (, $x 2) 3)))"),
        ("try .a catch .b | .c", "(| (try .a .b) .c)"),
        ("try -1 + 2", "(+ (try (neg 1)) 2)"),
        ("try try 1 catch 2 catch 3", "(try (try 1 2) 3)"),
        ("try error(1)?", "(? (try error(1)))"),
        (".a?.b", ".a?.b"),
        (".a??", "(? .a?)"),
        ("1 + .a?", "(+ 1 .a?)"),
        ("def f: 1; f | 2, 3", "(def f 1 (| f (, 2 3)))"),
        ("label $x | 1, 2", "(label x (, 1 2))"),
        (".a[1:2][]?[-1]", ".a[1:2][]?[(neg 1)]"),
        (".\"a b\".c[\"d\"]", ".a b.c.d"),
        ("{a: 1 | 2, (.b): -3}", "{a: (| 1 2), (.b): (neg 3)}"),
        ("\"a\\(1 + 2)b\"", "\"a\\((+ 1 2))b\""),
        ("if 1 then 2 elif 3 then 4 else 5 end", "(if 1 2 3 4 5)"),
        ("reduce .a[] as [$x, {b: $y}] (0; . + $x)", "(reduce .a[] 0 (+ . $x))"),
        ("1 as $x | 2 as $y | 3", "(as 1 (as 2 3))"),
        ("# a comment\n1 # another\n+ 2", "(+ 1 2)"),
        (".and.or", ".and.or"),
        ("[.[] | .a] == []", "(== [(| .[] .a)] [])"),
        ("1.5e2 + .5 + 1.", "(+ (+ 150 0.5) 1)"),
    ])
    func `operators bind as in jq`(_ text: String, _ shape: String) throws {
        #expect(try #require(Parsed(text, role: .capture).expression, "\(Parsed(text).summary)").syntax.shape == shape)
    }

    @Test func `every node knows its place`() throws {
        let text = "é | (.a.b[0] == \"x\\(.c)y\") and ({a: $vars.x} | has(\"a\"))"
        #expect(Parsed("é").marked == ["é"])
        let valid = String(text.dropFirst(4))
        let expression = try #require(Parsed("  " + valid + "  ").expression)
        var found: [String] = []
        func visit(_ node: JQSyntax) {
            found.append(expression.source.slice(node.range).text)
            node.visitChildren(visit)
        }
        visit(expression.syntax)
        #expect(
            found == [
                valid, "(.a.b[0] == \"x\\(.c)y\")", ".a.b[0] == \"x\\(.c)y\"", ".a.b[0]", ".a.b", ".a", ".", "0",
                "\"x\\(.c)y\"", ".c", ".", "({a: $vars.x} | has(\"a\"))", "{a: $vars.x} | has(\"a\")", "{a: $vars.x}",
                "$vars.x", "$vars", "has(\"a\")", "\"a\"",
            ])
    }

    @Test(arguments: [
        // What is written, what is marked, and a part of the message or hint.
        (".status == 200 && .ok", "&&", "write 'and'"), (".a == 'x'", "'", "double quotes"),
        (".a || .b", "|", "write 'or'"), ("(.a == 1", "(", "not closed"), (".a[0", "[", "not closed"),
        ("{a: 1", "{", "not closed"), ("\"abc", "\"", "not closed"), (".a + \"x\\(1\"", "\"", "')' is due"),
        (".a }", "}", "closes nothing"), ("if .a then 1", "if", "not closed"),
        ("if .a then 1 end", "if", "else . end"), (".a.[0]", ".[", "jq 1.7"), (".a?//1", "?//", "blank"),
        ("{a: 1 + 2}", "+", "parentheses"), ("{a: if 1 then 2 else 3 end}", "if", "parentheses"),
        (".a == 1 == 2", "==", "do not chain"), (". a", ". a", "write .a"), (".e1", ".e1", ".[\"e1\"]"),
        ("\"\\q\"", "\\q", "no escape"), ("\"\\ud800\"", "\\ud800", "surrogate"), ("1/0", "1/0", "division by zero"),
        ("{(1): 2}", "1", "cannot be a key"), ("f()", "()", "without parentheses"), (".a ==", "", "end of the"),
        ("1.2.3", "1.2.3", "no number"), ("${{ .a }}", "${{", "leave"), (".a\r", "\r", "carriage return"),
        ("break", "", "'$'"), (". as [] | 1", "]", "is due"), ("{$__loc__}", "$__loc__", "jq 1.7"),
        (".a | $and", "and", "names no variable"), ("reduce 1, 2 as $x (0; 1)", ",", "'as' is due"),
    ])
    func `an error marks its place and says what to do`(_ text: String, _ mark: String, _ words: String) {
        let parsed = Parsed(text)
        #expect(parsed.expression == nil)
        #expect(parsed.codes == ["jq.syntax"] && parsed.marked == [mark], "\(parsed.summary)")
        #expect(parsed.summary[0].contains(words), "\(parsed.summary)")
    }

    @Test(arguments: ["", "   \n", "# only a comment", "def f: 1;"])
    func `nothing to evaluate is an error`(_ text: String) {
        #expect(Parsed(text).codes == ["jq.empty"])
    }

    @Test(arguments: [
        ("(", ")"), ("[", "]"), ("{a: ", "}"), ("-", ""), ("try ", ""), ("if 1 then 1 else ", " end"),
        ("1 as $x | ", ""),
        ("def f: 1; ", ""), ("\"\\(", ")\""), (". as [$a] | [", "]"), ("1 | label $x | ", ""), (".a[", "]"),
    ])
    func `nesting is bounded`(_ open: String, _ close: String) {
        for depth in [60, 5000, 20_000] {
            let text = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            let parsed = Parsed(text, role: .capture)
            #expect((parsed.expression != nil) == (depth == 60), "\(depth) times \(open): \(parsed.summary.prefix(1))")
        }
    }

    @Test(arguments: [" + 1", " | .", ", 1", " // 1", ".a", "[]", "?", " and 1", " as $x | ."])
    func `chains are bounded`(_ link: String) {
        for count in [180, 5000, 20_000] {
            let parsed = Parsed(".x" + String(repeating: link, count: count), role: .capture)
            #expect((parsed.expression != nil) == (count == 180), "\(count) times \(link): \(parsed.summary.prefix(1))")
        }
        let long = Parsed("." + String(repeating: " + .a", count: 490), role: .capture)
        #expect(long.expression.flatMap { NativeProgram($0) } == nil, "deep trees are left to jq")
        #expect(long.expression?.decision != nil)
    }

    @Test func `the largest expression that is allowed fits a thread's stack`() {
        let open = String(repeating: "[{a: (", count: 60)
        let close = String(repeating: ")}]", count: 60)
        for link in [" + .a", " | .a", "[.a]", " and .a", " // .a"] {
            let text = open + ".x" + String(repeating: link, count: 430) + close
            let parsed = Parsed(text, role: .capture)
            #expect(parsed.expression != nil, "\(parsed.summary.prefix(1))")
            #expect(parsed.expression?.decision != nil)
            _ = parsed.expression.flatMap { NativeProgram($0) }
        }
    }

    @Test(arguments: [
        "$", ".", "..", "...", "\"", "\"\\", "\"\\(", "@", "?", "//", "1e", "1e+", "\\", "\u{0}", "{", "{(", "{a:",
        "{\"",
        ".[", ".[:", ".[1:", "if", "def", "def f", "def f(", "def f($", "reduce", ". as", ". as {", ". as {(", "label",
        "label $x", "try", "foreach . as $x (", "f(", "f(;", "import", "include", "module", "::", "a::", "\u{FEFF}.a",
        "\"\\u", "\"\\u12", "\"\\ud83d\\", "@base64 \"", "\"\\(1", "$__loc__.", "#", "1 as $x", "?//", "[?//]",
    ])
    func `what is cut off is refused or read, never a trap`(_ text: String) {
        for role in [Expression.Role.assertion, .template] {
            let parsed = Parsed(text, role: role)
            #expect(parsed.expression != nil || !parsed.errors.isEmpty)
            for diagnostic in parsed.diagnostics {
                #expect(diagnostic.primary?.span.range.upperBound ?? 0 <= text.utf8.count)
            }
        }
    }
}
