internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads `integration_tests` into the tree of suites and the value of `$config`.
///
/// A mapping inside a node is a suite of its own where a folder of its name stands below the node's folder, or where
/// it holds a key that has a meaning or another suite. Any other mapping is data, like every scalar and list.
struct SuiteReader {
    let files: any FileAccess
    /// The folder that the tree is laid over.
    let root: String
    private var settings: SettingReader

    /// Reads the tree; problems go to the reader's diagnostics.
    static func read(
        _ node: YAMLNode, files: any FileAccess, root: String, _ settings: inout SettingReader
    ) -> (suites: SuiteNode, tree: Value)? {
        guard node.members != nil else {
            ShapeCheck.check(node, .table { ConfigurationKeys.suite }, &settings.syntax.diagnostics)
            return nil
        }
        var reader = SuiteReader(files: files, root: root, settings: settings)
        let tree = reader.settings.data(node)
        let suites = reader.suite(node, path: [], data: tree)
        settings = reader.settings
        return (suites, tree)
    }

    private static let known = ConfigurationKeys.suite.keys.map(\.name)

    private mutating func suite(_ node: YAMLNode, path: [String], data: Value) -> SuiteNode {
        var suite = SuiteNode(path: path, span: node.span)
        for member in node.members ?? [] where !member.name.hasPrefix("x-") {
            let value = data[member.name] ?? .null
            if isSuite(member, below: path) {
                suite.children.append(self.suite(member.value, path: path + [member.name], data: value))
                suite.children[suite.children.count - 1].span = member.key.span
                continue
            }
            suite.data[member.name] = value
            suite.places[member.name] = member.key.span
            read(member, into: &suite)
        }
        return suite
    }

    private func isSuite(_ member: YAMLNode.Member, below path: [String]) -> Bool {
        guard let members = member.value.members, !Self.known.contains(member.name) else { return false }
        let inner = path + [member.name]
        let isFolderName = !member.name.isEmpty && !member.name.contains("/") && !member.name.hasPrefix(".")
        if isFolderName, files.isFolder(FilePath.join(root, inner.joined(separator: "/"))) { return true }
        return members.contains { Self.known.contains($0.name) || isSuite($0, below: inner) }
    }

    private mutating func read(_ member: YAMLNode.Member, into suite: inout SuiteNode) {
        let value = member.value
        switch member.name {
        case "enabled": suite.enabled = settings.boolean(value)
        case "timeout_seconds": suite.timeout = settings.seconds(value)
        case "retry_attempts": suite.retryAttempts = settings.integer(value, atLeast: 0)
        case "connection_timeout": suite.connectionTimeout = settings.seconds(value)
        case "max_connections": suite.maxConnections = settings.integer(value, atLeast: 1)
        case "pool_size": suite.pool.size = settings.integer(value, atLeast: 1)
        case "max_overflow": suite.pool.maxOverflow = settings.integer(value, atLeast: 0)
        case "timeout": suite.pool.timeout = settings.seconds(value)
        case "test_scenarios": suite.testScenarios = scenarios(value)
        case "concurrent_requests":
            suite.concurrentRequests = settings.integer(value, atLeast: 1)
            suite.freeKeys.append((member.name, member.key.span))
        default:
            if let near = mistyped(member.name) {
                report(.suiteKey, member.key.span, .mistyped(member.name), hint: "did you mean '\(near)'?")
            }
            suite.freeKeys.append((member.name, member.key.span))
        }
    }

    /// The key with a meaning that a name is one or two letters away from.
    private func mistyped(_ name: String) -> String? {
        guard let near = NearestName.of(name, in: Self.known) else { return nil }
        let edits = NearestName.edits(Array(name.lowercased().unicodeScalars), Array(near.unicodeScalars))
        return edits <= 2 ? near : nil
    }

    private mutating func scenarios(_ node: YAMLNode) -> [(name: String, span: SourceSpan)]? {
        guard let entries = node.list(&settings.syntax.diagnostics) else { return nil }
        var scenarios: [(name: String, span: SourceSpan)] = []
        var places: [String: SourceSpan] = [:]
        for entry in entries {
            guard let name = entry.text(&settings.syntax.diagnostics) else { continue }
            if let first = places[name] {
                settings.syntax.diagnostics.append(
                    Diagnostic(
                        .suiteScenario, at: entry.span, .listedTwice(name),
                        secondary: [.init(span: first, text: "first listed here")], hint: "remove one of them"))
            } else {
                places[name] = entry.span
                scenarios.append((name, entry.span))
            }
        }
        return scenarios
    }

    private mutating func report(
        _ code: Diagnostic.Code, _ span: SourceSpan, _ message: Diagnostic.Message, hint: Diagnostic.Message
    ) {
        settings.syntax.diagnostics.append(Diagnostic(code, at: span, message, hint: hint))
    }
}

extension Diagnostic.Message {
    fileprivate static func mistyped(_ name: String) -> Self { "unknown key '\(name)' of a suite" }
    fileprivate static func listedTwice(_ name: String) -> Self { "'\(name)' is listed twice" }
}
