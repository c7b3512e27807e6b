internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// A statement with the values and names that go into it, templates unevaluated.
struct SQLPart: Sendable {
    var query: SQLQuery
    var parameters: Parameters
    /// Names by the slot that they fill: those of the statement, then those of the step.
    var identifiers: [ValueTemplate.Member]

    /// The values of `$1` and so on.
    enum Parameters: Sendable {
        case list([ValueTemplate], SourceSpan?)
        /// A whole template that yields the list.
        case template(ValueTemplate)
    }

    /// Reads the keys of a statement; nil after an error.
    init?(_ mapping: MappingReader, _ node: YAMLNode, outer: [ValueTemplate.Member], _ reader: inout SyntaxReader) {
        let parameters = Self.parameters(mapping["params"], &reader)
        let own = Self.identifiers(mapping["identifiers"], &reader)
        guard let query = SQLQuery(node, &reader.diagnostics), let parameters, let own else { return nil }
        self.query = query
        self.parameters = parameters
        identifiers = own + outer
        check(&reader.diagnostics)
    }

    /// Reads a statement that stands as text alone.
    init?(text node: YAMLNode, outer: [ValueTemplate.Member], _ diagnostics: inout [Diagnostic]) {
        guard let query = SQLQuery(node, &diagnostics) else { return nil }
        self.query = query
        parameters = .list([], nil)
        identifiers = outer
        check(&diagnostics)
    }

    private static func parameters(_ node: YAMLNode?, _ reader: inout SyntaxReader) -> Parameters? {
        guard let node else { return .list([], nil) }
        if node.isWholeTemplate { return .template(reader.value(node)) }
        guard case .array(let elements, let span) = reader.value(node) else {
            reader.diagnostics.append(
                Diagnostic(
                    .sqlParameters, at: node.openingSpan, "expected a list of values, found \(node.found)",
                    hint: node.members == nil
                        ? "write 'params: [VALUE]'"
                        : "values are bound by number: write 'params: [VALUE, VALUE]', and $1, $2 in the query"))
            return nil
        }
        return .list(elements, span)
    }

    static func identifiers(_ node: YAMLNode?, _ reader: inout SyntaxReader) -> [ValueTemplate.Member]? {
        guard let node else { return [] }
        guard case .object(let members, _) = reader.value(node) else {
            reader.diagnostics.append(
                Diagnostic(
                    .sqlIdentifiers, at: node.openingSpan, "expected a mapping of names, found \(node.found)",
                    hint: "write 'identifiers: { table: users }', and :\"table\" in the query"))
            return nil
        }
        return members
    }

    // MARK: Checks

    private func check(_ diagnostics: inout [Diagnostic]) {
        var problems: [Diagnostic] = []
        for (_, statement) in query.all {
            problems += parameterProblems(statement) + slotProblems(statement)
        }
        for problem in problems where !diagnostics.contains(problem) { diagnostics.append(problem) }
    }

    private func parameterProblems(_ statement: SQLStatement) -> [Diagnostic] {
        if let zero = statement.parameters.first(where: { $0.number == 0 }) {
            return [
                Diagnostic(
                    .sqlParameters, at: statement.text.span(of: zero.range), "parameters are counted from $1",
                    hint: "write $1 for the first of 'params'")
            ]
        }
        let used = Set(statement.parameters.map(\.number))
        guard case .list(let values, let span) = parameters else { return [] }
        if let missing = statement.parameters.first(where: { $0.number > values.count }) {
            return [
                Diagnostic(
                    .sqlParameters, at: statement.text.span(of: missing.range), .missing(missing.number, values.count),
                    hint: span == nil
                        ? "add 'params: [VALUE]'" : "add its value to 'params', or remove it from the query")
            ]
        }
        return values.indices.filter { !used.contains($0 + 1) }.prefix(1).map { index in
            Diagnostic(
                .sqlParameters, at: values[index].span, .unused(index + 1),
                hint: used.isEmpty
                    ? "values are bound by number: write $1, $2 in the query, not ?, %s or :name"
                    : "remove the value, or count the parameters without a gap")
        }
    }

    private func slotProblems(_ statement: SQLStatement) -> [Diagnostic] {
        let known = identifiers.map(\.key)
        return statement.slots.filter { !known.contains($0.name) }.map { slot in
            Diagnostic(
                .sqlIdentifiers, at: statement.text.span(of: slot.range), .noIdentifier(slot.name),
                hint: NearestName.of(slot.name, in: known).map { "did you mean :\"\($0)\"?" }
                    ?? .addIdentifier(slot.name))
        }
    }

    /// Reports the first of some identifiers that no statement has a place for.
    static func checkUse(of members: [ValueTemplate.Member], in parts: [SQLPart], _ diagnostics: inout [Diagnostic]) {
        let used = Set(parts.flatMap { $0.query.all.flatMap { $0.statement.slots.map(\.name) } })
        // A slot without a name is told already, with the name that may be meant.
        guard used.allSatisfy({ name in parts.contains { $0.identifiers.contains { $0.key == name } } }) else { return }
        for member in members where !used.contains(member.key) {
            diagnostics.append(
                Diagnostic(
                    .sqlIdentifiers, at: member.keySpan, .unusedIdentifier(member.key),
                    hint: .placeIdentifier(member.key)))
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func missing(_ number: Int, _ count: Int) -> Self {
        count == 0
            ? "$\(number) has no value: the statement has no 'params'"
            : "$\(number) has no value: 'params' has \(count == 1 ? "1 value" : "\(count) values")"
    }
    fileprivate static func unused(_ number: Int) -> Self { "the query has no $\(number) that reads this value" }
    fileprivate static func noIdentifier(_ name: String) -> Self { "no identifier is called '\(name.prefix(60))'" }
    fileprivate static func addIdentifier(_ name: String) -> Self { "add 'identifiers: { \(name.prefix(60)): NAME }'" }
    fileprivate static func unusedIdentifier(_ name: String) -> Self {
        "nothing in the SQL reads the identifier '\(name.prefix(60))'"
    }
    fileprivate static func placeIdentifier(_ name: String) -> Self {
        "write :\"\(name.prefix(60))\" where the name belongs, or remove it"
    }
}
