import PlumbTesting
import Testing

/// The reference that the program prints, and what is kept of it in files.
@Suite(.onOwnThreads) struct ReferenceTests {
    private static let marker = "<!-- From here on: plumb explain --markdown -->\n"

    @Test(arguments: ["scenario", "config", "report", "event"])
    func `the kept schemas are those that the program prints`(_ name: String) throws {
        let run = try CommandRun.plumb(["schema", name])
        #expect(run.exitStatus == 0)
        try Golden.compare(run.standardOutput, with: "\(PackageFolder.path)/schemas/\(name).json")
    }

    @Test func `the generated part of the language reference is that which the program prints`() throws {
        let path = PackageFolder.path + "/docs/language.md"
        let page = try TextFile.read(path)
        let start = try #require(page.firstRange(of: Self.marker))
        let generated = try CommandRun.plumb(["explain", "--markdown"]).standardOutput
        try Golden.compare(page[..<start.upperBound] + generated, with: path)
    }

    @Test func `every code in the sources can be explained`() throws {
        let known = try Set(codes())
        var unknown: [String] = []
        for path in try sources(PackageFolder.path + "/Sources") {
            let text = try TextFile.read(path)
            // Where a code is made, and where a failure names one.
            for match in text.matches(
                of: /(?:Code\(|Self\(|code: |\bcode = |[a-zA-Z]: )\s*"([a-z]+\.[a-z]+(?:-[a-z]+)*)"/)
            {
                let code = String(match.1)
                if !known.contains(code), !Self.otherTexts.contains(code) { unknown.append("\(code) in \(path)") }
            }
        }
        #expect(unknown.isEmpty, "\(unknown.joined(separator: "\n"))")
        #expect(known.contains("assert.false") && known.contains("http.connect-timeout"))
    }

    /// Texts of that form which are no codes.
    private static let otherTexts: Set<String> = ["defaults.timeout", "chat.completion", "plumb.yaml"]

    /// The codes that `plumb explain` lists.
    private func codes() throws -> [String] {
        let text = try CommandRun.plumb(["explain"]).standardOutput
        let list = try #require(text.firstRange(of: "Diagnostic codes\n"))
        return text[list.upperBound...].split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private func sources(_ folder: String) throws -> [String] {
        try TextFile.names(in: folder).flatMap { name -> [String] in
            let path = folder + "/" + name
            if TextFile.isFolder(path) { return try sources(path) }
            return name.hasSuffix(".swift") ? [path] : []
        }
    }

    @Test(arguments: [
        "step.until", "http.query", "retry", "defaults.timeout.http", "configuration", "graph.cycle", "approx",
        "$steps",
    ])
    func `keys, mappings, codes, functions and variables are explained`(_ name: String) throws {
        let run = try CommandRun.plumb(["explain", name])
        #expect(run.exitStatus == 0)
        #expect(run.standardOutput.split(separator: "\n").count >= 2)
    }

    @Test func `an unknown name is answered by the nearest`() throws {
        let run = try CommandRun.plumb(["explain", "untl"])
        #expect(run.exitStatus == 2)
        #expect(run.standardError.contains("did you mean 'until'?"))
    }

    @Test func `every code can be explained by itself`() throws {
        let run = try CommandRun.plumb(["explain"] + codes())
        #expect(run.exitStatus == 0)
    }
}
