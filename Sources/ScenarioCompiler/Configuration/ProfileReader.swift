internal import Diagnostics
internal import ScenarioSyntax

/// Finds the profiles of a configuration and lays those that extend others over them.
struct ProfileReader {
    private let members: [YAMLNode.Member]
    private(set) var diagnostics: [Diagnostic] = []
    /// Profiles on a circle that is reported.
    private var circling: Set<String> = []

    /// Reads the names; `profiles` may be missing.
    init(_ profiles: YAMLNode?) {
        members = profiles?.members ?? []
        if let profiles, profiles.members == nil { ShapeCheck.check(profiles, .map(.any), &diagnostics) }
    }

    /// The names in their order.
    var names: [String] { members.map(\.name) }

    /// The profile that a flag asks for, else the first; nil after an error, or where there is none.
    mutating func chosen(_ asked: String?) -> String? {
        guard let asked else { return names.first }
        if names.contains(asked) { return asked }
        let near = NearestName.of(asked, in: names)
        diagnostics.append(
            Diagnostic(.unknownProfile, at: nil, .unknownProfile(asked), hint: near.map { .near($0) } ?? .known(names)))
        return nil
    }

    /// A profile over those that it extends: one mapping, in which each key keeps its own place; nil after an error.
    mutating func merged(_ name: String) -> YAMLNode? {
        var chain: [YAMLNode.Member] = []
        var next = members.first { $0.name == name }
        while let member = next {
            chain.append(member)
            guard member.value.members != nil else {
                let table = KeyTable(name: "profile", summary: "", keys: [])
                ShapeCheck.check(member.value, .table { table }, &diagnostics)
                return nil
            }
            guard let extends = member.value["extends"] else { break }
            guard let base = extends.identifier(&diagnostics) else { return nil }
            next = members.first { $0.name == base }
            if next == nil {
                let near = NearestName.of(base, in: names.filter { $0 != member.name })
                diagnostics.append(
                    Diagnostic(
                        .unknownProfile, at: extends.span, .unknownProfile(base),
                        hint: near.map { .near($0) } ?? .known(names)))
                return nil
            }
            if let start = chain.firstIndex(where: { $0.name == base }) {
                let circle = chain[start...].map(\.name) + [base]
                guard circling.isDisjoint(with: circle) else { return nil }
                circling.formUnion(circle)
                diagnostics.append(
                    Diagnostic(
                        .profileCycle, at: extends.span, .cycle(circle), hint: "remove one of these 'extends'"))
                return nil
            }
        }
        return chain.dropFirst().reduce(chain.first?.value) { own, base in
            own.map { $0.mergedProfile(over: base.value) }
        }
    }
}

extension YAMLNode {
    /// A profile laid over another; a target that writes another kind replaces its namesake.
    fileprivate func mergedProfile(over below: YAMLNode) -> YAMLNode {
        guard let own = self["targets"], let others = below["targets"], let members = others.members else {
            return merged(over: below)
        }
        let kept = others.keeping { name in
            guard let kind = own[name]?["kind"]?.scalar?.text else { return true }
            return members.first { $0.name == name }?.value["kind"]?.scalar?.text == kind
        }
        let base = below.members?.map { member in
            member.name == "targets" ? Member(key: member.key, name: member.name, value: kept) : member
        }
        return merged(over: YAMLNode(.mapping(base ?? []), at: below.span))
    }
}

extension Diagnostic.Message {
    fileprivate static func unknownProfile(_ name: String) -> Self {
        "the configuration has no profile '\(name)'"
    }
    fileprivate static func near(_ name: String) -> Self { "did you mean '\(name)'?" }
    fileprivate static func known(_ names: [String]) -> Self {
        names.isEmpty ? "write it under 'profiles'" : "profiles are \(names.joined(separator: ", "))"
    }
    fileprivate static func cycle(_ names: [String]) -> Self {
        "profiles extend each other: \(names.joined(separator: " -> "))"
    }
}
