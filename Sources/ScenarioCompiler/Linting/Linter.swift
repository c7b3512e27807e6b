public import Diagnostics
internal import Expressions
public import ScenarioModel

/// Finds every problem in a set of scenarios and their configuration, without running anything.
///
/// The files are compiled as for a run; then what only all of them together tell is checked: settings that
/// nobody reads, expressions that libjq refuses, functions that stand where their input is not known.
public struct Linter {
    /// The problems in the order of their files and places, at most `perFile` of each file and a note of the others.
    public private(set) var diagnostics: [Diagnostic] = []
    /// How many problems there are, those that are not listed included.
    public private(set) var errors = 0
    /// How many warnings there are, those that are not listed included.
    public private(set) var warnings = 0
    /// How many scenario files were looked at; what configures them does not count.
    public private(set) var fileCount = 0
    /// Nil where it is too broken to be used.
    public private(set) var configuration: Configuration?

    /// Looks at all that the request's scenario paths mean.
    public init(
        _ request: ConfigurationRequest, kinds: [any StepKind], files: any FileAccess, environment: [String: String],
        perFile: Int = 100
    ) {
        var request = request
        request.isLint = true
        var found: [Diagnostic] = []
        configuration = ConfigurationReader.load(
            request, kinds: kinds, files: files, environment: environment, into: &found)
        let isBlind = configuration == nil
        let configuration = configuration ?? Configuration(file: nil, root: request.workingFolder)
        let compiler = Compiler(
            configuration: configuration, kinds: kinds, files: files, workingFolder: request.workingFolder, isLint: true
        )
        let compilation = compiler.compile(request.scenarios)
        // What only the configuration could tell would be told wrongly without it.
        found += compilation.diagnostics.filter { !isBlind || !Diagnostic.Code.ofConfiguration.contains($0.code) }
        fileCount = compilation.fileCount
        if !isBlind {
            let suites = SuiteChecks(configuration, files: files)
            found += suites.folders()
            found += suites.unusedKeys(of: compilation, request)
            found += Self.problemsOfCases(in: compilation, configuration, kinds)
            found += OpenCredentials.warnings(of: configuration)
            var named = NamedFiles(root: configuration.root, workingFolder: request.workingFolder, files: files)
            for compiled in compilation.scenarios { named.check(compiled.scenario) }
            found += named.diagnostics
        }
        found += Self.problems(in: compilation.expressions)
        keep(found, perFile: perFile)
    }

    /// What is wrong with rows; those that are made of this machine's environment are left alone.
    private static func problemsOfCases(
        in compilation: Compiler.Compilation, _ configuration: Configuration, _ kinds: [any StepKind]
    ) -> [Diagnostic] {
        var part = Compiler.Compilation()
        part.scenarios = compilation.scenarios.filter { compiled in
            guard compiled.scenario.cases != nil else { return false }
            return !compiled.scenario.rowExpressions.contains { expression in
                expression.analysis.references.contains { ["env", "secrets"].contains($0.variable) }
            }
        }
        part.expressions = part.scenarios.flatMap(\.scenario.rowExpressions)
        var problems: [Diagnostic] = []
        _ = RunPlanner.plan(
            part, configuration, kinds: kinds, engine: ExpressionEngine(part.expressions), options: .init(),
            selection: .init(), into: &problems)
        return problems
    }

    /// What libjq refuses, and functions that stand where they cannot be computed; an expression counts once.
    private static func problems(in all: [Expression]) -> [Diagnostic] {
        var seen: Set<SourceSpan> = []
        let expressions = all.filter { seen.insert($0.source.span).inserted }
        let refused = ExpressionEngine.check(expressions).map { index, error in
            Diagnostic(
                .jqCompile, at: error.span ?? expressions[index].source.span, .init(error.message),
                hint: error.hint.map { .init($0) })
        }
        let hopeless = ExpressionEngine.checkLiterals(expressions).map { index, error in
            Diagnostic(
                .jqArgument, at: error.span ?? expressions[index].source.span, .init(error.message),
                hint: error.hint.map { .init($0) } ?? "the call fails whatever its input: write another argument")
        }
        return refused + hopeless + expressions.flatMap(\.hostFunctionDiagnostics)
    }

    private mutating func keep(_ found: [Diagnostic], perFile: Int) {
        var seen: Set<Diagnostic> = []
        let distinct = found.filter { seen.insert($0).inserted }
        errors = distinct.count { $0.severity == .error }
        warnings = distinct.count { $0.severity == .warning }
        diagnostics = distinct.sortedByPlace().capped(perFile: perFile).sortedByPlace()
    }
}

extension [Diagnostic] {
    /// The diagnostics by file and place; those without a place come first.
    public func sortedByPlace() -> [Diagnostic] {
        let keyed = enumerated().map { index, diagnostic in
            (
                path: diagnostic.primary?.span.file.path ?? "", offset: diagnostic.primary?.span.range.lowerBound ?? 0,
                index: index, diagnostic: diagnostic
            )
        }
        return keyed.sorted { a, b in
            if a.path != b.path { return a.path < b.path }
            return (a.offset, a.index) < (b.offset, b.index)
        }.map(\.diagnostic)
    }
}

extension Scenario {
    /// The expressions that rows are made of, those of variables included.
    fileprivate var rowExpressions: [Expression] {
        let own: [Expression] =
            switch cases {
            case .rows(let rows, _): rows.flatMap(\.expressions)
            case .template(let template, _): template.expressions
            case .query(let query): query.expressions
            case .table, nil: []
            }
        return own + variables.flatMap(\.value.expressions)
    }
}

extension SuiteChecks {
    /// The settings of the looked-at folders that no scenario reads.
    func unusedKeys(of compilation: Compiler.Compilation, _ request: ConfigurationRequest) -> [Diagnostic] {
        var keys: [[String]: Set<String>] = [:]
        var everything: Set<[String]> = []
        var configReads: [[String]] = []
        for compiled in compilation.scenarios {
            for expression in compiled.scenario.allExpressions {
                for reference in expression.analysis.references {
                    switch reference.variable {
                    case "suite":
                        if let key = reference.keys.first {
                            keys[compiled.folders, default: []].insert(key)
                        } else {
                            everything.insert(compiled.folders)
                        }
                    case "config": configReads.append(reference.keys)
                    default: break
                    }
                }
            }
        }
        var reads = keys.mapValues { SuiteReads.keys($0) }
        for folders in everything { reads[folders] = .everything }
        let linted = request.scenarios.compactMap { lintedFolder($0, from: request.workingFolder) }
        return unusedKeys(reads: reads, configReads: configReads, linted: linted)
    }
}

extension Diagnostic.Code {
    /// The codes of what scenarios ask of the configuration.
    fileprivate static let ofConfiguration: Set<Diagnostic.Code> = [
        .noTarget, .unknownTarget, .unsuitedTarget, .undeclaredSecret, .missingConfigurationKey, .missingSuiteKey,
        .unknownLoad,
        .outsideRoot,
    ]
    static let jqCompile = Diagnostic.Code(
        "jq.compile", "libjq does not compile the expression, for the reason that the message repeats.")
    static let jqArgument = Diagnostic.Code(
        "jq.argument",
        "A function refuses this argument whatever its input: a pattern that is none, a flag, a duration, a percentile."
    )
}
