import Glibc
import PlumbTesting
import Testing

/// What pages name of this repository is there.
struct RepositoryNameTests {
    @Test(arguments: MarkdownPage.all)
    func `each command of make and each script that is shown exists`(_ page: MarkdownPage) throws {
        let makefile = try TextFile.read(PackageFolder.path + "/Makefile")
        let targets = Set(makefile.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
        try #require(targets.contains("build"))
        let inBlocks = page.blocks.filter { ["sh", "console"].contains($0.language) }.flatMap { block in
            block.text.split(separator: "\n").map { (number: block.line, text: String($0)) }
        }
        let shown =
            page.prose.map { ($0.number, $0.text.matches(of: /(?:^ {4}|`)make ([a-z-]+)/).map(\.1)) }
            + inBlocks.map { ($0.number, $0.text.matches(of: /^(?:\$ )?(?:sudo )?make ([a-z-]+)/).map(\.1)) }
        for (number, names) in shown {
            for target in names.map(String.init) {
                #expect(targets.contains(target), "\(page.path):\(number): there is no 'make \(target)'")
            }
        }
        for (index, line) in page.lines.enumerated() {
            for match in line.matches(of: /\b(?:scripts|bench)\/[a-z][a-z.-]*[a-z]/) {
                let path = PackageFolder.path + "/" + match.0
                #expect(access(path, F_OK) == 0, "\(page.path):\(index + 1): there is no '\(match.0)'")
            }
        }
    }

    @Test func `the version that is shown is that of the program`() throws {
        let version = try CommandRun.plumb(["--version"]).standardOutput.filter { $0 != "\n" }
        for page in MarkdownPage.all {
            for (index, line) in page.lines.enumerated() {
                for match in line.matches(of: /\bplumb[ :_](\d+\.\d+\.\d+)/) {
                    #expect(match.1 == version, "\(page.path):\(index + 1) shows another version")
                }
            }
        }
    }
}
