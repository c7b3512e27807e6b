internal import Diagnostics
internal import ScenarioSyntax

/// Reads a configuration with all that it includes into one tree: included < own, later includes over earlier ones.
struct ConfigurationSources {
    let files: any FileAccess
    let workingFolder: String
    /// The files that were read, in the order they were opened.
    private(set) var sources: [SourceFile] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Trees by absolute path, so that a file that many include is read once; nil where it failed.
    private var trees: [String: YAMLNode?] = [:]
    private var folders: [ObjectIdentifier: String] = [:]

    /// How deep files may include each other.
    static let depthLimit = 16

    init(files: any FileAccess, workingFolder: String) {
        self.files = files
        self.workingFolder = workingFolder
    }

    /// The absolute folder of a file that was read; paths that are written in it begin there.
    func folder(of file: SourceFile) -> String { folders[ObjectIdentifier(file)] ?? workingFolder }

    /// The merged tree of a file; nil after an error.
    mutating func read(_ path: String) -> YAMLNode? { read(path, includedAt: nil, chain: []) }

    private mutating func read(_ path: String, includedAt place: SourceSpan?, chain: [String]) -> YAMLNode? {
        let names = (chain + [path]).map { FilePath.shown($0, from: workingFolder) }
        if let start = chain.firstIndex(of: path) {
            diagnostics.append(
                Diagnostic(
                    .includeCycle, at: place, .includeCycle(Array(names[start...])),
                    hint: "remove one of these includes"))
            return nil
        }
        if let known = trees[path] { return known }
        guard chain.count <= Self.depthLimit else {
            diagnostics.append(
                Diagnostic(.includeDepth, at: place, .includeDepth, hint: "include the file from one nearer the top"))
            return nil
        }
        let tree = readTree(path, shown: names[names.count - 1], includedAt: place, chain: chain + [path])
        trees[path] = .some(tree)
        return tree
    }

    private mutating func readTree(
        _ path: String, shown: String, includedAt place: SourceSpan?, chain: [String]
    ) -> YAMLNode? {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: YAMLLimits.standard.fileBytes)
        } catch {
            let hint: Diagnostic.Message =
                place == nil ? "--config names a file of settings" : "the path is relative to the file that includes it"
            diagnostics.append(Diagnostic(.configurationFile, at: place, .unreadable(shown, error), hint: hint))
            return nil
        }
        let file = SourceFile(path: shown, bytes: bytes)
        sources.append(file)
        folders[ObjectIdentifier(file)] = FilePath.parent(path)
        guard let node = YAMLReader.read(file, noun: "configuration", into: &diagnostics) else { return nil }
        return including(node, folder: FilePath.parent(path), chain: chain)
    }

    /// The node over what it includes; an include that failed is left out, so that other problems are found too.
    private mutating func including(_ node: YAMLNode, folder: String, chain: [String]) -> YAMLNode {
        guard let list = node["include"] else { return node }
        guard let entries = list.elements ?? (list.scalar == nil ? nil : [list]) else {
            _ = list.strings(&diagnostics)
            return node.keeping { $0 != "include" }
        }
        var below: YAMLNode?
        for entry in entries {
            guard let name = entry.text(&diagnostics) else { continue }
            let path = FilePath.absolute(name, in: folder)
            guard let included = read(path, includedAt: entry.span, chain: chain) else { continue }
            below = below.map { included.merged(over: $0) } ?? included
        }
        let own = node.keeping { $0 != "include" }
        guard let below, below.members != nil else { return own }
        return own.merged(over: below)
    }
}

extension Diagnostic.Message {
    fileprivate static func includeCycle(_ names: [String]) -> Self {
        "files include each other: \(names.joined(separator: " -> "))"
    }
    fileprivate static var includeDepth: Self {
        "files include each other more than \(ConfigurationSources.depthLimit) levels deep"
    }
    fileprivate static func unreadable(_ name: String, _ problem: FileProblem) -> Self {
        "'\(name)' cannot be read: \(problem.phrase)"
    }
}
