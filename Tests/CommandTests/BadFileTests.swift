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
            Row(26, "parsecs", "timeout: 10 parsecs\n" + passing, "syntax.bad-value", "1:10", "units are"),
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
