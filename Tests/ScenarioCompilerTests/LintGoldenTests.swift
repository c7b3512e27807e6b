import Diagnostics
import Expressions
import PlumbTesting
import ScenarioCompiler
import ScenarioModel
import StepDrivers
import Testing

/// What lint says of scenarios as people write them wrong: a file of each kind, beside it what lint prints.
struct LintGoldenTests {
    static let folder = PackageFolder.parent(of: #filePath) + "/Golden"

    static let cases = Golden.cases(in: folder).filter { !$0.name.hasPrefix("_") && !$0.name.hasSuffix("plumb") }

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
    private static let elsewhere: Set<String> = [
        "graph.depth", "target.required",  // below
        "jq.compile",  // nothing is known that libjq refuses and the reader of expressions does not
    ]

    @Test func `files may use each other 50 deep`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        for number in 1...60 {
            try folder.write("steps: [{ use: { file: _\(number + 1).yaml } }]\n", to: "_\(number).yaml")
        }
        try folder.write("steps: [{ assert: [\"$run.id != null\"] }]\n", to: "_61.yaml")
        let request = ConfigurationRequest(scenarios: ["_1.yaml"], workingFolder: folder.path)
        let linter = Linter(request, kinds: StepKinds.all, files: DiskFiles(), environment: [:])
        #expect(linter.diagnostics.map(\.code.id) == ["graph.depth"])
    }

    @Test func `what a scenario requires and the profile lacks is an error only where skips are refused`() throws {
        #expect(Self.lint("requires").diagnostics.isEmpty)
        var found: [Diagnostic] = []
        let request = ConfigurationRequest(scenarios: ["requires.yaml"], workingFolder: Self.folder, isLint: true)
        let configuration = try #require(
            ConfigurationReader.load(
                request, kinds: StepKinds.all, files: DiskFiles(), environment: [:], into: &found))
        let compilation = Compiler(
            configuration: configuration, kinds: StepKinds.all, files: DiskFiles(), workingFolder: Self.folder
        ).compile(["requires.yaml"])
        var selection = RunPlanner.Selection()
        selection.refusesSkips = true
        _ = RunPlanner.plan(
            compilation, configuration, kinds: StepKinds.all, engine: ExpressionEngine([]), options: .init(),
            selection: selection, into: &found)
        #expect(found.map(\.code.id) == ["target.required"])
    }

    @Test func `a file with many problems is cut, and the count is of all`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let step = "  - http: { get: \"/${{ $vars.nothing }}\" }\n"
        try folder.write("steps:\n" + String(repeating: step, count: 250), to: "a.yaml")
        let request = ConfigurationRequest(scenarios: ["a.yaml"], workingFolder: folder.path)
        let linter = Linter(request, kinds: StepKinds.all, files: DiskFiles(), environment: [:])
        #expect(linter.diagnostics.count == 101)
        #expect(linter.diagnostics.last?.severity == .note)
        #expect(linter.errors >= 250)
    }

    @Test(.timeLimit(.minutes(Sanitizer.isPresent ? 10 : 1)))
    func `ten thousand problems take no longer than ten thousand steps`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let steps = (1...10_000).map { "  - { id: step_\($0), http: { get: '/${{ $steps.stop_\($0).v }}' } }\n" }
        try folder.write("steps:\n" + steps.joined(), to: "a.yaml")
        try folder.write(
            "profiles: { p: { targets: { a: { kind: http, url: 'http://127.0.0.1:1' } } } }\n", to: "plumb.yaml")
        let request = ConfigurationRequest(scenarios: ["a.yaml"], workingFolder: folder.path)
        let linter = Linter(request, kinds: StepKinds.all, files: DiskFiles(), environment: [:])
        #expect(linter.errors == 10_000)
        #expect(linter.diagnostics.first?.hint?.text.hasPrefix("did you mean 'step_") == true)
    }

    @Test func `a configuration that cannot be read leaves what scenarios alone tell`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try folder.write("profiles: [\n", to: "plumb.yaml")
        try folder.write(
            "steps: [{ target: some, http: { get: \"/${{ $secrets.KEY }}\" } }, { wait: 5 }]\n", to: "a.yaml")
        let request = ConfigurationRequest(scenarios: ["a.yaml"], workingFolder: folder.path)
        let linter = Linter(request, kinds: StepKinds.all, files: DiskFiles(), environment: [:])
        #expect(linter.diagnostics.map(\.primary?.span.file.path) == ["a.yaml", "plumb.yaml"])
        #expect(linter.diagnostics.map(\.code.id).first == "syntax.wrong-type")
    }

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
