import Diagnostics
import ScenarioSyntax
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Each bad file of the folder `Golden`, and the diagnostics that its author is shown.
///
/// With `RECORD_GOLDEN=1` the texts are written anew, and the tests fail so that no recording passes unseen.
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    @Test(arguments: names) func `a bad file is explained`(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name + ".yaml")))
        let text = SampleScenario.diagnose(SourceFile(path: name + ".yaml", bytes: bytes))
        let golden = Self.folder.appending(path: name + ".diagnostics")
        if Self.isRecording {
            try Data(text.utf8).write(to: golden)
            Issue.record("recorded \(name)")
            return
        }
        let expected = String(decoding: try Data(contentsOf: golden), as: UTF8.self)
        #expect(text == expected)
    }

    @Test func `every code is shown by some file`() throws {
        var shown = ""
        for name in Self.names {
            shown += String(
                decoding: try Data(contentsOf: Self.folder.appending(path: name + ".diagnostics")), as: UTF8.self)
        }
        for code in Diagnostic.Code.allSyntaxCodes {
            #expect(shown.contains("[\(code.id)]"), "\(code.id)")
        }
    }

    @Test func `codes are unique and explained`() {
        let codes = Diagnostic.Code.allSyntaxCodes
        #expect(Set(codes.map(\.id)).count == codes.count)
        for code in codes {
            #expect(code.explanation.hasSuffix("."))
            #expect(code.id.contains("."))
        }
    }
}
