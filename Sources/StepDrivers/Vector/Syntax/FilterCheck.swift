internal import Diagnostics
internal import ScenarioModel
internal import ScenarioSyntax

/// Looks at a filter as far as its text tells: clauses, conditions and their operators.
enum FilterCheck {
    private static let clauses = ["must", "should", "must_not", "min_should"]
    private static let operators = [
        "match", "range", "geo_bounding_box", "geo_radius", "geo_polygon", "values_count", "is_empty", "is_null",
    ]
    private static let conditions = ["key", "has_id", "has_vector", "is_empty", "is_null", "nested"] + clauses
    private static let matches = ["value", "any", "except", "text", "text_any", "phrase", "prefix"]
    private static let bounds = ["gt", "gte", "lt", "lte"]

    /// Reports what cannot be a filter; templates are let be.
    static func check(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) {
        if node.isWholeTemplate { return }
        guard let members = node.members else {
            return report(
                node, "expected a filter, found \(node.found)",
                "write such as 'filter: { must: [{ key: city, match: { value: Rome } }] }'", &diagnostics)
        }
        for member in members {
            guard clauses.contains(member.name) else {
                unknown(member, "a filter has no '\(member.name.prefix(40))'", clauses, &diagnostics)
                continue
            }
            if member.name == "min_should" {
                for inner in member.value["conditions"]?.elements ?? [] { condition(inner, &diagnostics) }
                continue
            }
            for inner in member.value.elements ?? [member.value] { condition(inner, &diagnostics) }
        }
    }

    /// The keys of a filter that are among some words, at any depth.
    static func words(_ words: Set<String>, in node: YAMLNode) -> [(name: String, span: SourceSpan)] {
        if let elements = node.elements { return elements.flatMap { Self.words(words, in: $0) } }
        return (node.members ?? []).flatMap { member in
            (words.contains(member.name) ? [(member.name, member.key.span)] : []) + Self.words(words, in: member.value)
        }
    }

    private static func condition(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) {
        if node.isWholeTemplate { return }
        guard let members = node.members, !members.isEmpty else {
            return report(
                node, "expected a condition, found \(node.found)",
                "write such as '{ key: city, match: { value: Rome } }'",
                &diagnostics)
        }
        if members.contains(where: { clauses.contains($0.name) }) { return check(node, &diagnostics) }
        guard members.contains(where: { $0.name == "key" }) else {
            if let stray = members.first(where: { !conditions.contains($0.name) }) {
                unknown(stray, "a condition has no '\(stray.name.prefix(40))'", conditions, &diagnostics)
            }
            return
        }
        var hasOperator = false
        for member in members where member.name != "key" {
            guard operators.contains(member.name) else {
                unknown(member, "a condition on a key has no '\(member.name.prefix(40))'", operators, &diagnostics)
                continue
            }
            hasOperator = true
            let known = member.name == "match" ? matches : member.name == "range" ? bounds : nil
            guard let known, !member.value.isWholeTemplate else { continue }
            guard let inner = member.value.members, !inner.isEmpty else {
                report(
                    member.value, "expected a mapping, found \(member.value.found)",
                    member.name == "match" ? "write 'match: { value: … }'" : "write such as 'range: { gte: 1 }'",
                    &diagnostics)
                continue
            }
            for bound in inner where !known.contains(bound.name) {
                unknown(bound, "'\(member.name)' has no '\(bound.name.prefix(40))'", known, &diagnostics)
            }
        }
        if !hasOperator, members.count == 1 {
            report(node, "the condition says nothing of its key", "add 'match', 'range' or another", &diagnostics)
        }
    }

    private static func unknown(
        _ member: YAMLNode.Member, _ message: Diagnostic.Message, _ known: [String], _ diagnostics: inout [Diagnostic]
    ) {
        let near = NearestName.of(member.name, in: known)
        diagnostics.append(
            Diagnostic(
                .vectorFilter, at: member.key.span, message,
                hint: near.map { "did you mean '\($0)'?" } ?? .known(known)))
    }

    private static func report(
        _ node: YAMLNode, _ message: Diagnostic.Message, _ hint: Diagnostic.Message, _ diagnostics: inout [Diagnostic]
    ) {
        diagnostics.append(Diagnostic(.vectorFilter, at: node.span, message, hint: hint))
    }
}

extension Diagnostic.Message {
    fileprivate static func known(_ words: [String]) -> Self { "known are \(words.joined(separator: ", "))" }
}
