import Diagnostics
import ScenarioSyntax
import Testing

@Suite struct YAMLReaderTests {
    @Test func `a scenario becomes a tree with spans`() throws {
        let file = SourceFile(path: "t.yaml", text: "steps:\n  - id: chat\n    n: 5\nname: \"é😀\" # c\n")
        var diagnostics: [Diagnostic] = []
        let root = try #require(YAMLReader.read(file, into: &diagnostics))
        #expect(diagnostics.isEmpty)
        #expect(root.found == "a mapping")
        #expect(root["steps"]?.elements?.first?["id"]?.scalar?.text == "chat")
        #expect(root["steps"]?.elements?.first?["n"]?.found == "the number 5")
        #expect(root["name"]?.span.start == SourcePosition(line: 4, column: 7))
        #expect(root["name"]?.span.end == SourcePosition(line: 4, column: 11))
    }
}
