import Diagnostics
import ScenarioSyntax
import Testing

@Suite struct YAMLScalarTests {
    private func scalar(_ text: String) throws -> YAMLScalar {
        var diagnostics: [Diagnostic] = []
        let node = YAMLReader.read(SourceFile(path: "t", text: "k: " + text), into: &diagnostics)
        #expect(diagnostics.isEmpty)
        return try #require(node?["k"]?.scalar)
    }

    @Test(
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("nULL", .string),
            ("true", .bool(true)), ("FALSE", .bool(false)), ("yes", .string), ("no", .string), ("on", .string),
            ("5", .integer("5")), ("-5", .integer("-5")), ("+007", .integer("7")), ("0777", .integer("777")),
            ("-0", .integer("0")), ("0o17", .integer("15")), ("0x1F", .integer("31")),
            ("0xFFFFFFFFFFFFFFFFFF", .integer("4722366482869645213695")), ("0o8", .string), ("0x", .string),
            ("12345678901234567890123", .integer("12345678901234567890123")), ("1_000", .string),
            ("1.10", .float(1.1)), (".5", .float(0.5)), ("1.", .float(1)), ("-1e3", .float(-1000)),
            ("1e999", .float(.infinity)), (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)), ("1e", .string),
            (".", .string), ("+", .string), ("1.2.3", .string), ("22:22", .string),
            ("2024-01-01", .string), ("0b1", .string), ("inf", .string), ("NaN", .string), ("0x1p3", .string),
            ("\"5\"", .string), ("'true'", .string), ("|\n 5", .string), (">\n null", .string), ("''", .string),
            ("!!str 5", .string), ("!!int \"5\"", .integer("5")), ("!!float 5", .float(5)), ("!!null ''", .null),
            ("!!bool 'true'", .bool(true)),
        ] as [(String, YAMLScalar.Resolved)])
    func `plain texts mean what the core schema says`(text: String, meaning: YAMLScalar.Resolved) throws {
        #expect(try scalar(text).resolved == meaning)
    }

    @Test func `not a number is a float`() throws {
        guard case .float(let value) = try scalar(".nan").resolved else {
            Issue.record("no float")
            return
        }
        #expect(value.isNaN)
    }

    /// What follows `k: `, and pieces of its text, each with what was written for it.
    static let mapped: [(source: String, parts: [(String, String)])] = [
        ("plain text", [("plain", "plain"), ("text", "text")]),
        ("a\n   b\n\n   c d", [("a", "a"), (" ", "\n   "), ("b", "b"), ("\n", "\n"), ("c d", "c d")]),
        ("'it''s'", [("it", "it"), ("'", "''"), ("s", "s")]),
        ("'a \n  b'", [("a", "a"), (" ", " \n  "), ("b", "b")]),
        (#""\u00e9\x41\n\"z""#, [("é", #"\u00e9"#), ("A", #"\x41"#), ("\n", #"\n"#), ("\"", #"\""#), ("z", "z")]),
        ("\"a\\\n  b\"", [("a", "a"), ("b", "b")]),
        ("\"é😀 x\"", [("é", "é"), ("😀", "😀"), ("x", "x")]),
        ("|\n  .a\n    .b\n\n  .c\n", [(".a\n", ".a\n"), ("  .b", "  .b"), (".c", ".c")]),
        ("|2-\n    x\n  y\n", [("  x", "  x"), ("y", "y")]),
        ("|+\n  a\n\n\n", [("a", "a"), ("\n\n\n", "\n\n\n")]),
        (
            ">\n  a\n  b\n\n  c\n   d\n  e\n",
            [("a", "a"), (" ", "\n  "), ("b", "b"), ("c", "c"), (" d", " d"), ("e", "e")]
        ),
        ("|\r\n  a\r\n  b\r\n", [("a", "a"), ("\n", "\r\n  "), ("b", "b")]),
    ]

    @Test(arguments: YAMLScalarTests.mapped)
    func `each part of a text is mapped to what was written`(source: String, parts: [(String, String)]) throws {
        let located = try scalar(source).located
        let bytes = Array(located.text.utf8)
        var from = 0
        for (part, written) in parts {
            let piece = Array(part.utf8)
            let start = try #require(
                (from...(bytes.count - piece.count)).first { Array(bytes[$0...].prefix(piece.count)) == piece })
            let span = located.span(of: start..<(start + piece.count))
            #expect(String(decoding: span.file.bytes[span.range], as: UTF8.self) == written, "\(part)")
            from = start + piece.count
        }
    }

    @Test func `quoting gives the text back`() throws {
        for text in ["plain", "it's", "a \"b\"", "it's \"b\" \\", "x: y # z", "tab\there", "é😀", "", "{{ x }}"] {
            #expect(try scalar(YAMLQuoting.quoted(text)).text == text)
            #expect(try scalar(YAMLQuoting.doubleQuoted(text)).text == text)
        }
        #expect(YAMLQuoting.quoted("it's") == "\"it's\"")
        #expect(YAMLQuoting.quoted(#"test("\d'")"#) == #"'test("\d''")'"#)
    }
}
