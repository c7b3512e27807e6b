public import Diagnostics
public import Expressions
public import ScenarioModel

/// Turns scenario files into checked scenarios with their edges: text → tree → graph.
///
/// Each file is read, parsed and checked by the ``ScenarioLibrary``; what needs the configuration
/// (targets, secrets, suites) is checked here, over all files, so that one run of the compiler tells
/// every problem of every file.
public struct Compiler {
    private let configuration: Configuration
    private let kinds: [any StepKind]
    private let files: any FileAccess
    private let workingFolder: String
    private let isLint: Bool

    /// Creates a compiler for the scenarios of a configuration; lint judges the text alone, not the machine.
    public init(
        configuration: Configuration, kinds: [any StepKind], files: any FileAccess, workingFolder: String,
        isLint: Bool = false
    ) {
        self.isLint = isLint
        self.configuration = configuration
        self.kinds = kinds
        self.files = files
        self.workingFolder = workingFolder
    }

    /// What came of a set of paths.
    public struct Compilation {
        /// The scenarios that are tests, in file order, or as their suites order them.
        public var scenarios: [CompiledScenario] = []
        public var diagnostics: [Diagnostic] = []
        /// Every expression of every scenario, used ones included.
        public var expressions: [Expression] = []
        /// How many files were looked at.
        public var fileCount = 0
    }

    /// A scenario in its suite.
    public struct CompiledScenario {
        public var scenario: Scenario
        public var path: String
        /// The folders from the scenarios' root: `["cross_service", "gateway"]`.
        public var folders: [String]
        /// The suite's nodes, outermost first.
        public var suites: [SuiteNode]
    }

    /// Compiles everything that the paths mean.
    public func compile(_ paths: [String]) -> Compilation {
        var result = Compilation()
        let own = (configuration.file.map { [$0.path] } ?? []) + configuration.includedFiles
        let excluded = Set(own.compactMap { FilePath.real(FilePath.absolute($0, in: workingFolder)) })
        var finder = ScenarioFinder(files: files, workingFolder: workingFolder, excluded: excluded)
        for path in paths { finder.add(path) }
        result.diagnostics = finder.diagnostics
        result.fileCount = finder.found.count
        let library = ScenarioLibrary(
            kinds: kinds, files: files, root: configuration.root, workingFolder: workingFolder,
            loads: configuration.loads)
        var compiled: [(scenario: CompiledScenario, isNamed: Bool, problems: [Diagnostic])] = []
        var reported: Set<Diagnostic> = []
        // `scenarios/` beside the configuration, or the configuration's own folder.
        let roots = [configuration.suiteRoot, configuration.root].map { FilePath.real($0) ?? $0 }
        for found in finder.found {
            var problems: [Diagnostic] = []
            if case .failure(let problem) = library.source(found.path) {
                let shown = FilePath.shown(found.path, from: workingFolder)
                result.diagnostics.append(Diagnostic(.unreadableFile, at: nil, "'\(shown)': \(problem.phrase)"))
                continue
            }
            let scenario = library.scenario(at: found.path, into: &problems)
            guard let scenario else {
                // Data files are known only once every scenario is read, so their problems wait.
                compiled.append((placeholder(found.path), found.isNamed, problems))
                continue
            }
            let folders = Self.folders(of: found.path, below: roots)
            let suites = configuration.suites?.chain(for: folders) ?? []
            compiled.append(
                (
                    CompiledScenario(scenario: scenario, path: found.path, folders: folders, suites: suites),
                    found.isNamed, problems
                ))
        }
        for entry in compiled where entry.isNamed || !library.dataFiles.contains(entry.scenario.path) {
            for problem in entry.problems where reported.insert(problem).inserted { result.diagnostics.append(problem) }
            guard !entry.scenario.isPlaceholder else { continue }
            let isListed = entry.scenario.isListed
            guard entry.isNamed || isListed else { continue }
            result.scenarios.append(entry.scenario)
        }
        result.scenarios = ordered(result.scenarios)
        var expressions: [Expression] = []
        for compiled in result.scenarios {
            let all = compiled.scenario.allExpressions
            expressions += all
            let references = ConfigurationReferences(configuration, suite: compiled.suites.suiteData)
            let isServed = Requirements.unmet(of: compiled.scenario, by: configuration).isEmpty
            let problems =
                TargetCheck.check(compiled.scenario, configuration, kinds, read: file) + references.check(all)
                + (isLint || !isServed ? [] : references.missing(in: all))
            for problem in problems where reported.insert(problem).inserted {
                result.diagnostics.append(problem)
            }
        }
        result.expressions = expressions + configuration.expressions
        return result
    }

    /// The file of a request, where it is there and may be read: relative to its scenario, inside of the project.
    private func file(of request: any FileRequest) -> SourceFile? {
        guard let (name, span) = request.file else { return nil }
        let folder = FilePath.parent(FilePath.absolute(span.file.path, in: workingFolder))
        guard let path = FilePath.real(FilePath.absolute(name, in: folder)),
            FilePath.isInside(path, configuration.root), let bytes = try? files.read(path, limit: request.fileLimit)
        else { return nil }
        return SourceFile(path: FilePath.shown(path, from: workingFolder), bytes: bytes)
    }

    private func placeholder(_ path: String) -> CompiledScenario {
        CompiledScenario(
            scenario: Scenario(file: SourceFile(path: path, bytes: []), name: "", steps: Block(steps: [])), path: path,
            folders: [], suites: [])
    }

    /// The folders from the first root that a file lies below.
    private static func folders(of path: String, below roots: [String]) -> [String] {
        for root in roots {
            let prefix = FilePath.join(root, "").utf8
            guard path.utf8.starts(with: prefix) else { continue }
            let parts = path.utf8.dropFirst(prefix.count).split(separator: UInt8(ascii: "/"))
            return parts.dropLast().map { String(Substring($0)) }
        }
        return []
    }

    /// File order, with the scenarios of a suite that lists them in the order of its list.
    private func ordered(_ scenarios: [CompiledScenario]) -> [CompiledScenario] {
        var result = scenarios
        var start = 0
        while start < result.count {
            var end = start + 1
            while end < result.count, result[end].folders == result[start].folders { end += 1 }
            if let list = result[start].ownSuite?.testScenarios?.map(\.name) {
                let ranked = result[start..<end].enumerated().sorted { a, b in
                    let rankA = list.firstIndex(of: a.element.scenario.name) ?? Int.max
                    let rankB = list.firstIndex(of: b.element.scenario.name) ?? Int.max
                    return (rankA, a.offset) < (rankB, b.offset)
                }
                result.replaceSubrange(start..<end, with: ranked.map(\.element))
            }
            start = end
        }
        return result
    }
}

extension Compiler.CompiledScenario {
    fileprivate var isPlaceholder: Bool { scenario.name.isEmpty }

    /// The node of the scenario's very folder.
    var ownSuite: SuiteNode? { suites.last.flatMap { $0.path == folders ? $0 : nil } }

    /// Whether the suite's list names it, or there is no list.
    fileprivate var isListed: Bool {
        guard let list = ownSuite?.testScenarios else { return true }
        return list.contains { $0.name == scenario.name }
    }
}

extension Scenario {
    /// The expressions of the file and of every scenario that it uses or needs.
    public var allExpressions: [Expression] {
        var all = expressions
        func visit(_ block: Block) {
            for step in block.steps {
                if case .group(let group) = step.action { visit(group.block) }
                if case .use(let use) = step.action { all += use.scenario.allExpressions }
                if let cleanup = step.cleanup { visit(cleanup) }
            }
        }
        visit(steps)
        if let cleanup { visit(cleanup) }
        for need in needs { all += need.scenario.allExpressions }
        return all
    }
}
