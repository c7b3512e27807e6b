internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// One statement as written: the same for all databases, or one for each dialect.
struct SQLQuery: Sendable {
    /// The statement as each dialect reads it; a dialect that the author left out is missing.
    let byDialect: [SQLDialect: SQLStatement]
    /// The statements that no name is filled into, ready for their values.
    let fixed: [SQLDialect: PreparedStatement]
    /// Whether one text serves all dialects.
    let isCommon: Bool
    let span: SourceSpan

    /// The statement for a database, nil where its dialect is left out.
    subscript(dialect: SQLDialect) -> SQLStatement? { byDialect[dialect] }

    /// The statements of the dialects, in a fixed order.
    var all: [(dialect: SQLDialect, statement: SQLStatement)] {
        SQLDialect.all.compactMap { dialect in byDialect[dialect].map { (dialect, $0) } }
    }

    /// Reads a text or a mapping by dialect; nil after an error.
    init?(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) {
        span = node.span
        guard node.members != nil else {
            isCommon = true
            guard let text = node.locatedText(&diagnostics) else { return nil }
            // What only one dialect objects to may be meant for the other.
            var problems: [[Diagnostic]] = []
            var read: [SQLDialect: SQLStatement] = [:]
            for dialect in SQLDialect.all {
                var own: [Diagnostic] = []
                read[dialect] = Self.statement(text, dialect, &own)
                problems.append(own)
            }
            guard !read.isEmpty else {
                diagnostics += problems[0]
                return nil
            }
            byDialect = read
            fixed = Self.fixed(read)
            return
        }
        isCommon = false
        guard let mapping = MappingReader(node, SQLStep.dialects, &diagnostics) else { return nil }
        var read: [SQLDialect: SQLStatement] = [:]
        for dialect in SQLDialect.all {
            guard let text = mapping[dialect.name]?.locatedText(&diagnostics) else { continue }
            read[dialect] = Self.statement(text, dialect, &diagnostics)
        }
        guard !read.isEmpty else {
            if node.members?.isEmpty ?? true {
                diagnostics.append(Diagnostic(.sqlEmpty, at: span, "the query is empty", hint: .dialects))
            }
            return nil
        }
        byDialect = read
        fixed = Self.fixed(read)
    }

    private static func fixed(_ statements: [SQLDialect: SQLStatement]) -> [SQLDialect: PreparedStatement] {
        statements.filter { $0.value.slots.isEmpty }.mapValues { PreparedStatement($0, SentText($0, names: [:])) }
    }

    /// The one statement of a text; nil after an error.
    private static func statement(
        _ text: LocatedText, _ dialect: SQLDialect, _ diagnostics: inout [Diagnostic]
    ) -> SQLStatement? {
        if let problem = template(in: text) {
            diagnostics.append(problem)
            return nil
        }
        let statements = SQLStatement.split(text, dialect)
        guard let first = statements.first else {
            diagnostics.append(
                Diagnostic(.sqlEmpty, at: text.span, "the query is empty", hint: "write a statement such as SELECT 1"))
            return nil
        }
        if statements.count > 1 {
            diagnostics.append(
                Diagnostic(
                    .sqlSeveral, at: statements[1].text.span, "a query is one statement; here a second one begins",
                    hint: "write them as a list under 'statements'"))
            return nil
        }
        if let unclosed = first.unclosed {
            let start = unclosed.range.lowerBound
            diagnostics.append(
                Diagnostic(
                    .sqlUnclosed, at: first.text.span(of: start..<(start + 1)), .unclosed(unclosed.what),
                    hint: "close it, or double a quote that belongs to the text"))
            return nil
        }
        if first.text.text.utf8.contains(0) {
            diagnostics.append(Diagnostic(.sqlUnclosed, at: text.span, "SQL cannot hold a NUL", hint: "remove it"))
            return nil
        }
        return first
    }

    /// A template in SQL, which would let data become code.
    static func template(in text: LocatedText) -> Diagnostic? {
        guard Template.containsMarker(text.text) else { return nil }
        let bytes = Array(text.text.utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: "${{".utf8) } ?? 0
        let end = bytes.indices.first { $0 > start && bytes[$0...].starts(with: "}}".utf8) }.map { $0 + 2 }
        return Diagnostic(
            .sqlTemplate, at: text.span(of: start..<(end ?? min(start + 3, bytes.count))),
            "a template cannot stand in SQL: values are bound, so that they never become code",
            hint: "write $1 and put the template under 'params', or :\"name\" and 'identifiers' for a name")
    }
}

extension Diagnostic.Message {
    fileprivate static func unclosed(_ what: String) -> Self { "the \(what) that begins here does not end" }
    fileprivate static var dialects: Self {
        "write the statement as text, or under \(SQLDialect.all.map { "'\($0.name)'" }.joined(separator: " and "))"
    }
}
