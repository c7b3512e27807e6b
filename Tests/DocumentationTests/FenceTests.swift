import Diagnostics
import Expressions
import PlumbTesting
import ScenarioSyntax
import Testing

/// Every fenced block says what it is, so that none is passed over by the tests that look into it.
struct FenceTests {
    /// The languages of blocks, each with the words that may stand behind it.
    private static let known: [String: Set<String>] = [
        "yaml": YAMLBlockTests.own.union(MarkdownPage.Block.others),
        "text": [""], "sh": [""], "console": [""], "json": [""], "mermaid": [""], "groovy": [""], "hurl": [""],
    ]

    @Test(arguments: MarkdownPage.all)
    func `each fence names a language and a word that are known`(_ page: MarkdownPage) {
        for block in page.blocks {
            let isKnown = Self.known[block.language]?.contains(block.word) == true
            #expect(isKnown, "\(page.path):\(block.line): nothing looks into '\(block.language) \(block.word)'")
        }
        for (number, text) in page.prose {
            let isFence = text.drop { $0 == " " }.hasPrefix("```") || text.hasPrefix("~~~")
            #expect(!isFence, "\(page.path):\(number): a fence that is indented, or of tildes, is not looked into")
        }
    }

    @Test(arguments: MarkdownPage.all)
    func `each block of YAML that is not run says why`(_ page: MarkdownPage) {
        for block in page.blocks where block.language == "yaml" && block.isOwn {
            let isPart = block.shape == .steps && block.word != "wrong"
            guard block.word == "lint" || isPart else { continue }
            let reason = block.comment?.wholeMatch(of: /<!-- not run: (.+) -->/)?.1 ?? ""
            #expect(
                reason.count > 10, "\(page.path):\(block.line) is not run: '<!-- not run: … -->' before it says why")
        }
    }

    @Test(arguments: MarkdownPage.all)
    func `YAML of other tools is YAML, and JSON is JSON`(_ page: MarkdownPage) {
        for block in page.blocks {
            let place = "\(page.path):\(block.line)"
            if block.language == "yaml", !block.isOwn {
                var problems: [Diagnostic] = []
                _ = YAMLReader.read(SourceFile(path: place, bytes: Array(block.text.utf8)), into: &problems)
                #expect(problems.isEmpty, "\(place): \(problems)")
            } else if block.language == "json" {
                #expect(throws: Never.self, "\(place)") { try JSON.parse(Array(block.text.utf8)) }
            }
        }
    }

    @Test(arguments: MarkdownPage.all)
    func `what is shown for a shell can be read by one`(_ page: MarkdownPage) throws {
        for block in page.blocks where block.language == "sh" {
            let shell = try RunningCommand(
                "/bin/sh", ["-n"], environment: RunningCommand.plainEnvironment, input: block.text)
            let run = shell.finish()
            #expect(run.exitStatus == 0, "\(page.path):\(block.line): \(run.standardError)")
        }
    }
}
