public import Diagnostics
import Expressions
public import ScenarioModel
import ScenarioSyntax

/// The scenario and data files of a run, each read and parsed once however many others use it.
public final class ScenarioLibrary {
    let keys: ScenarioKeys
    let files: any FileAccess
    /// The folder that no path may leave, links followed.
    let root: String
    /// The folder that shown paths are relative to.
    let workingFolder: String
    let loads: [String: Repetition]
    private var scenarios: [String: Scenario?] = [:]
    private var sources: [String: Result<SourceFile, FileProblem>] = [:]
    /// Files that scenarios read as data, by real path: they are no tests.
    public private(set) var dataFiles: Set<String> = []
    private static let depthLimit = 50
    private static let sizeLimit = 16 << 20

    /// Creates a library of nothing.
    public init(
        kinds: [any StepKind], files: any FileAccess, root: String, workingFolder: String,
        loads: [String: Repetition]
    ) {
        self.files = files
        self.keys = ScenarioKeys(kinds: kinds)
        self.root = root
        self.workingFolder = workingFolder
        self.loads = loads
    }

    /// A file on the way to the current one, and the text that led there.
    struct Visit {
        var path: String
        var shown: String
    }

    /// The source at an absolute path, read once.
    public func source(_ path: String) -> Result<SourceFile, FileProblem> {
        if let known = sources[path] { return known }
        let result: Result<SourceFile, FileProblem>
        do throws(FileProblem) {
            let bytes = try files.read(path, limit: Self.sizeLimit)
            result = .success(SourceFile(path: FilePath.shown(path, from: workingFolder), bytes: bytes))
        } catch {
            result = .failure(error)
        }
        sources[path] = result
        return result
    }

    /// The scenario at an absolute path.
    public func scenario(at path: String, into diagnostics: inout [Diagnostic]) -> Scenario? {
        load(path, trail: [], into: &diagnostics)
    }

    private func load(_ path: String, trail: [Visit], into diagnostics: inout [Diagnostic]) -> Scenario? {
        if let known = scenarios[path] { return known }
        guard case .success(let file) = source(path) else { return nil }
        var scenario: Scenario?
        if let node = YAMLReader.read(file, into: &diagnostics) {
            let visit = Visit(path: path, shown: file.path)
            var parser = ScenarioParser(keys: keys, file: file, library: self, trail: trail + [visit])
            scenario = parser.parse(node)
            diagnostics += parser.reader.diagnostics
        }
        if var found = scenario {
            ReferenceCheck.check(found, into: &diagnostics)
            DependencyEdges.draw(in: &found, into: &diagnostics)
            scenario = found
        }
        scenarios[path] = scenario
        return scenario
    }

    /// The scenario that another names, with cycles and depth told at the naming text.
    func scenario(
        _ name: String, from file: SourceFile, at span: SourceSpan, trail: [Visit],
        into diagnostics: inout [Diagnostic]
    ) -> Scenario? {
        guard let path = path(name, from: file, at: span, into: &diagnostics) else { return nil }
        if let start = trail.firstIndex(where: { $0.path == path }) {
            let way = (trail[start...].map(\.shown) + [trail[start].shown]).joined(separator: " -> ")
            diagnostics.append(
                Diagnostic(
                    .cycle, at: span, "scenarios use each other in a circle: \(way)", hint: "take one of them out"))
            return nil
        }
        guard trail.count < Self.depthLimit else {
            diagnostics.append(
                Diagnostic(.depth, at: span, "scenarios use each other more than \(Self.depthLimit) files deep"))
            return nil
        }
        if case .failure(let problem) = source(path) {
            diagnostics.append(Diagnostic(.unreadableFile, at: span, "'\(name)': \(problem.phrase)"))
            return nil
        }
        return load(path, trail: trail, into: &diagnostics)
    }

    /// Plain YAML data that a scenario names.
    func data(
        _ name: String, from file: SourceFile, at span: SourceSpan, into diagnostics: inout [Diagnostic]
    ) -> YAMLNode? {
        guard let source = dataSource(name, from: file, at: span, into: &diagnostics) else { return nil }
        return YAMLReader.read(source, into: &diagnostics)
    }

    /// The form of a table file.
    enum TableForm { case csv, jsonLines }

    /// The rows of a table that a scenario names; no row is an error.
    func rows(
        _ name: String, _ form: TableForm, from file: SourceFile, at span: SourceSpan,
        into diagnostics: inout [Diagnostic]
    ) -> [Value]? {
        guard let source = dataSource(name, from: file, at: span, into: &diagnostics) else { return nil }
        let rows: [Value]?
        switch form {
        case .csv: rows = TableText.csv(source, into: &diagnostics)
        case .jsonLines: rows = TableText.jsonLines(source, into: &diagnostics)
        }
        if let rows, rows.isEmpty {
            diagnostics.append(Diagnostic(.noCases, at: span, "'\(name)' has no rows"))
            return nil
        }
        return rows
    }

    private func dataSource(
        _ name: String, from file: SourceFile, at span: SourceSpan, into diagnostics: inout [Diagnostic]
    ) -> SourceFile? {
        guard let path = path(name, from: file, at: span, into: &diagnostics) else { return nil }
        dataFiles.insert(path)
        switch source(path) {
        case .success(let source): return source
        case .failure(let problem):
            diagnostics.append(Diagnostic(.unreadableFile, at: span, "'\(name)': \(problem.phrase)"))
            return nil
        }
    }

    /// The real path of a name in a scenario, which must lie inside the root.
    func path(
        _ name: String, from file: SourceFile, at span: SourceSpan, into diagnostics: inout [Diagnostic]
    ) -> String? {
        let folder = FilePath.parent(FilePath.absolute(file.path, in: workingFolder))
        let path = FilePath.absolute(name, in: folder)
        guard let real = FilePath.real(path) else {
            diagnostics.append(
                Diagnostic(
                    .unreadableFile, at: span, "there is no file '\(name)'",
                    hint: nearest(to: path).map { "did you mean '\($0)'?" }
                        ?? "paths are relative to the file that names them; looked for \(FilePath.shown(path, from: workingFolder))"
                ))
            return nil
        }
        guard FilePath.isInside(real, root) else {
            diagnostics.append(
                Diagnostic(
                    .outsideRoot, at: span, "'\(name)' lies outside of the project's folder",
                    hint: "files that scenarios read stay in the folder of plumb.yaml, links followed"))
            return nil
        }
        return real
    }

    /// The name of the file beside a missing one that was most likely meant.
    private func nearest(to path: String) -> String? {
        NearestName.of(FilePath.name(of: path), in: files.names(in: FilePath.parent(path)))
    }
}

extension Diagnostic.Code {
    static let cycle = Diagnostic.Code(
        "graph.cycle", "Scenarios, steps or targets that wait for each other in a circle can never start.")
    static let depth = Diagnostic.Code("graph.depth", "Scenarios may use each other 50 files deep.")
    static let unreadableFile = Diagnostic.Code("file.unreadable", "A file that a scenario names cannot be read.")
    static let outsideRoot = Diagnostic.Code(
        "file.outside-root", "Scenarios read files in the folder of plumb.yaml only, links followed.")
}
