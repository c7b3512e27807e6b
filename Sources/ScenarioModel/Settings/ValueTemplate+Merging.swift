extension ValueTemplate {
    /// This object laid over another: maps merge by key, lists and scalars replace.
    public func merged(over below: ValueTemplate) -> ValueTemplate {
        guard case .object(let own, let span) = self, case .object(let others, _) = below else { return self }
        var members = others
        for member in own {
            if let at = members.firstIndex(where: { $0.key == member.key }) {
                var merged = member
                merged.value = member.value.merged(over: members[at].value)
                members[at] = merged
            } else {
                members.append(member)
            }
        }
        return .object(members, span)
    }

    /// Gives a member of an object a value, replacing the one that it has.
    mutating func set(_ key: String, to value: ValueTemplate) {
        guard case .object(var members, let span) = self else { return }
        let member = Member(key: key, keySpan: value.span, value: value)
        if let at = members.firstIndex(where: { $0.key == key }) {
            members[at] = member
        } else {
            members.append(member)
        }
        self = .object(members, span)
    }
}
