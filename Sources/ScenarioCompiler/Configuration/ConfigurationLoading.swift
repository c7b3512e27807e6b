internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// One load of a configuration.
struct ConfigurationLoading {
    let request: ConfigurationRequest
    let kinds: [any StepKind]
    let files: any FileAccess
    let environment: [String: String]
    var diagnostics: [Diagnostic] = []
    /// The expressions of all profiles, each place once.
    private var expressions: [Expression] = []
    private var places: Set<SourceSpan> = []
    private var sources: ConfigurationSources

    init(
        _ request: ConfigurationRequest, kinds: [any StepKind], files: any FileAccess, environment: [String: String]
    ) {
        self.request = request
        self.kinds = kinds
        self.files = files
        self.environment = environment
        sources = ConfigurationSources(files: files, workingFolder: request.workingFolder)
    }

    mutating func load() -> Configuration? {
        guard let path = ConfigurationSearch(request: request, files: files).find() else { return withoutFile() }
        let tree = sources.read(path)
        diagnostics += sources.diagnostics
        guard let tree, MappingReader(tree, ConfigurationKeys.root(kinds), &diagnostics) != nil else { return nil }
        var profiles = ProfileReader(tree["profiles"])
        let chosen = profiles.chosen(request.profile)
        for name in profiles.names where name != chosen {
            guard let profile = profiles.merged(name) else { continue }
            _ = read(tree, profile: (name, profile), root: FilePath.parent(path), isChosen: false)
        }
        let profile = chosen.flatMap { name in profiles.merged(name).map { (name, $0) } }
        diagnostics += profiles.diagnostics
        var configuration = read(tree, profile: profile, root: FilePath.parent(path), isChosen: true)
        configuration.profiles = profiles.names
        configuration.expressions = expressions
        return configuration
    }

    private mutating func withoutFile() -> Configuration? {
        if let profile = request.profile {
            diagnostics.append(
                Diagnostic(
                    .unknownProfile, at: nil, .noFile(profile),
                    hint: "write a \(ConfigurationSearch.fileName), or name one by --config"))
            return nil
        }
        var configuration = Configuration(file: nil, root: FilePath.absolute(request.workingFolder, in: "/"))
        configuration.suiteRoot = suiteRoot(configuration.root)
        configuration.environment = environmentFiles(nil, ofProfile: false, configuration).merging(environment) {
            _, own in own
        }
        return configuration
    }

    /// Reads the configuration that a profile makes of the file's tree.
    private mutating func read(
        _ tree: YAMLNode, profile: (name: String, node: YAMLNode)?, root: String, isChosen: Bool
    ) -> Configuration {
        var configuration = Configuration(file: sources.sources.first, root: root)
        configuration.sources = sources.sources
        configuration.profile = profile?.name
        configuration.profileDescription = profile?.node["description"]?.scalar?.text
        configuration.suiteRoot = suiteRoot(root)
        if let profile { _ = MappingReader(profile.node, ConfigurationKeys.profile(kinds), &diagnostics) }
        let names = Set(ConfigurationKeys.overridable.map(\.name))
        let shared = tree.keeping { names.contains($0) }
        let whole = profile.map { $0.node.keeping { names.contains($0) }.merged(over: shared) } ?? shared
        readEnvironment(whole, profile: profile?.node, isChosen: isChosen, into: &configuration)
        var scope = ConfigurationScope(configuration)
        // What an env file that cannot be read would have set is not missing besides.
        let isUnread = diagnostics.contains { $0.code == .environmentFile }
        scope.isEvaluating = isChosen && !request.isLint && !isUnread
        var settings = SettingReader(scope)
        readSuites(whole, &settings, into: &configuration)
        readDefaults(whole, &settings, into: &configuration)
        readLoads(whole, into: &configuration)
        if let profile { readConnections(profile.node, &settings, into: &configuration) }
        keep(settings.syntax.expressions)
        diagnostics += settings.syntax.diagnostics
        diagnostics += ConfigurationReferences(settings.scope).check(settings.syntax.expressions)
        return configuration
    }

    /// The problems by file, in the order the files were read, and by place; those of no file come first.
    var inFileOrder: [Diagnostic] {
        if diagnostics.isEmpty { return [] }
        let numbered = sources.sources.enumerated().map { ($1, $0 + 1) }
        let files = Dictionary(numbered, uniquingKeysWith: { first, _ in first })
        func rank(_ entry: (offset: Int, element: Diagnostic)) -> (Int, Int, Int) {
            guard let span = entry.element.primary?.span else { return (0, 0, entry.offset) }
            return (files[span.file] ?? files.count + 1, span.range.lowerBound, entry.offset)
        }
        return diagnostics.enumerated().sorted { rank($0) < rank($1) }.map(\.element)
    }

    /// Keeps expressions that were not met in another profile.
    mutating func keep(_ found: [Expression]) {
        expressions += found.filter { places.insert($0.source.span).inserted }
    }

    private func suiteRoot(_ root: String) -> String {
        // A configuration that lies elsewhere is laid over the scenarios of the working folder.
        let folders = request.path == nil ? [root] : [root, request.workingFolder]
        return folders.map { FilePath.join($0, "scenarios") }.first(where: files.isFolder) ?? root
    }

    private mutating func readEnvironment(
        _ node: YAMLNode, profile: YAMLNode?, isChosen: Bool, into configuration: inout Configuration
    ) {
        var values: [String: String] = [:]
        if isChosen {
            values = environmentFiles(node["env_file"], ofProfile: profile?["env_file"] != nil, configuration)
        }
        configuration.environment = values.merging(environment) { _, own in own }
        for entry in node["secrets"]?.list(&diagnostics) ?? [] {
            guard let name = entry.identifier(&diagnostics) else { continue }
            let value = configuration.environment.removeValue(forKey: name)
            let isEmpty = value?.isEmpty ?? false
            if isEmpty { configuration.emptySecrets.insert(name) }
            configuration.secrets[name] = .some(isEmpty ? nil : value)
            if isChosen, let value, !isEmpty, value.utf8.count < 4 {
                diagnostics.append(
                    Diagnostic(
                        .secretTooShort, at: entry.span, .secretTooShort(name),
                        hint: "give it at least 4 bytes, or remove it from 'secrets'"))
            }
        }
    }

    /// The variables of `--env-file`, else of the files that the configuration names; a later file wins.
    private mutating func environmentFiles(
        _ node: YAMLNode?, ofProfile isProfiles: Bool, _ configuration: Configuration
    ) -> [String: String] {
        if let override = request.environmentFile {
            let path = FilePath.absolute(override, in: request.workingFolder)
            return environmentFile(path, at: nil, hint: "--env-file is relative to the working folder")
        }
        guard let node else { return [:] }
        var hint: Diagnostic.Message = "the path is relative to this file"
        // A profile that brings files of its own says in its description where they come from.
        if isProfiles, let name = configuration.profile, let text = configuration.profileDescription {
            hint = .described(name, text)
        }
        var values: [String: String] = [:]
        for entry in node.elements ?? [node] {
            guard let name = entry.text(&diagnostics) else { continue }
            let path = FilePath.absolute(name, in: sources.folder(of: entry.span.file))
            values.merge(environmentFile(path, at: entry.span, hint: hint)) { _, later in later }
        }
        return values
    }

    private mutating func environmentFile(
        _ path: String, at span: SourceSpan?, hint: Diagnostic.Message
    ) -> [String: String] {
        let shown = FilePath.shown(path, from: request.workingFolder)
        do {
            let bytes = try files.read(path, limit: 1 << 20)
            return EnvironmentFile.read(path: shown, bytes: bytes, into: &diagnostics)
        } catch {
            diagnostics.append(Diagnostic(.environmentFile, at: span, .environmentFile(shown, error), hint: hint))
            return [:]
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func noFile(_ profile: String) -> Self {
        "there is no configuration to take the profile '\(profile)' from"
    }
    fileprivate static func secretTooShort(_ name: String) -> Self { "the secret '\(name)' is shorter than 4 bytes" }
    fileprivate static func environmentFile(_ name: String, _ problem: FileProblem) -> Self {
        "the env file '\(name)' cannot be read: \(problem.phrase)"
    }
    fileprivate static func described(_ profile: String, _ text: String) -> Self {
        "the profile '\(profile)' is described so: \(text.prefix(200))"
    }
}
