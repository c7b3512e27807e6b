import Diagnostics
import Expressions
import Reporting
import Testing

@Suite struct DiagnosticsReportTests {
    private static let unknownKey = Diagnostic.Code(
        "syntax.unknown-key", "A key that the language does not know. The hint names the nearest that it does.")
    private static let cycle = Diagnostic.Code("graph.cycle", "Steps wait for each other.")

    private static let diagnostics: [Diagnostic] = {
        let file = SourceFile(
            path: "users, old/ü %.yaml", text: "steps:\n  - name: é😀 create\n    metod: POST\n    within:\n      5\n")
        let other = SourceFile(path: "/etc/base.yaml", text: "a: \u{1B}[0m\n")
        return [
            Diagnostic(
                unknownKey, at: SourceSpan(file, 34..<39), "unknown key 'metod' in http", label: "not known",
                secondary: [.init(span: SourceSpan(file, 11..<15), text: "in this step")],
                hint: "did you mean 'method'?"),
            Diagnostic(cycle, .warning, at: SourceSpan(file, 50..<65), "100% of a:b,\nc wait"),
            Diagnostic(cycle, .note, at: SourceSpan(other, 3..<7), "an escape \u{1B} stands here"),
            Diagnostic(unknownKey, at: nil, "no scenario was selected"),
        ]
    }()

    @Test(arguments: DiagnosticsFormat.allCases)
    func `problems are told as recorded`(format: DiagnosticsFormat) throws {
        let text = DiagnosticsReport(format: format, version: "0.1.0").render(Self.diagnostics)
        try expectGolden(text, "diagnostics.\(format.rawValue)")
        #expect(!text.unicodeScalars.contains("\u{1B}"))
    }

    @Test func `no problem is an empty document, or no text at all`() throws {
        #expect(DiagnosticsReport(format: .text).render([]).isEmpty)
        #expect(DiagnosticsReport(format: .github).render([]).isEmpty)
        let json = try JSON.parse(DiagnosticsReport(format: .json).render([])).value
        #expect(json["errors"] == 0 && json["diagnostics"] == [])
        let sarif = try JSON.parse(DiagnosticsReport(format: .sarif).render([])).value
        #expect(sarif["runs"]?.array?.first?["results"] == [])
    }

    @Test func `each SARIF result names a rule that is there, and a region that begins at 1`() throws {
        let log = try JSON.parse(DiagnosticsReport(format: .sarif).render(Self.diagnostics)).value
        let run = try #require(log["runs"]?.array?.first)
        let rules = try #require(run["tool"]?["driver"]?["rules"]?.array)
        for result in try #require(run["results"]?.array) {
            let index = try #require(result["ruleIndex"]?.number)
            #expect(rules[Int(index)]["id"] == result["ruleId"])
            for location in result["locations"]?.array ?? [] {
                let region = try #require(location["physicalLocation"]?["region"])
                #expect(region["startLine"]?.number ?? 0 >= 1 && region["startColumn"]?.number ?? 0 >= 1)
            }
        }
    }
}
