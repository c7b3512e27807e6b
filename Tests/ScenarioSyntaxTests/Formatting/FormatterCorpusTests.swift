import Diagnostics
import PlumbTesting
import Testing

@testable import ScenarioSyntax

/// What holds for whatever is formatted: it says the same, holds each comment, and is left alone the second time.
struct FormatterCorpusTests {
    /// Formats a text twice; returns false where it is refused because it could not say the same.
    private func check(_ bytes: [UInt8], _ name: String) -> Bool {
        let file = SourceFile(path: name, bytes: bytes)
        var problems: [Diagnostic] = []
        guard let node = YAMLReader.read(file, into: &problems) else { return true }
        problems = []
        guard let text = YAMLFormatter.format(file, into: &problems) else {
            #expect(problems.contains { $0.code == .formatChanges }, "\(name)")
            return false
        }
        let result = SourceFile(path: name, text: text)
        let again = YAMLReader.read(result, into: &problems)
        #expect(again.map { Self.isSame(node, $0) } == true, "\(name) says something else:\n\(text)")
        var second: [Diagnostic] = []
        #expect(YAMLFormatter.format(result, into: &second) == text, "\(name) is not the same twice:\n\(text)")
        return true
    }

    /// Compares two trees without the formatter's own eyes.
    private static func isSame(_ a: YAMLNode, _ b: YAMLNode) -> Bool {
        switch (a.content, b.content) {
        case (.scalar(let a), .scalar(let b)):
            if case .float(let x) = a.resolved, case .float(let y) = b.resolved, x.isNaN, y.isNaN { return true }
            return a.text == b.text && a.resolved == b.resolved
        case (.sequence(let a), .sequence(let b)): return a.count == b.count && zip(a, b).allSatisfy(isSame)
        case (.mapping(let a), .mapping(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && isSame($0.value, $1.value) }
        default: return false
        }
    }

    private static func files(below folder: String) throws -> [String] {
        try TextFile.names(in: folder).flatMap { name -> [String] in
            let path = folder + "/" + name
            if TextFile.isFolder(path) { return try files(below: path) }
            return name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? [path] : []
        }
    }

    @Test func `the scenarios and settings of this repository are in the one style`() throws {
        let root = PackageFolder.path
        let paths = try Self.files(below: root + "/scenarios") + [root + "/plumb.yaml"]
        #expect(paths.count > 50)
        for path in paths {
            let bytes = try TextFile.bytes(path)
            #expect(check(bytes, path), "\(path) is refused")
            var problems: [Diagnostic] = []
            let text = YAMLFormatter.format(SourceFile(path: path, bytes: bytes), into: &problems)
            let isInStyle = text.map { Array($0.utf8) == bytes } == true
            #expect(isInStyle, "\(path): run 'plumb fmt scenarios plumb.yaml'")
        }
    }

    @Test func `each block of YAML in the documentation can be formatted`() throws {
        var blocks = 0
        let docs = PackageFolder.path + "/docs"
        for name in try TextFile.names(in: docs) where name.hasSuffix(".md") {
            for part in try TextFile.read(docs + "/" + name).split(separator: "\n```yaml").dropFirst() {
                guard let end = part.firstRange(of: "\n```"), let line = part.firstIndex(of: "\n") else { continue }
                guard line < end.lowerBound else { continue }
                blocks += 1
                #expect(
                    check(Array(part[line..<end.lowerBound].utf8), "\(name), block \(blocks)"),
                    "\(name), block \(blocks)")
            }
        }
        #expect(blocks > 50)
    }

    @Test(.enabled(if: YAMLTestSuite.data != nil))
    func `the public test suite of YAML can be formatted`() throws {
        var refused: [String] = []
        for example in try ConformanceTests.cases() where !check(Array(example.yaml.utf8), example.id) {
            refused.append(example.id)
        }
        #expect(refused == [])
    }

    private static let words = [
        "# c\n", " # c", "\n\n", "- ", ": ", "[", "]", "{", "}", ", ", "&a ", "*a", "!!str ", "|\n", ">-\n", "|+\n",
        "\"", "'",
        "  ", "\n", "? ", "x", "---\n", "...\n", "\t", "\r\n",
    ]

    @Test(arguments: [1, 2, 3, 4]) func `a damaged file is formatted so that it says the same, or refused`(seed: UInt64)
        throws
    {
        let originals = try Self.files(below: PackageFolder.path + "/scenarios/examples").map { try TextFile.bytes($0) }
        let small = originals.filter { $0.count < 2500 }
        #expect(small.count > 5)
        var refused = 0
        for (number, bytes) in Mutations(of: small, words: Self.words, count: 800, seed: seed).enumerated()
        where !check(bytes, "seed \(seed), text \(number)") { refused += 1 }
        // What chance makes of a file may be beyond the one style, but hardly ever is.
        #expect(refused < 40)
    }
}
