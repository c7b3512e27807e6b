import Diagnostics
import PlumbTesting
import ScenarioSyntax
import Testing

/// What `plumb fmt` makes of a text.
struct FormatterTests {
    /// Returns the text in the one style; a refusal fails the test.
    static func format(_ text: String, _ location: SourceLocation = #_sourceLocation) throws -> String {
        var problems: [Diagnostic] = []
        let result = YAMLFormatter.format(SourceFile(path: "a.yaml", text: text), into: &problems)
        return try #require(result, "\(DiagnosticText().render(problems))", sourceLocation: location)
    }

    private func expect(_ text: String, gives wanted: String, _ location: SourceLocation = #_sourceLocation) throws {
        let result = try Self.format(text, location)
        #expect(result == wanted, sourceLocation: location)
        #expect(try Self.format(result, location) == result, "not the same twice", sourceLocation: location)
    }

    @Test func `levels are indented by two spaces, lists below their keys too`() throws {
        try expect(
            """
            steps:
            -   id:   a
                http:
                      get:    /x
                assert:
                - .status == 200
                -    .ms < 5
            tags:
                 - x
            """,
            gives: """
                steps:
                  - id: a
                    http:
                      get: /x
                    assert:
                      - .status == 200
                      - .ms < 5
                tags:
                  - x

                """)
    }

    @Test func `comments stay with what they speak of`() throws {
        try expect(
            """
            # the file

            # about steps
            steps:      # all of them
              # first
              -  id: a     # its name
                 # about http
                 http: {get: /x}   # short
                 # behind the step
              # second

              - # third
                id: b
            # the end
            """,
            gives: """
                # the file

                # about steps
                steps: # all of them
                  # first
                  - id: a # its name
                    # about http
                    http: { get: /x } # short
                    # behind the step
                  # second

                  # third
                  - id: b
                # the end

                """)
    }

    @Test func `comments inside brackets open them up`() throws {
        try expect(
            """
            a: [ 1, # one
                # two
                2 ] # end
            b: { # why
              x: 1 }
            c: [
              # nothing
            ]
            """,
            gives: """
                a:
                  - 1 # one
                  # two
                  - 2
                  # end
                b: # why
                  x: 1
                c: []
                # nothing

                """)
    }

    @Test func `comments between a key and its value stay there`() throws {
        try expect(
            "a:   # one\n    # two\n    text\nb: &x # three\n  c: 1\nd:\n  # four\n  - 1\n",
            gives: "a: # one\n  # two\n  text\nb: &x # three\n  c: 1\nd:\n  # four\n  - 1\n")
    }

    @Test func `one empty line stays where there were some`() throws {
        try expect(
            "\n\na: 1\n\n\n\nb:\n\n  - 1\n\n  - 2\n\n\n", gives: "a: 1\n\nb:\n  - 1\n\n  - 2\n")
    }

    @Test func `quotes stand only where they are needed`() throws {
        try expect(
            #"""
            a: "plain text"
            b: 'it''s'
            c: "12"
            d: "true"
            e: 'no'
            f: "a: b"
            g: 'a #b'
            h: "[\"x\"]"
            i: 'say "x"'
            j: "\u00e9 \x1b"
            k: "${{ $vars.x }}"
            l: { m: "${{ $vars.x }}", "nn": 'x', "o p": "1.0" }
            "q": '2026-01-01'
            r: ".a == 1"
            s: '*x'
            t: ""
            u: 'yes: no'
            v: "tab\there"
            w: "caf\u00e9"
            """#,
            gives: #"""
                a: plain text
                b: it's
                c: "12"
                d: "true"
                e: "no"
                f: "a: b"
                g: "a #b"
                h: '["x"]'
                i: say "x"
                j: "\u00e9 \x1b"
                k: ${{ $vars.x }}
                l: { m: "${{ $vars.x }}", nn: x, o p: "1.0" }
                q: "2026-01-01"
                r: .a == 1
                s: "*x"
                t: ""
                u: "yes: no"
                v: "tab\there"
                w: "caf\u00e9"

                """#)
    }

    @Test func `what is long, or was broken over lines, stands in block style`() throws {
        let long = (1...30).map { "word\($0): \($0)" }.joined(separator: ", ")
        let lines = (1...30).map { "  word\($0): \($0)\n" }.joined()
        try expect("a: { \(long) }\n", gives: "a:\n" + lines)
        try expect("json: {\n \"model\": \"x\",\n \"list\": [1,2]}\n", gives: "json:\n  model: x\n  list: [1, 2]\n")
        try expect("- [[1,2],\n   [3]]\n", gives: "- - [1, 2]\n  - [3]\n")
        try expect("a: {b: , c: 1}\n", gives: "a:\n  b:\n  c: 1\n")
    }

    @Test func `texts in block style keep each byte`() throws {
        try expect(
            "a: |   # why\n      SELECT 1\n        FROM x\n\n      WHERE y\n\n\nb: >-\n   folded\n   text\nc:\n - |+\n  kept\n\n- x\n"
                .replacing("- x\n", with: " - x\n"),
            gives:
                "a: | # why\n  SELECT 1\n    FROM x\n\n  WHERE y\n\nb: >-\n  folded\n  text\nc:\n  - |+\n    kept\n\n  - x\n"
        )
        try expect("a: |2-\n    two more\n  x\n", gives: "a: |2-\n    two more\n  x\n")
        try expect("a: |\n  no end", gives: "a: |-\n  no end\n")
    }

    @Test func `texts over several lines are joined or folded`() throws {
        try expect("a: one\n   two\nb: \"three\n  four\"\n", gives: "a: one two\nb: three four\n")
        let words = (1...30).map { "word\($0)" }
        try expect("a: \(words.joined(separator: "\n "))\n", gives: "a: >-\n  \(words.joined(separator: "\n  "))\n")
        // Where escapes stand between, the lines are made anew.
        let result = try Self.format("a: 'it''s " + words.joined(separator: "\n  ") + ": x'\n")
        #expect(result.hasPrefix("a: >-\n  it's word1 word2 "))
        #expect(result.split(separator: "\n").allSatisfy { $0.count <= 120 })
        try expect("a: 'one\n\n  two'\n", gives: "a: |-\n  one\n  two\n")
    }

    @Test func `anchors, aliases, merge keys and tags stay`() throws {
        try expect(
            "base: &base {a: 1}\nmore: &more\n    b: 2\n    <<: *base\nlist:\n- &x\n  k: v\n- *x\n- !!str 12\n*base : z\n"
                .replacing("*base : z\n", with: "x: !!str \"1\"\n"),
            gives: """
                base: &base { a: 1 }
                more: &more
                  b: 2
                  <<: *base
                list:
                  - &x
                    k: v
                  - *x
                  - !!str 12
                x: !!str "1"

                """)
    }

    @Test func `ends of lines, a mark of byte order and a document's dashes go`() throws {
        try expect("\u{FEFF}---\r\na: 1 # x\r\nb: |\r\n  t\r\n...\r\n", gives: "a: 1 # x\nb: |\n  t\n")
    }

    @Test func `comments around a document's dashes and dots stay`() throws {
        try expect(
            "# one\n--- # two\n# three\na: 1\n# four\n... # five\n# six\n",
            gives: "# one\n# two\n# three\na: 1\n# four\n# five\n# six\n")
        try expect("# one\n%YAML 1.2\n# two\n---\na: 1\n", gives: "# one\n%YAML 1.2\n# two\n---\na: 1\n")
    }

    @Test func `directives stay as they are`() throws {
        try expect("%YAML 1.2 # why\n---\na:   1\n", gives: "%YAML 1.2 # why\n---\na: 1\n")
    }

    @Test(arguments: [
        "a: [1\n", "a: 1\na: 2\n", "a:\n\t- 1\n", "a: 1\n---\nb: 2\n", "", "# only\n", "a: *x\n", "a: {q: x, y}\n",
        "a: \u{1}\n",
    ])
    func `what is no valid YAML is refused with its reason`(text: String) {
        var problems: [Diagnostic] = []
        #expect(YAMLFormatter.format(SourceFile(path: "a.yaml", text: text), into: &problems) == nil)
        #expect(problems.contains { $0.severity == .error && $0.code.id.hasPrefix("yaml.") })
    }

    @Test func `what the one style cannot say is left alone`() {
        // libyaml reads a key of this length only behind a question mark.
        let key = String(repeating: "k", count: 1100)
        var problems: [Diagnostic] = []
        let file = SourceFile(path: "a.yaml", text: "? \(key)\n: 1\n")
        #expect(YAMLFormatter.format(file, into: &problems) == nil)
        #expect(problems.map(\.code) == [.formatChanges])
    }
}
