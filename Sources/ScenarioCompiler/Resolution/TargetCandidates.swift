internal import Expressions
internal import ScenarioModel

/// The targets that a step may go through whose `target` is a template.
enum TargetCandidates {
    /// The names as far as the text tells them.
    ///
    /// A member of the row, `$case.NAME`, has the values of the written rows; nil where they cannot be known before the
    /// run.
    static func names(of template: ValueTemplate, in scenario: Scenario) -> [String]? {
        guard case .template(.whole(let expression), _) = template,
            let match = expression.text.wholeMatch(of: /\s*\$case\.([A-Za-z_][A-Za-z0-9_]*)\s*/)
        else { return nil }
        let key = String(match.output.1)
        let values: [Value?]
        switch scenario.cases {
        case .rows(let rows, _): values = rows.map { row in Self.member(key, of: row)?.constant }
        case .table(let rows, _): values = rows.map { $0[key] }
        case .template, .query, nil: return nil
        }
        var names: [String] = []
        for value in values {
            guard let name = value?.string else { return nil }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func member(_ key: String, of row: ValueTemplate) -> ValueTemplate? {
        guard case .object(let members, _) = row else { return nil }
        return members.last { $0.key == key }?.value
    }
}
