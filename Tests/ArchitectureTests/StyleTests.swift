import Testing

struct StyleTests {
    private func report(_ file: SourceTree.File, _ lines: [CodeLine], _ problem: String) {
        for line in lines { Issue.record("\(file.path):\(line.number): \(problem)") }
    }

    @Test func `no file is over 400 lines without a reason`() throws {
        for file in try SourceTree("Sources").files where file.lines.count > 401 && House.longFiles[file.path] == nil {
            Issue.record("\(file.path): \(file.lines.count) lines; look for a seam, or give the reason in House.swift")
        }
    }

    @Test func `what the compiler does not check has a comment that says why it holds`() throws {
        let pattern = /@unchecked|nonisolated\(unsafe\)|\bfatalError\(|\btry!|[\w)\]]!(?!=)/
        for file in try SourceTree("Sources").files {
            let lines = CodeLine.uncommented(file.lines) { $0.code.contains(pattern) }
            report(file, lines, "say on the line or above it why this holds")
        }
    }

    @Test func `only the command and the reports print`() throws {
        for file in try SourceTree("Sources").files where !["plumb", "Reporting"].contains(file.target) {
            let lines = file.lines.filter { $0.code.contains(/(?:^|[^\w.])(?:debugPrint|print|dump)\(/) }
            report(file, lines, "core code never prints")
        }
    }

    @Test func `nothing is left for later`() throws {
        let words = ["TO" + "DO", "FIX" + "ME"]
        for file in try SourceTree("Sources").files + SourceTree("Tests").files {
            for (index, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where words.contains(where: { line.contains($0) }) {
                Issue.record("\(file.path):\(index + 1): do it, or write an issue")
            }
        }
    }
}
