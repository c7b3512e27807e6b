public import Diagnostics
public import Expressions
public import ScenarioModel

/// What lint says of the suites' settings once the folders of scenarios are known.
public struct SuiteChecks: Sendable {
    private let configuration: Configuration
    private let files: any FileAccess

    /// Checks a configuration against the folders on the disk.
    public init(_ configuration: Configuration, files: any FileAccess) {
        self.configuration = configuration
        self.files = files
    }

    /// Nodes that lie over no folder (a warning for the outermost), and listed scenarios that have no file (an error).
    public func folders() -> [Diagnostic] {
        configuration.suites.map { check($0) } ?? []
    }

    private func check(_ node: SuiteNode) -> [Diagnostic] {
        let folder = self.folder(of: node)
        guard files.isFolder(folder) else {
            guard let span = node.span, !node.path.isEmpty else { return [] }
            let siblings = files.names(in: FilePath.parent(folder))
            let near = NearestName.of(node.path.last ?? "", in: siblings)
            return [
                Diagnostic(
                    .suiteFolder, .warning, at: span, .noFolder(node.path),
                    hint: near.map { "did you mean '\($0)'?" } ?? "create the folder, or remove these settings")
            ]
        }
        return missingScenarios(node, in: folder) + node.children.flatMap { check($0) }
    }

    private func folder(of node: SuiteNode) -> String {
        FilePath.absolute(node.path.joined(separator: "/"), in: configuration.suiteRoot)
    }

    private func missingScenarios(_ node: SuiteNode, in folder: String) -> [Diagnostic] {
        (node.testScenarios ?? []).compactMap { scenario in
            let isThere = ["yaml", "yml"].contains { files.isFile(FilePath.join(folder, "\(scenario.name).\($0)")) }
            // A name that climbs out of the folder is no scenario of the suite.
            guard !isThere || scenario.name.contains("/") else { return nil }
            let stems = files.names(in: folder).compactMap(Self.stem)
            let near = NearestName.of(scenario.name, in: stems)
            return Diagnostic(
                .suiteScenario, at: scenario.span, .noScenario(scenario.name),
                hint: near.map { "did you mean '\($0)'?" } ?? "create '\(scenario.name).yaml' in the suite's folder")
        }
    }

    private static func stem(_ name: String) -> String? {
        for suffix in [".yaml", ".yml"] where name.hasSuffix(suffix) { return String(name.dropLast(suffix.count)) }
        return nil
    }

    /// Keys that have no meaning of their own and that no expression of the scenarios reads.
    ///
    /// Scenarios are given by their folders from the suites' root; only keys of the `linted` folders, which were read
    /// with all that is below them, are judged.
    public func unusedKeys(
        scenarios: [(folders: [String], expressions: [Expression])], linted: [[String]]
    ) -> [Diagnostic] {
        var reads: [[String]: SuiteReads] = [:]
        var configReads: [[String]] = []
        for scenario in scenarios {
            let found = SuiteReads(of: scenario.expressions)
            reads[scenario.folders] = reads[scenario.folders]?.adding(found) ?? found
            let references = scenario.expressions.flatMap(\.analysis.references)
            configReads += references.filter { $0.variable == "config" }.map(\.keys)
        }
        return unusedKeys(reads: reads, configReads: configReads, linted: linted)
    }

    /// Keys that have no meaning of their own and that nobody reads.
    ///
    /// - `reads` has what the scenarios of each suite read of `$suite`, by the folders from the suites' root.
    /// - `configReads` has the paths behind `$config` that scenarios read; the configuration's own count by themselves.
    /// - `linted` has the folders that were read with all that is below them: only their keys are judged.
    public func unusedKeys(
        reads: [[String]: SuiteReads], configReads: [[String]] = [], linted: [[String]]
    ) -> [Diagnostic] {
        guard let suites = configuration.suites else { return [] }
        var used = UsedKeys(tree: configReads + configuration.configurationReads)
        for (folders, reads) in reads { used.add(reads, chain: suites.chain(for: folders)) }
        return unused(in: suites, used, linted: linted)
    }

    /// The folders from the suites' root to a path that is linted with all below it; nil for a file or one elsewhere.
    func lintedFolder(_ path: String, from workingFolder: String) -> [String]? {
        guard let folder = FilePath.real(FilePath.absolute(path, in: workingFolder)), files.isFolder(folder),
            let root = FilePath.real(configuration.suiteRoot)
        else { return nil }
        if root == folder || root.hasPrefix(FilePath.join(folder, "")) { return [] }
        let prefix = FilePath.join(root, "")
        return folder.hasPrefix(prefix) ? folder.dropFirst(prefix.count).split(separator: "/").map(String.init) : nil
    }

    private func unused(in node: SuiteNode, _ used: UsedKeys, linted: [[String]]) -> [Diagnostic] {
        guard node.path.isEmpty || files.isFolder(folder(of: node)) else { return [] }
        let isJudged = linted.contains { node.path.starts(with: $0) }
        let keys = isJudged ? node.freeKeys.filter { !used.contains($0.name, of: node) } : []
        return keys.map { key in
            Diagnostic(
                .unusedSuiteKey, .warning, at: key.span, .unused(key.name),
                hint: "read it as $suite.\(key.name), or remove it")
        } + node.children.flatMap { unused(in: $0, used, linted: linted) }
    }
}

/// What the scenarios of a suite read of `$suite`.
public enum SuiteReads: Sendable, Hashable {
    case keys(Set<String>)
    /// `$suite` as a whole, so that every key counts as read.
    case everything

    /// What expressions read.
    init(of expressions: [Expression]) {
        let references = expressions.flatMap(\.analysis.references).filter { $0.variable == "suite" }
        let keys = references.compactMap(\.keys.first)
        self = keys.count == references.count ? .keys(Set(keys)) : .everything
    }

    /// What both read.
    func adding(_ other: SuiteReads) -> SuiteReads {
        guard case .keys(let own) = self, case .keys(let others) = other else { return .everything }
        return .keys(own.union(others))
    }
}

/// The keys that something reads: by the node that a read reaches, and by paths behind `$config`.
private struct UsedKeys {
    /// The paths of keys that are read, from the root of the tree; what is below one is read as well.
    var tree: [[String]]
    private var suites: Set<[String]> = []

    init(tree: [[String]]) { self.tree = tree }

    mutating func add(_ reads: SuiteReads, chain: [SuiteNode]) {
        switch reads {
        case .everything:
            for node in chain { for key in node.data.keys { suites.insert(node.path + [key]) } }
        case .keys(let keys):
            for key in keys {
                guard let node = chain.last(where: { $0.data[key] != nil }) else { continue }
                suites.insert(node.path + [key])
            }
        }
    }

    func contains(_ key: String, of node: SuiteNode) -> Bool {
        let path = node.path + [key]
        return suites.contains(path) || tree.contains { path.starts(with: $0) || $0.starts(with: path) }
    }
}

extension Configuration {
    /// The paths behind `$config` that the configuration's own expressions read.
    fileprivate var configurationReads: [[String]] {
        expressions.flatMap { $0.analysis.references }.filter { $0.variable == "config" }.map(\.keys)
    }
}

extension Diagnostic.Message {
    fileprivate static func noFolder(_ path: [String]) -> Self {
        "no folder of scenarios stands for the suite '\(path.joined(separator: "/"))'"
    }
    fileprivate static func noScenario(_ name: String) -> Self { "the suite has no scenario '\(name)'" }
    fileprivate static func unused(_ key: String) -> Self { "no scenario reads '\(key)'" }
}
