import Expressions
import PlumbTesting
import Testing

/// The YAML of the pages is what the program accepts.
///
/// The word behind ` ```yaml ` says what a block shows: nothing, a valid one, that runs where it is a whole
/// scenario; `fails`, a scenario that fails; `wrong`, one that lint refuses; `lint`, one that only lint can
/// look at. Other words name the tool whose YAML it is.
@Suite(.serialized) struct YAMLBlockTests {
    /// The words of Plumb's own YAML.
    static let own: Set<String> = ["", "fails", "wrong", "lint"]

    /// What a part of a scenario may lack, since it stands in the whole.
    private static let missingFromParts: Set<String> = [
        "reference.unknown-name", "reference.unknown-step", "target.unknown", "file.unreadable",
    ]
    /// What the files around a configuration would have.
    private static let missingFromProjects: Set<String> = [
        "config.suite-folder", "config.suite-scenario", "config.unused-suite-key",
    ]

    @Test(arguments: MarkdownPage.all)
    func `each block of YAML is valid, and whole scenarios run`(_ page: MarkdownPage) throws {
        let project = try DocumentedProject(page)
        for block in page.blocks where block.language == "yaml" && block.isOwn {
            let name = try project.place(block)
            let problems = try self.problems(of: block, named: name, in: project)
            if block.word == "wrong" {
                #expect(!problems.isEmpty, "\(page.path):\(block.line): lint finds nothing wrong")
                continue
            }
            #expect(problems.isEmpty, "\(page.path):\(block.line): \(problems.joined(separator: "; "))")
            let isHelper = name.split(separator: "/").last?.hasPrefix("_") == true
            guard block.shape == .scenario, block.word != "lint", !isHelper, problems.isEmpty else { continue }
            let run = try project.plumb(["run", name, "--profile", "embedded"])
            let expected = block.word == "fails" ? 1 : 0
            #expect(
                run.exitStatus == expected,
                "\(page.path):\(block.line): status \(run.status)\n\(run.standardOutput)\(run.standardError)")
        }
    }

    @Test func `the scenario of the README can be planned on each profile that stands there`() throws {
        let project = try DocumentedProject(try MarkdownPage("README.md"))
        for profile in ["embedded", "staging"] {
            let plan = try project.plumb(["plan", "scenarios/pong.yaml", "--profile", profile])
            #expect(plan.exitStatus == 0, "\(profile): \(plan.standardError)\(plan.standardOutput)")
        }
    }

    private func problems(
        of block: MarkdownPage.Block, named name: String, in project: DocumentedProject
    ) throws -> [String] {
        let looked = block.shape == .configuration ? "any.yaml" : name
        let run = try project.plumb(["lint", "--format", "json", looked])
        let document = try JSON.parse(Array(run.standardOutput.utf8)).value
        let forgiven =
            switch block.shape {
            case .scenario: Set<String>()
            case .steps: Self.missingFromParts
            case .configuration: Self.missingFromProjects
            }
        return (document["diagnostics"]?.array ?? []).compactMap { problem in
            let code = problem["code"]?.string ?? ""
            return forgiven.contains(code) ? nil : "\(code): \(problem["message"]?.string ?? "")"
        }
    }

    @Test(arguments: MarkdownPage.all)
    func `what is shown of a failure is what the program says`(_ page: MarkdownPage) throws {
        let project = try DocumentedProject(page)
        let blocks = page.blocks
        var last: MarkdownPage.Block?
        for block in blocks {
            if block.language == "yaml" { last = block }
            guard block.language == "text", let source = last, let shown = try said(of: source, by: block, in: project)
            else { continue }
            let isSaid = ShownText(shown).holds(ShownText(block.text).lines)
            #expect(isSaid, "\(page.path):\(block.line) shows what the program does not say; it says:\n\(shown)")
        }
    }

    /// What the program says where a block shows it: of the scenario before it that is wrong, or fails, or that a
    /// comment tells how to break: `<!-- plumb run FILE, where "A" is "B", "C" is "D" -->`.
    private func said(
        of source: MarkdownPage.Block, by block: MarkdownPage.Block, in project: DocumentedProject
    ) throws -> String? {
        if let comment = block.comment {
            var text = source.text
            for match in comment.matches(of: /"([^"]+)" is "([^"]+)"/) {
                let parts = text.split(separator: match.1, omittingEmptySubsequences: false)
                #expect(parts.count == 2, "'\(match.1)' stands in the scenario \(parts.count - 1) times")
                text = parts.joined(separator: String(match.2))
            }
            let broken = MarkdownPage.Block(
                line: source.line, language: "yaml", word: "fails", comment: nil, text: text)
            return try project.plumb(["run", project.place(broken)]).standardOutput
        }
        switch source.word {
        case "fails": return try project.plumb(["run", project.place(source)]).standardOutput
        case "wrong": return try project.plumb(["lint", project.place(source)]).standardOutput
        default: return nil
        }
    }
}

/// A text of the program without what differs from run to run: numbers, hexadecimal names, the seed, indentation.
private struct ShownText {
    let lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n").map { line in
            var line = String(line.drop { $0 == " " })
            line.replace(/seed \w+/, with: "seed …")
            line.replace(/[0-9.]+ m?s\b/, with: "… ms")
            line.replace(/[0-9a-f]{8,}/, with: "…")
            line.replace(/127\.0\.0\.1:\d+/, with: "127.0.0.1:…")
            return line
        }
    }

    /// Whether the lines stand in this text, one behind the other.
    func holds(_ wanted: [String]) -> Bool {
        guard let first = wanted.first else { return false }
        return lines.indices.contains { start in
            lines[start] == first && lines[start...].prefix(wanted.count).elementsEqual(wanted)
        }
    }
}
