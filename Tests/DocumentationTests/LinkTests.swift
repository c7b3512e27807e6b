import Glibc
import PlumbTesting
import Testing

struct LinkTests {
    @Test(arguments: MarkdownPage.all)
    func `each link within the repository leads somewhere`(_ page: MarkdownPage) throws {
        let folder = page.path.contains("/") ? "docs/" : ""
        for (number, text) in page.prose {
            for match in text.matches(of: /\]\(([^)]+)\)/) where !match.1.contains("://") {
                let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let name = parts[0].hasPrefix("../") ? String(parts[0].dropFirst(3)) : folder + parts[0]
                let path = parts[0].isEmpty ? page.path : name
                guard access(PackageFolder.path + "/" + path, F_OK) == 0 else {
                    Issue.record("\(page.path):\(number): there is no '\(path)'")
                    continue
                }
                if parts.count > 1, path.hasSuffix(".md") {
                    let anchors = try MarkdownPage(path).anchors
                    #expect(
                        anchors.contains(String(parts[1])), "\(page.path):\(number): '\(path)' has no '#\(parts[1])'")
                }
            }
        }
    }

    @Test func `every page of docs is linked from the README`() throws {
        let readme = try MarkdownPage("README.md").lines.joined(separator: "\n")
        for page in MarkdownPage.all where page.path.hasPrefix("docs/") {
            #expect(readme.contains("](\(page.path)"), "\(page.path) cannot be found from the README")
        }
    }
}
