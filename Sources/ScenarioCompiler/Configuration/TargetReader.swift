internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads the targets of a profile: checks their keys by kind, lays derived ones over their source, adds the sandbox's.
struct TargetReader {
    private let kinds: [TargetKind]
    private let members: [YAMLNode.Member]
    private let services: [Target]
    private var settings: SettingReader
    /// Targets that are read, by name; nil where one is wrong.
    private var targets: [String: Target?] = [:]

    /// Reads `targets`, in the order they are written, the sandbox's others behind them.
    static func read(
        _ node: YAMLNode?, sandbox: SourceSpan?, kinds: [any StepKind], _ settings: inout SettingReader
    ) -> [Target] {
        var reader = TargetReader(node, sandbox: sandbox, kinds: kinds, settings)
        let own = reader.members.compactMap { reader.target($0, chain: []) }
        reader.checkDefaults()
        settings = reader.settings
        let names = Set(reader.members.map(\.name))
        let others = reader.services.filter { !names.contains($0.name) }.map { service in
            var service = service
            // A step of SQL has one default, whatever database that is.
            let rivals: Set = service.kind == "sqlite" ? ["sqlite", "postgres"] : [service.kind]
            service.isDefault = service.isDefault && !own.contains { $0.isDefault && rivals.contains($0.kind) }
            return service
        }
        return own + others
    }

    private init(_ node: YAMLNode?, sandbox: SourceSpan?, kinds: [any StepKind], _ settings: SettingReader) {
        self.kinds = kinds.flatMap(\.targetKinds)
        self.settings = settings
        services = sandbox.map { span in SandboxService.all.map { Target($0, declaredAt: span) } } ?? []
        members = node?.members ?? []
        if let node, node.members == nil {
            ShapeCheck.check(node, .map(.any), &self.settings.syntax.diagnostics)
        }
    }

    /// Reads a target; `chain` holds the names that are derived from it, outermost first.
    private mutating func target(_ member: YAMLNode.Member, chain: [String]) -> Target? {
        if let known = targets[member.name] { return known }
        let read = readTarget(member, chain: chain + [member.name])
        targets[member.name] = .some(read)
        return read
    }

    private mutating func readTarget(_ member: YAMLNode.Member, chain: [String]) -> Target? {
        guard Identifier.isValid(member.name) else {
            report(.configurationValue, member.key.span, .badName(member.name), hint: .names)
            return nil
        }
        let node = member.value
        guard node.members != nil else {
            let table = KeyTable(name: "target", summary: "", keys: [])
            ShapeCheck.check(node, .table { table }, &settings.syntax.diagnostics)
            return nil
        }
        var base = services.first { $0.name == member.name && node["kind"] == nil }
        if let from = node["from"] {
            guard let source = source(from, chain: chain) else { return nil }
            base = source
        }
        guard let kind = kind(of: member, base: base) else { return nil }
        checkKeys(node, kind, base: base)
        return assemble(member, kind, base: base)
    }

    private mutating func source(_ from: YAMLNode, chain: [String]) -> Target? {
        guard let name = from.identifier(&settings.syntax.diagnostics) else { return nil }
        if let start = chain.firstIndex(of: name) {
            let names = chain[start...] + [name]
            report(.targetCycle, from.span, .cycle(Array(names)), hint: "write out the keys of one of them")
            return nil
        }
        if let member = members.first(where: { $0.name == name }) { return target(member, chain: chain) }
        if let service = services.first(where: { $0.name == name }) { return service }
        let known = members.map(\.name) + services.map(\.name)
        let near = NearestName.of(name, in: known.filter { $0 != chain.last })
        report(.targetSource, from.span, .unknownSource(name), hint: near.map { "did you mean '\($0)'?" })
        return nil
    }

    private mutating func kind(of member: YAMLNode.Member, base: Target?) -> String? {
        guard let node = member.value["kind"] else {
            if let base { return base.kind }
            report(
                .targetKind, member.key.span, .noKind(member.name),
                hint: "add 'kind: http', or 'from' with the name of another target")
            return nil
        }
        guard let kind = node.text(&settings.syntax.diagnostics) else { return nil }
        let known = TargetKindNames.names + kinds.map(\.name).filter { !TargetKindNames.names.contains($0) }
        guard known.contains(kind) else {
            let near = NearestName.of(kind, in: known)
            report(
                .targetKind, node.span, .unknownKind(kind),
                hint: near.map { "did you mean '\($0)'?" } ?? .kinds(known))
            return nil
        }
        // Tables with vectors are those of a server that other steps reach with SQL.
        if let base, base.kind != kind, !(base.kind == "postgres" && kind == "pgvector") {
            report(
                .targetKind, node.span, .otherKind(kind, base),
                hint: "leave out 'from', or leave out 'kind' and take that of '\(base.name)'")
            return nil
        }
        return kind
    }

    /// Checks the keys of a kind that has a driver; what the base sets need not be set again.
    private mutating func checkKeys(_ node: YAMLNode, _ kind: String, base: Target?) {
        guard let driver = kinds.first(where: { $0.name == kind }) else {
            // The keys of a driver that comes later are kept as they are.
            let common = node.keeping { name in ConfigurationKeys.common.contains { $0.name == name } }
            let table = KeyTable(name: "\(kind) target", summary: "A connection.", keys: ConfigurationKeys.common)
            return ShapeCheck.check(common, table, &settings.syntax.diagnostics)
        }
        let table = ConfigurationKeys.target(of: driver)
        let keys = table.keys.map { key in
            let isRequired = key.isRequired && base?.settings[key.name] == nil
            return Key(key.name, key.shape, default: key.defaultText, required: isRequired, key.doc)
        }
        let relaxed = KeyTable(name: table.name, summary: table.summary, keys: keys, foreign: table.foreign)
        ShapeCheck.check(node, relaxed, &settings.syntax.diagnostics)
    }

    private mutating func assemble(_ member: YAMLNode.Member, _ kind: String, base: Target?) -> Target {
        let node = member.value
        let own = node.keeping { name in
            !name.hasPrefix("x-") && !ConfigurationKeys.common.contains { $0.name == name }
        }
        var template = settings.syntax.value(own)
        if let base { template = template.merged(over: base.settings) }
        var target = Target(name: member.name, kind: kind, settings: template, origin: .file(member.key.span))
        // What has the wrong shape is reported already.
        let reported = settings.syntax.diagnostics
        target.isDefault = node["default"].flatMap { settings.boolean($0) }?.value ?? false
        target.missing = node["missing"].flatMap { settings.text($0) } ?? base?.missing
        target.timeout = node["timeout"].flatMap { settings.duration($0) } ?? base?.timeout
        target.rateLimit = node["rate_limit"].flatMap { settings.rate($0) } ?? base?.rateLimit
        target.maxConnections =
            node["max_connections"].flatMap { settings.integer($0, atLeast: 1) } ?? base?.maxConnections
        target.retry = node["retry"].map { settings.retry($0) } ?? RetryPart()
        target.pool = node["pool"].map { settings.pool($0) } ?? PoolPart()
        if let base {
            target.retry = target.retry.over(base.retry)
            target.pool = target.pool.over(base.pool)
            if node["from"] != nil, Target.addressKeys.allSatisfy({ node[$0] == nil }) {
                target.addressFrom = base.addressFrom.union([base.name])
            }
            if node[SandboxService.addressKey(of: kind)] == nil { target.sandboxService = base.sandboxService }
        }
        settings.syntax.removeRepeats(since: reported.count)
        return target
    }

    private mutating func checkDefaults() {
        var first: [String: SourceSpan] = [:]
        for member in members {
            guard let target = targets[member.name] ?? nil, target.isDefault else { continue }
            let span = member.value["default"]?.span ?? member.key.span
            if let earlier = first[target.kind] {
                settings.syntax.diagnostics.append(
                    Diagnostic(
                        .twoDefaults, at: span, .twoDefaults(target.kind),
                        secondary: [.init(span: earlier, text: "the first is marked here")],
                        hint: "keep 'default: true' on one of them"))
            } else {
                first[target.kind] = span
            }
        }
    }

    private mutating func report(
        _ code: Diagnostic.Code, _ span: SourceSpan, _ message: Diagnostic.Message, hint: Diagnostic.Message?
    ) {
        settings.syntax.diagnostics.append(Diagnostic(code, at: span, message, hint: hint))
    }
}

extension SettingReader {
    /// Reads the settings of a pool.
    mutating func pool(_ node: YAMLNode) -> PoolPart {
        var pool = PoolPart()
        guard let mapping = MappingReader(node, ConfigurationKeys.pool, &syntax.diagnostics) else { return pool }
        pool.size = mapping["size"].flatMap { integer($0, atLeast: 1) }
        pool.maxOverflow = mapping["max_overflow"].flatMap { integer($0, atLeast: 0) }
        pool.timeout = mapping["timeout"].flatMap { duration($0) }
        return pool
    }
}

extension SyntaxReader {
    /// Takes out the problems from an index on that are among those before it.
    mutating func removeRepeats(since count: Int) {
        let known = Set(diagnostics[..<count])
        diagnostics[count...].removeAll { known.contains($0) }
    }
}

extension Diagnostic.Message {
    fileprivate static func badName(_ name: String) -> Self {
        "'\(name.prefix(60))' is no name of a target"
    }
    fileprivate static var names: Self { "names are letters, digits, '_' and '-', and begin with a letter" }
    fileprivate static func noKind(_ name: String) -> Self { "the target '\(name)' has no kind" }
    fileprivate static func unknownKind(_ kind: String) -> Self { "no kind of target is called '\(kind.prefix(60))'" }
    fileprivate static func kinds(_ known: [String]) -> Self { "kinds are \(known.joined(separator: ", "))" }
    fileprivate static func otherKind(_ kind: String, _ base: Target) -> Self {
        "a target of kind '\(kind)' cannot be derived from '\(base.name)', which is of kind '\(base.kind)'"
    }
    fileprivate static func unknownSource(_ name: String) -> Self { "the profile has no target '\(name)'" }
    fileprivate static func cycle(_ names: [String]) -> Self {
        "targets are derived from each other: \(names.joined(separator: " -> "))"
    }
}

extension Diagnostic.Message {
    fileprivate static func twoDefaults(_ kind: String) -> Self { "two targets of kind '\(kind)' are the default" }
}
