import PlumbTesting
import Testing

/// ARCHITECTURE.md shows the house as it stands.
struct HouseTests {
    @Test func `every folder of Sources has its line, in its place`() throws {
        let page = try MarkdownPage("ARCHITECTURE.md")
        let block = try #require(page.blocks.first { $0.text.hasPrefix("Sources/\n") })
        var shown: Set<String> = []
        var target = ""
        for line in block.text.split(separator: "\n") {
            if let match = line.firstMatch(of: #/^ {2}(\w+)/\s/#) {
                target = String(match.1)
                shown.insert(target)
            } else if let match = line.firstMatch(of: #/^ {4}(\w+)/\s/#) {
                shown.insert("\(target)/\(match.1)")
            }
        }
        #expect(shown.sorted() == (try folders()).sorted())
    }

    /// The targets' folders and those right below them; the C libraries are one line.
    private func folders() throws -> [String] {
        let root = PackageFolder.path + "/Sources"
        return try TextFile.names(in: root).flatMap { target -> [String] in
            guard target != "C" else { return [target] }
            let inner = try TextFile.names(in: "\(root)/\(target)").filter {
                TextFile.isFolder("\(root)/\(target)/\($0)")
            }
            return [target] + inner.map { "\(target)/\($0)" }
        }
    }

    @Test func `the table of imports is that of ArchitectureTests`() throws {
        let page = try MarkdownPage("ARCHITECTURE.md")
        let house = try TextFile.read(PackageFolder.path + "/Tests/ArchitectureTests/House.swift")
        let start = try #require(house.firstRange(of: "allowed:"))
        let end = try #require(house.firstRange(of: "/// What every target may import."))
        let table = String(house[start.upperBound..<end.lowerBound])
        let rows = table.matches(of: /"(\w+)":\s*\[([^\]]*)\]/)
        #expect(rows.count > 10)
        for row in rows {
            let modules = row.2.matches(of: /"(\w+)"/).map { "`\($0.1)`" }.joined(separator: ", ")
            let line = "| `\(row.1)` | \(modules.isEmpty ? "nothing" : modules) |"
            #expect(page.lines.contains(line), "ARCHITECTURE.md lacks: \(line)")
        }
    }
}
