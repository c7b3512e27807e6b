import Expressions
import PlumbTesting
import Testing

/// Files that are no scenario, one problem each, all of them in one run.
@Suite(.onOwnThreads) struct BadFileTests {
    /// A file, and where and as what its problem is told.
    struct Row: Sendable {
        /// The item of the list of bad inputs.
        let item: Int
        let name: String
        let bytes: [UInt8]
        let code: String
        /// `line:column`.
        let place: String
        /// What the message or its hint says.
        let says: String

        init(_ item: Int, _ name: String, _ text: String, _ code: String, _ place: String, _ says: String) {
            self.init(item, name, Array(text.utf8), code, place, says)
        }

        init(_ item: Int, _ name: String, _ bytes: [UInt8], _ code: String, _ place: String, _ says: String) {
            (self.item, self.name, self.bytes, self.code, self.place, self.says) =
                (item, name, bytes, code, place, says)
        }
    }

    private static let passing = TestProject.passing

    /// What some of the rows use.
    private static let used = [
        "use-a.yaml": "steps:\n  - use: {file: use-b.yaml}\n", "_ok.yaml": TestProject.passing,
    ]

    /// A request to port 9 and what stands beside it; `of` goes into its mapping.
    private static func request(
        _ lines: String..., of more: String = "", to url: String = "'http://127.0.0.1:9'"
    ) -> String {
        let option = more.isEmpty ? "" : ", " + more
        let address = more.isEmpty ? url : "/"
        return "steps:\n  - http: {get: \(address)\(option)}\n"
            + lines.filter { !$0.isEmpty }.map { "    \($0)\n" }.joined()
    }

    private static func many(_ words: String) -> String { "steps:\n  - wait: 1ms\n    repeat: {\(words)}\n" }

    private static func over(_ words: String) -> String { "steps:\n  - wait: 1ms\n    each: {in: '[1]', \(words)}\n" }

    private static func judging(_ call: String) -> String { "steps:\n  - assert: ['$run.id | \(call)']\n" }

    static let rows: [Row] =
        [
            Row(1, "empty", "", "yaml.empty", "1:1", "no scenario"),
            Row(1, "comments", "# nothing\n# here\n", "yaml.empty", "1:1", "only comments"),
            Row(1, "dashes", "---\n", "yaml.empty", "1:1", "only '---'"),
            Row(2, "tab", "steps:\n\t- wait: 1ms\n", "yaml.tab", "2:1", "a tab stands"),
            Row(
                3, "duplicate", "steps:\n  - id: a\n    wait: 1ms\n    \"id\": b\n", "yaml.duplicate-key", "4:5",
                "stands twice"),
            Row(6, "self-alias", "x-a: &a [*a]\n" + passing, "yaml.recursive-alias", "1:10", "holds itself"),
            Row(7, "undefined-alias", "x-a: &base 1\nx-b: *bsae\n" + passing, "yaml.undefined-alias", "2:6", "'*base'"),
            Row(
                8, "deep", "x-a: " + String(repeating: "[", count: 1000) + "\n", "yaml.too-deep", "1:105", "100 levels"),
            Row(10, "latin-1", Array("name: caf".utf8) + [0xE9, 0x0A], "yaml.encoding", "1:10", "at byte 9, line 1"),
            Row(10, "overlong", Array("name: ".utf8) + [0xC0, 0xAF, 0x0A], "yaml.encoding", "1:7", "not UTF-8"),
            Row(10, "surrogate", Array("name: ".utf8) + [0xED, 0xA0, 0x80, 0x0A], "yaml.encoding", "1:7", "not UTF-8"),
            Row(10, "nul", "description: a\0b\n", "yaml.control-character", "1:15", #"\u{00}"#),
            Row(10, "escape", "description: a\u{1B}[31m\n", "yaml.control-character", "1:15", #"\u{1B}"#),
            Row(10, "delete", "description: a\u{7F}\n", "yaml.control-character", "1:15", #"\u{7F}"#),
            Row(11, "utf-16", [0xFF, 0xFE] + "steps:".utf8.flatMap { [$0, 0] }, "yaml.encoding", "1:1", "UTF-8 only"),
            Row(12, "gzip", [0x1F, 0x8B, 8, 0, 0xED, 0x2C, 3, 0x6B], "yaml.not-text", "1:1", "not a text file"),
            Row(
                12, "png", [0x89, 0x50, 0x4E, 0x47, 13, 10, 0x1A, 10, 0, 0, 0, 13], "yaml.not-text", "1:1",
                "not a text file"),
            Row(13, "unknown-key", passing + "tgas: [a]\n", "syntax.unknown-key", "3:1", "did you mean 'tags'?"),
            Row(13, "zero-width", passing + "ta\u{200B}gs: [a]\n", "syntax.unknown-key", "3:1", #"\u{200B}"#),
            Row(13, "cyrillic", passing + "t\u{430}gs: [a]\n", "syntax.unknown-key", "3:1", #"\u{430}"#),
            Row(14, "steps-mapping", "steps: {}\n", "scenario.form", "1:8", "found a mapping"),
            Row(14, "steps-null", "steps: null\n", "scenario.form", "1:8", "list of steps"),
            Row(14, "steps-text", "steps: hello\n", "scenario.form", "1:8", "found text"),
            Row(14, "negative", "timeout: -1\n" + passing, "syntax.wrong-type", "1:10", "found the number -1"),
            Row(14, "infinite", "timeout: .inf\n" + passing, "syntax.wrong-type", "1:10", "found the number .inf"),
            Row(14, "huge", "timeout: 1e999\n" + passing, "syntax.wrong-type", "1:10", "found the number 1e999"),
            Row(14, "text-number", "timeout: \"5\"\n" + passing, "syntax.bad-value", "1:10", "write 5s"),
            Row(
                14, "wait-until", "steps:\n  - wait: 1ms\n    until: $run.id == null\n", "scenario.form", "3:5",
                "a wait is not polled"),
            Row(
                14, "use-until", "steps:\n  - use: {file: _ok.yaml}\n    until: $run.id == null\n",
                "scenario.form", "3:5", "a scenario in use is not polled"),
            Row(
                14, "group-until", "steps:\n  - group: {steps: [{wait: 1ms}]}\n    until: $run.id == null\n",
                "scenario.form", "3:5", "a group is not polled"),
            Row(16, "python-tag", "!!python/object/apply:os.system [ls]\n", "yaml.tag", "1:1", "unknown tag"),
            Row(
                17, "template", "vars:\n  a: {{ x }}\n" + passing, "yaml.unquoted-template", "2:6", "write \"${{ x }}\""
            ),
            Row(17, "glob", "vars:\n  a: *.yaml\n" + passing, "yaml.needs-quotes", "2:6", "quote it"),
            Row(17, "at", "vars:\n  a: @x\n" + passing, "yaml.needs-quotes", "2:6", "quote it"),
            Row(18, "open-bracket", "vars:\n  a: [b, c\n" + passing, "yaml.unclosed", "2:6", "never closed"),
            Row(18, "open-quote", "description: \"b\nsteps: []\n", "yaml.unclosed", "1:14", "never closed"),
            Row(19, "documents", passing + "---\n" + passing, "yaml.several-documents", "3:1", "a second document"),
            Row(
                20, "same-id", "steps:\n  - {id: a, wait: 1ms}\n  - {id: a, wait: 1ms}\n", "scenario.duplicate-id",
                "3:10", "two steps"),
            Row(
                20, "odd-id", "steps:\n  - id: a b\n    wait: 1ms\n", "syntax.bad-value", "2:9",
                "a name cannot hold ' '"),
            Row(
                21, "self-use", "steps:\n  - use: {file: self-use.yaml}\n", "graph.cycle", "2:17",
                "self-use.yaml -> self-use.yaml"),
            Row(21, "use-b", "steps:\n  - use: {file: use-a.yaml}\n", "graph.cycle", "2:17", "->"),
            Row(
                21, "self-need", "needs: {a: {file: self-need.yaml}}\n" + passing, "graph.cycle", "1:19",
                "self-need.yaml -> self-need.yaml"),
            Row(
                22, "unknown-step", "steps:\n  - assert: [$steps.nope.x == 1]\n", "reference.unknown-step", "2:21",
                "no step 'nope'"),
            Row(
                22, "later-step", "steps:\n  - assert: [$steps.b.ran]\n  - {id: b, wait: 1ms}\n", "reference.forward",
                "2:21", "only after this one"),
            Row(
                22, "variable", "steps:\n  - assert: [$vars.nope == 1]\n", "reference.unknown-name", "2:20",
                "no variable 'nope'"),
            Row(
                22, "may-be-skipped",
                "steps:\n  - {id: b, if: $run.id == null, wait: 1ms}\n  - assert: [$steps.b.ms < 9]\n",
                "reference.may-be-skipped", "3:21", "$steps.b.ran"),
            Row(
                18, "single-quote", "description: 'b\nsteps:\n  - wait: 1ms\n", "yaml.unclosed", "1:14",
                "close it with '"),
            Row(
                18, "quote-in-list", "steps:\n  - assert:\n      - \".status == 200\n      - .body.a == 1\n",
                "yaml.unclosed", "3:9", "the quote \" that opens here is never closed"),
            Row(
                18, "quote-takes-next", "vars:\n  a: \"one\n  b: \"two\"\nsteps:\n  - wait: 1ms\n", "yaml.unclosed",
                "2:6", "closed too late"),
            Row(
                18, "quote-takes-list", "description: \"b\ntags: [\"a\"]\nsteps: []\n", "yaml.unclosed", "1:14",
                "close it with \" where its text ends"),
            Row(
                18, "quote-takes-line", "steps:\n  - http: {get: \"/a, headers: {x: \"y\"}}\n", "yaml.unclosed", "2:17",
                "closed too late"),
            Row(18, "quote-takes-item", "tags: ['a, 'b']\n" + passing, "yaml.unclosed", "1:8", "closed too late"),
            Row(18, "quote-of-key", "\"steps:\n  - wait: 1ms\n", "yaml.unclosed", "1:1", "never closed"),
            Row(
                18, "quote-to-document", "description: \"b\n---\nsteps: []\n", "yaml.unclosed", "1:14",
                "a document ends here"),
            Row(
                18, "open-brace", "steps:\n  - http: {get: /a\n  - wait: 1ms\n", "yaml.unclosed", "2:11",
                "close it with }"),
            Row(
                18, "wrong-closer", "vars: {a: [1, 2}}\nsteps: []\n", "yaml.unclosed", "1:16",
                "'}' does not close the '['"),
            Row(18, "jq-quote", "steps:\n  - assert:\n      - $run.id == \"b\n", "jq.syntax", "3:20", "is not closed"),
            Row(
                18, "template-quote", "vars:\n  a: '/${{ \"abc }}'\n" + passing, "template.unclosed", "2:8",
                "this string does not end"),
            Row(26, "parsecs", "timeout: 10 parsecs\n" + passing, "syntax.bad-value", "1:10", "units are"),
            Row(26, "age", "timeout: 999999999d\n" + passing, "syntax.bad-value", "1:10", "a hundred years"),
            Row(26, "clock", "timeout: 12:30:00\n" + passing, "syntax.bad-value", "1:10", "units are"),
            Row(26, "zero", "timeout: 0s\n" + passing, "syntax.bad-value", "1:10", "above 0s"),
            Row(26, "bare-wait", "steps:\n  - wait: 5\n", "syntax.wrong-type", "2:11", "write 5s"),
            Row(
                26, "every", Self.request("until: .status == 200", "every: 0s"), "syntax.bad-value", "4:12", "above 0s"),
            Row(
                26, "within", Self.request("until: .status == 200", "within: -1s"), "syntax.bad-value", "4:13",
                "no sign"),
            Row(26, "size", Self.request("", of: "max_bytes: 10 apples"), "syntax.bad-value", "2:31", "units are B"),
            Row(
                26, "size-huge", Self.request("", of: "max_bytes: 99999999999999999GiB"), "syntax.bad-value", "2:31",
                "expected a size"),
            Row(26, "size-below", Self.request("", of: "max_bytes: -1"), "syntax.wrong-type", "2:31", "the number -1"),
            Row(
                26, "redirects", Self.request("", of: "follow_redirects: -1"), "http.setting", "2:38", "write 0 or more"
            ),
            Row(26, "port", Self.request("", to: "'http://127.0.0.1:99999/'"), "http.path", "2:35", "1 to 65535"),
            Row(26, "port-word", Self.request("", to: "'http://127.0.0.1:abc/'"), "http.path", "2:35", "is no port"),
            Row(26, "times", Self.many("times: 0"), "config.value", "3:21", "above 0"),
            Row(26, "times-part", Self.many("times: 1.5"), "syntax.wrong-type", "3:21", "whole number"),
            Row(26, "parallel", Self.many("times: 3, parallel: 0"), "syntax.bad-value", "3:34", "1 to 10000"),
            Row(26, "wide", Self.many("times: 3, parallel: 1000000000"), "syntax.bad-value", "3:34", "1 to 10000"),
            Row(26, "rate", Self.many("for: 1s, rate: 20/x"), "syntax.bad-value", "3:29", "per s, m or h"),
            Row(26, "rate-none", Self.many("for: 1s, rate: 0/s"), "syntax.bad-value", "3:29", "above 0"),
            Row(26, "rate-huge", Self.many("for: 1s, rate: 2000/ms"), "syntax.bad-value", "3:29", "up to 1000000/s"),
            Row(26, "pass", Self.many("times: 3, pass: 110%"), "config.value", "3:30", "a share such as 99%"),
            Row(26, "pass-more", Self.many("times: 3, pass: 5"), "config.value", "3:30", "5 of 3 runs"),
            Row(26, "elements", Self.over("min: -1"), "syntax.bad-value", "3:28", "from 0 on"),
            Row(26, "elements-wide", Self.over("parallel: 0"), "syntax.bad-value", "3:33", "1 to 10000"),
            Row(26, "retries", Self.request("retry: {max: -1}"), "config.value", "3:18", "from 0 to 1000"),
            Row(26, "cause", Self.request("retry: {max: 1, on: [tiemout]}"), "config.value", "3:26", "'timeout'"),
            Row(26, "status", Self.request("retry: {max: 1, on: [99]}"), "config.value", "3:26", "no cause"),
            Row(26, "jitter", Self.request("retry: {max: 1, jitter: 2}"), "config.value", "3:29", "from 0 to 1"),
            Row(
                27, "not-set", "steps:\n  - assert: [$env.PLUMB_NOT_SET == $run.id]\n", "config.missing-variable",
                "2:14", "is not set"),
            Row(
                27, "set-empty", "steps:\n  - assert: [$env.PLUMB_EMPTY == $run.id]\n", "config.empty-variable", "2:14",
                "set, but empty"),
            Row(28, "jq-syntax", "steps:\n  - assert: [.status | | 1]\n", "jq.syntax", "2:24", "unexpected '|'"),
            Row(
                28, "jq-function", "steps:\n  - assert: [nope(1) == $run.id]\n", "jq.unknown-function", "2:14",
                "no function 'nope' of 1"),
            Row(
                28, "jq-variable", "steps:\n  - assert: [$nope == $run.id]\n", "jq.unknown-variable", "2:14",
                "$vars.nope"),
            Row(28, "jq-empty", "steps:\n  - assert: ['']\n", "jq.empty", "2:15", "is empty"),
            Row(
                28, "jq-brackets",
                "steps:\n  - assert: ['" + String(repeating: "(", count: 5000) + "$run.id"
                    + String(repeating: ")", count: 5000)
                    + "']\n", "jq.syntax", "2:215", "nested deeper than 200"),
        ]
        + [
            "halt", "halt_error", "input", "debug", "stderr", "env", "$ENV", "input_line_number",
            "import \"a\" as a; 1",
        ].map {
            Row(32, "jq-" + $0.filter(\.isLetter), "steps:\n  - assert: ['\($0)']\n", "jq.", "2:15", "")
        }

    /// Problems that lint alone looks for, since libjq has to be asked.
    private static let lintRows: [Row] = [
        Row(26, "pattern", Self.judging(#"test("(")"#), "jq.argument", "2:30", "unmatched parenthesis"),
        Row(26, "pattern-range", Self.judging(#"test("[z-a]")"#), "jq.argument", "2:30", "empty range"),
        Row(26, "pattern-flag", Self.judging(#"test("a"; "q")"#), "jq.argument", "2:30", "q is not a valid modifier"),
        Row(
            26, "pattern-sub", Self.judging(#"sub("*"; "") == "a""#), "jq.argument", "2:29", "target of repeat operator"
        ),
        Row(
            26, "date", Self.judging(#"date_add("1 parsec") == "a""#), "jq.argument", "2:34", "is no duration"),
        Row(
            26, "percentile", Self.judging(#"[1] | percentile(101) == 1"#), "jq.argument", "2:42",
            "from 0 to 100"),
    ]

    @Test func `an argument that its function never takes is told by lint at its place`() throws {
        let project = try TestProject()
        for row in Self.lintRows { try project.write(row.bytes, to: row.name + ".yaml") }
        try project.write("steps:\n  - assert: ['$run.id | test(\"^[a-z]+$\"; \"ix\") or true']\n", to: "right.yaml")
        let run = try project.run("lint", ".")
        #expect(run.status == .exit(2))
        let problems = Problem.all(in: run.standardOutput)
        #expect(problems.count == Self.lintRows.count, "\(run.standardOutput)")
        for row in Self.lintRows {
            let problem = problems.first { $0.place == "\(row.name).yaml:\(row.place)" }
            #expect(problem?.code == row.code, "\(row.name)")
            #expect(problem?.message.contains(row.says) == true, "\(row.name): \(problem?.message ?? "")")
        }
    }

    @Test func `every problem of every file is told at its place, and nothing runs`() throws {
        let project = try TestProject(Self.used)
        for row in Self.rows { try project.write(row.bytes, to: row.name + ".yaml") }
        let run = try project.run("run", ".", "--report", "json=reports/run.json", environment: ["PLUMB_EMPTY": ""])
        #expect(run.status == .exit(2))
        #expect(!TextFile.exists(project.path("reports/run.json")), "nothing ran, so there is nothing to report")
        let problems = Problem.all(in: run.standardError)
        for row in Self.rows {
            let place = "\(row.name).yaml:\(row.place)"
            let found = problems.first { $0.place == place && $0.code.hasPrefix(row.code) }
            #expect(found != nil, "item \(row.item): \(row.code) at \(place)")
            #expect(
                Self.text(at: place, in: run.standardError).contains(row.says),
                "item \(row.item): \(place) says '\(row.says)'")
        }
        for problem in problems { #expect(problem.place.contains(/^[^:]+:\d+:\d+$/), "\(problem) has its place") }
        #expect(
            run.standardError.unicodeScalars.allSatisfy {
                $0 == "\n" || !$0.properties.isDefaultIgnorableCodePoint && $0.value >= 32 && $0.value != 127
            })
    }

    @Test func `lint tells the same problems as a document`() throws {
        let project = try TestProject(Self.used)
        for row in Self.rows { try project.write(row.bytes, to: row.name + ".yaml") }
        let run = try project.run("lint", ".", "--format", "sarif", environment: ["PLUMB_EMPTY": ""])
        #expect(run.status == .exit(2))
        let results =
            try JSON.parse(Array(run.standardOutput.utf8)).value["runs"]?.array?.first?["results"]?.array ?? []
        let found = Set(
            results.compactMap { result -> String? in
                let place = result["locations"]?.array?.first?["physicalLocation"]
                let region = place?["region"]
                guard let file = place?["artifactLocation"]?["uri"]?.string, let line = region?["startLine"],
                    let column = region?["startColumn"]
                else { return nil }
                return "\(file):\(line.json()):\(column.json())"
            })
        // The environment is that of the run, and lint may be far from it.
        for row in Self.rows where row.item != 27 {
            #expect(found.contains("\(row.name).yaml:\(row.place)"), "\(row.code)")
        }
    }

    /// The block of a problem, from its headline to the next one.
    private static func text(at place: String, in text: String) -> String {
        let blocks = text.split(separator: /\n(?=(?:error|warning)\[)/)
        return blocks.filter { $0.contains("--> \(place)\n") || $0.hasSuffix("--> \(place)") }.joined(separator: "\n")
    }

    @Test func `one rule holds for what YAML reads as numbers, dates and booleans`() throws {
        let server = try SimpleHTTPServer { .json("{\"echo\": \"\($0.header("x-v") ?? "")\"}") }
        let texts = ["no", "22:22", "0777", "1.10", "2024-01-01"]
        let steps = texts.map {
            "  - http: {get: /, headers: {x-v: \($0)}}\n    expect: {body: {echo: \"\($0)\"}}\n"
        }
        let project = try TestProject(
            server: server.url,
            [
                "plain.yaml": "vars: {a: no, b: 22:22, d: 2024-01-01}\nsteps:\n" + steps.joined()
                    + "  - assert: ['$vars.a == \"no\"', '$vars.b == \"22:22\"', '$vars.d == \"2024-01-01\"']\n"
            ])
        let run = try project.run("run", "plain.yaml")
        #expect(run.status == .exit(0), "\(run.standardOutput)")
    }

    @Test(arguments: ["\u{FEFF}", ""], ["\n", "\r\n", "\r"])
    func `a byte order mark and any line end are accepted`(_ mark: String, _ end: String) throws {
        let text = mark + ["steps:", "  - assert: ['$run.id == null']"].joined(separator: end)
        let project = try TestProject(["lines.yaml": text])
        let run = try project.run("run", "lines.yaml")
        #expect(run.status == .exit(1))
        #expect(run.standardOutput.contains("--> lines.yaml:2:15"))
    }
}
