import Diagnostics
import PlumbTesting
import ScenarioCompiler
import StepDrivers
import Testing

/// What lint says of scenarios as people write them wrong: a file of each kind, beside it what lint prints.
struct LintGoldenTests {
    static let folder = PackageFolder.parent(of: #filePath) + "/Golden"

    static let cases = Golden.cases(in: folder).filter { !$0.name.hasPrefix("_") && $0.name != "plumb" }

    static func lint(_ name: String) -> Linter {
        let request = ConfigurationRequest(scenarios: ["\(name).yaml"], workingFolder: folder, isLint: true)
        return Linter(request, kinds: StepKinds.all, files: DiskFiles(), environment: [:])
    }

    @Test(arguments: cases) func `lint says what is wrong, where, and what to do`(_ test: Golden.Case) throws {
        let text = DiagnosticText().render(Self.lint(test.name).diagnostics)
        try Golden.compare(text.plain, with: test.beside("diagnostics"))
    }

    @Test func `every code of scenarios has a golden file`() throws {
        let seen = Set(Self.cases.flatMap { Self.lint($0.name).diagnostics.map(\.code) })
        let missing = Diagnostic.Code.allScenarioCodes.filter { !seen.contains($0) && !Self.elsewhere.contains($0.id) }
        #expect(missing.isEmpty)
    }

    /// Codes that no scenario file by itself can have, each with where it is tested.
    private static let elsewhere: Set<String> = []

    @Test(arguments: cases) func `every error has a place inside its file`(_ test: Golden.Case) {
        for diagnostic in Self.lint(test.name).diagnostics {
            guard let span = diagnostic.primary?.span else {
                Issue.record("\(diagnostic.code) has no place")
                continue
            }
            #expect(span.range.upperBound <= span.file.bytes.count)
        }
    }
}
