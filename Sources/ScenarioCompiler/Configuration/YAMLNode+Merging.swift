internal import ScenarioSyntax

extension YAMLNode {
    /// This node laid over another: maps merge by key, lists and scalars replace; every key keeps its own place.
    ///
    /// The own members come first, so that the first profile of the outermost file is the default.
    func merged(over below: YAMLNode) -> YAMLNode {
        guard let own = members, let others = below.members else { return self }
        let merged = own.map { member in
            guard let other = below[member.name] else { return member }
            return Member(key: member.key, name: member.name, value: member.value.merged(over: other))
        }
        return YAMLNode(.mapping(merged + others.filter { self[$0.name] == nil }), at: span, tag: tag)
    }

    /// This mapping with only the members that a test allows.
    func keeping(_ isKept: (String) -> Bool) -> YAMLNode {
        guard let members else { return self }
        return YAMLNode(.mapping(members.filter { isKept($0.name) }), at: span, tag: tag)
    }
}
