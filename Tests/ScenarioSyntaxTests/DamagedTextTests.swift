import Diagnostics
import PlumbTesting
import ScenarioSyntax
import Testing

/// Files that chance has damaged: each is read or refused at a place inside of it, and soon.
struct DamagedTextTests {
    private static let folder = PackageFolder.parent(of: #filePath) + "/Golden"

    private static func originals() throws -> [[UInt8]] {
        try TextFile.names(in: folder).filter { $0.hasSuffix(".yaml") }.map { try TextFile.bytes(folder + "/" + $0) }
            .filter { $0.count < 4000 }
    }

    private static let words = [
        "[", "]", "{", "}", "- ", ": ", "? ", "&a ", "*a", "!!str ", "!<", "|", ">-\n", "\"", "'", "# ", "---\n", "...",
        "%YAML 1.2\n", "<<: ", "\\x4", "\\u00", "${{ ", " }}", "@", "`", "  ", "\t",
    ]

    @Test(arguments: [1, 2, 3]) func `a damaged file is read or refused, never the end of the reader`(seed: UInt64)
        throws
    {
        var slowest = Duration.zero
        let clock = ContinuousClock()
        for (number, bytes) in Mutations(of: try Self.originals(), words: Self.words, count: 1500, seed: seed)
            .enumerated()
        {
            let file = SourceFile(path: "damaged.yaml", bytes: bytes)
            var problems: [Diagnostic] = []
            slowest = max(
                slowest,
                clock.measure {
                    let node = YAMLReader.read(file, into: &problems)
                    let isRefused = problems.contains { $0.severity == .error }
                    #expect(isRefused == (node == nil), "seed \(seed), text \(number)")
                })
            for problem in problems {
                let spans = ([problem.primary].compactMap { $0 } + problem.secondary).map(\.span.range)
                #expect(
                    spans.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.count },
                    "seed \(seed), text \(number)")
            }
            let shown = DiagnosticText().render(Array(problems.prefix(20))).plain
            #expect(
                shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F },
                "seed \(seed), text \(number)")
        }
        #expect(slowest < .seconds(5))
    }
}
