internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

extension ConfigurationLoading {
    /// Reads `integration_tests`, whose tree later templates read as `$config`.
    func readSuites(_ node: YAMLNode, _ settings: inout SettingReader, into configuration: inout Configuration) {
        guard let tree = node["integration_tests"] else { return }
        let read = SuiteReader.read(tree, files: files, root: configuration.suiteRoot, &settings)
        guard let (suites, value) = read else { return }
        configuration.suites = suites
        configuration.tree = value
        settings.scope.tree = value
    }

    /// Reads `defaults` over Plumb's own.
    func readDefaults(_ node: YAMLNode, _ settings: inout SettingReader, into configuration: inout Configuration) {
        guard let node = node["defaults"],
            let defaults = MappingReader(node, ConfigurationKeys.defaults, &settings.syntax.diagnostics)
        else { return }
        if let node = defaults["retry"] { configuration.retry = settings.retry(node) }
        guard let node = defaults["timeout"],
            let timeouts = MappingReader(node, ConfigurationKeys.timeouts, &settings.syntax.diagnostics)
        else { return }
        for key in timeouts.table.keys {
            guard let node = timeouts[key.name], let duration = settings.duration(node) else { continue }
            configuration.timeouts[key.name] = duration
        }
    }

    /// Reads the named loads; their expressions have the variables of a scenario.
    mutating func readLoads(_ node: YAMLNode, into configuration: inout Configuration) {
        guard let node = node["loads"] else { return }
        guard let members = node.members else { return ShapeCheck.check(node, .map(.any), &diagnostics) }
        var syntax = SyntaxReader()
        for member in members where !member.name.hasPrefix("x-") {
            guard let load = RepetitionReader.read(member.value, &syntax) else { continue }
            configuration.loads[member.name] = load
        }
        diagnostics += syntax.diagnostics
        diagnostics += ConfigurationReferences(configuration, suite: nil).check(syntax.expressions)
        keep(syntax.expressions)
    }

    /// Reads what a profile connects to: the sandbox, the targets and the links between services.
    func readConnections(
        _ profile: YAMLNode, _ settings: inout SettingReader, into configuration: inout Configuration
    ) {
        if let node = profile["sandbox"] { configuration.sandbox = sandbox(node, &settings) }
        configuration.targets = TargetReader.read(
            profile["targets"], sandbox: configuration.sandbox == nil ? nil : profile["sandbox"]?.span, kinds: kinds,
            &settings)
        if let sandbox = configuration.sandbox {
            let names =
                sandbox.models.map { "gateway->\($0)" }
                + (configuration.sandboxStore == nil ? [] : [Configuration.Link.toStore])
            for name in names {
                configuration.links[name] = Configuration.Link(
                    listen: SandboxService.pendingURL, to: SandboxService.pendingURL, origin: .sandbox)
            }
        }
        guard let node = profile["links"] else { return }
        ShapeCheck.check(node, .map(.table { ConfigurationKeys.link }), &settings.syntax.diagnostics)
        for member in node.members ?? [] {
            let ends = member.name.split(separator: ">", omittingEmptySubsequences: false)
            guard ends.count == 2, ends[0].hasSuffix("-"), ends[0].count > 1, !ends[1].isEmpty else {
                settings.syntax.diagnostics.append(
                    Diagnostic(.configurationValue, at: member.key.span, .linkName(member.name), hint: .linkName))
                continue
            }
            guard let listen = member.value["listen"].flatMap({ settings.text($0) }),
                let to = member.value["to"].flatMap({ settings.text($0) })
            else { continue }
            configuration.links[member.name] = Configuration.Link(
                listen: listen.value, to: to.value, origin: .file(member.key.span))
        }
    }

    private func sandbox(_ node: YAMLNode, _ settings: inout SettingReader) -> Configuration.SandboxSettings? {
        guard node.members != nil else {
            guard let isOn = settings.boolean(node)?.value, isOn else { return nil }
            return Configuration.SandboxSettings(options: .init(), origin: .file(node.span))
        }
        ShapeCheck.check(node, .table { ConfigurationKeys.sandbox }, &settings.syntax.diagnostics)
        var options = settings.data(node).object ?? .init()
        if let rate = options["rate_limit"]?.string.flatMap(QuantityText.parseRate) {
            options["rate_limit"] = .number(rate)
        }
        return Configuration.SandboxSettings(options: options, origin: .file(node.span))
    }
}

extension Diagnostic.Message {
    fileprivate static func linkName(_ name: String) -> Self { "'\(name.prefix(60))' is no name of a link" }
    fileprivate static var linkName: Self { "write FROM->TO, such as gateway->mixtral" }
}
