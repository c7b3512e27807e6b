import Diagnostics
import Glibc
import ScenarioCompiler
import ScenarioModel
import StepDrivers
import Synchronization

/// The scenarios that a watching run stands for, and the files that each of them was made of.
struct WatchedScenarios {
    /// What a scenario was made of, by its path: itself, what it uses and needs, tables and data.
    private(set) var sources: [String: Set<String>] = [:]
    /// The scenarios in their order.
    private(set) var scenarios: [String] = []
    /// The configuration with all that it includes, and the files of variables.
    private(set) var configuration: Set<String> = []
    /// The path of plumb.yaml, so that every run has the same.
    private(set) var configurationPath: String?
    /// The folders to watch.
    private(set) var folders: Set<String> = []
    /// The texts of scenarios, for files that only a run reads.
    private var texts: [String: String] = [:]

    private static let depth = 32

    /// Reads the configuration and the scenarios that a request names; what is wrong with them, the runs tell.
    init(_ request: RunRequest) {
        let files = RecordingFiles()
        var problems: [Diagnostic] = []
        let folder = Streams.workingFolder
        let asked = ConfigurationRequest(
            path: request.scenarios.project.config, scenarios: request.scenarios.paths,
            profile: request.scenarios.project.profile,
            environmentFile: request.scenarios.project.envFile, workingFolder: folder, isLint: true)
        let loaded = ConfigurationReader.load(
            asked, kinds: StepKinds.all, files: files, environment: Streams.environment, into: &problems)
        configuration = files.take()
        configurationPath = loaded?.file.map { FilePath.absolute($0.path, in: folder) }
        let compiler = Compiler(
            configuration: loaded ?? Configuration(file: nil, root: folder), kinds: StepKinds.all, files: files,
            workingFolder: folder, isLint: true)
        var finder = ScenarioFinder(files: DiskFiles(), workingFolder: folder, excluded: configuration)
        for path in request.scenarios.paths { finder.add(path) }
        for found in finder.found {
            scenarios.append(found.path)
            _ = compiler.compile([found.path])
            let read = files.take()
            sources[found.path] = read.union([found.path])
            texts[found.path] = read.sorted().compactMap { try? DiskFiles().read($0, limit: 1 << 20) }
                .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        }
        for path in request.scenarios.paths { addFolders(FilePath.absolute(path, in: folder), depth: 0) }
        for path in configuration.union(sources.values.joined()) { folders.insert(FilePath.parent(path)) }
    }

    private mutating func addFolders(_ path: String, depth: Int) {
        guard let real = FilePath.real(path) else { return }
        guard DiskFiles().isFolder(real) else {
            folders.insert(FilePath.parent(real))
            return
        }
        guard depth < Self.depth, folders.count < FolderWatch.most, folders.insert(real).inserted else { return }
        for name in DiskFiles().names(in: real) where !name.hasPrefix(".") {
            let inner = FilePath.join(real, name)
            if DiskFiles().isFolder(inner) { addFolders(inner, depth: depth + 1) }
        }
    }

    /// The scenarios to run again after changes; `before` is what was known until then.
    func affected(by changes: FolderWatch.Changes, since before: WatchedScenarios) -> [String] {
        let changed = changes.paths
        if changes.isIncomplete || !configuration.union(before.configuration).isDisjoint(with: changed) {
            return scenarios
        }
        return scenarios.filter { path in
            guard let old = before.sources[path], let new = sources[path] else { return true }
            if !old.union(new).isDisjoint(with: changed) { return true }
            // What is sent or compared with is read by the run alone; its name stands in the scenario.
            let text = texts[path] ?? ""
            return changed.contains { !sources.keys.contains($0) && Self.names(text, FilePath.lastName(of: $0)) }
        }
    }

    /// Whether a text names a file: the name stands in it, and is no part of a longer word.
    static func names(_ text: String, _ name: String) -> Bool {
        guard name.utf8.count > 2 else { return false }
        func isPart(_ character: Character?) -> Bool {
            character.map { $0.isLetter || $0.isNumber || "_.-".contains($0) } ?? false
        }
        return text.ranges(of: name).contains { range in
            let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
            let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
            return !isPart(before) && !isPart(after)
        }
    }
}

extension FilePath {
    /// The part behind the last slash.
    static func lastName(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// The machine's files, with a record of which were read.
private final class RecordingFiles: FileAccess {
    private let files = DiskFiles()
    private let paths = Mutex<Set<String>>([])

    func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
        // A file that is missing is waited for.
        let known = FilePath.real(path) ?? path
        paths.withLock { _ = $0.insert(known) }
        return try files.read(path, limit: limit)
    }

    func isFile(_ path: String) -> Bool { files.isFile(path) }
    func isFolder(_ path: String) -> Bool { files.isFolder(path) }
    func names(in folder: String) -> [String] { files.names(in: folder) }

    /// The paths that were read since the last call.
    func take() -> Set<String> {
        paths.withLock { paths in
            defer { paths = [] }
            return paths
        }
    }
}
