import Diagnostics
import PlumbTesting
import ScenarioCompiler
import Testing

/// Configurations that are wrong, with every word that is said about them.
@Suite struct ConfigurationGoldenTests {
    static let folder = PackageFolder.parent(of: #filePath) + "/Golden"
    static let cases = Golden.cases(in: folder, extension: "case")

    @Test(arguments: cases) func `says what is wrong, where, and what to do`(_ golden: Golden.Case) throws {
        try Golden.compare(ConfigurationCase(golden.input()).rendered(), with: golden.beside("diagnostics"))
    }

    @Test(arguments: cases) func `no value of the environment is shown`(_ golden: Golden.Case) throws {
        let configuration = try ConfigurationCase(golden.input())
        let shown = configuration.rendered()
        for value in configuration.environment.values where value.utf8.count > 3 { #expect(!shown.contains(value)) }
    }

    /// Codes of checks that need the scenarios; ``SuiteChecksTests`` and ``ConfigurationReferencesTests`` show them, and lint's golden files.
    static let checkedElsewhere: Set<String> = [
        "config.suite-folder", "config.unused-suite-key", "config.missing-suite-key",
        "config.open-credential",
    ]

    @Test func `every code is shown by a case, and explained`() throws {
        let found = try Set(Self.cases.flatMap { try ConfigurationCase($0.input()).load().diagnostics.map(\.code.id) })
        for code in Diagnostic.Code.allConfigurationCodes {
            #expect(code.explanation.hasSuffix("."))
            #expect(found.contains(code.id) || Self.checkedElsewhere.contains(code.id), "no case shows \(code.id)")
        }
    }

    @Test func `codes are listed once`() {
        let ids = Diagnostic.Code.allConfigurationCodes.map(\.id)
        #expect(Set(ids).count == ids.count)
    }
}
