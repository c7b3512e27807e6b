internal import Diagnostics
internal import Expressions
public import ScenarioModel
public import ScenarioSyntax

extension SQLStep {
    public func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)? {
        if node.members == nil, node.elements == nil {
            guard let part = SQLPart(text: node, outer: [], &reader.diagnostics) else { return nil }
            let call = SQLCall(work: .query(part), span: node.span)
            checkTransactions(call, &reader.diagnostics)
            return call
        }
        if node.elements != nil {
            reader.diagnostics.append(
                Diagnostic(
                    .sqlForm, at: node.openingSpan, "expected a query or a mapping, found a list",
                    hint: "write 'sql: { statements: [ … ] }'"))
            return nil
        }
        guard let mapping = MappingReader(node, Self.lenientTable, &reader.diagnostics) else { return nil }
        for member in node.members ?? [] where Self.misplaced.contains(member.name) {
            reader.diagnostics.append(
                Diagnostic(
                    .sqlForm, at: member.key.span, .misplaced(member.name),
                    hint: "indent '\(member.name)' as far as 'sql'"))
        }
        // Every key is read, so that all of its problems are told at once.
        let work = work(mapping, &reader)
        let transaction = transaction(mapping["transaction"], &reader.diagnostics)
        let session = mapping["session"].flatMap { self.session($0, &reader) }
        let rowsLimit = StepOption(mapping["rows_limit"], &reader) { $0.rows(&$1) }
        let maxBytes = StepOption(mapping["max_bytes"], &reader) { $0.size(&$1) }
        let rollsBack = mapping["rollback"]?.boolean(&reader.diagnostics) ?? false
        let explains = mapping["explain"]?.boolean(&reader.diagnostics) ?? false
        checkForm(mapping, explains: explains, &reader.diagnostics)
        guard let work else { return nil }
        var call = SQLCall(work: work, span: node.span)
        call.transaction = transaction
        call.rollsBack = rollsBack
        call.session = session
        call.rowsLimit = rowsLimit
        call.maxBytes = maxBytes
        call.explains = explains
        checkTransactions(call, &reader.diagnostics)
        return call
    }

    /// Keys of the step that are often indented too far.
    private static let misplaced: Set = [
        "expect", "assert", "capture", "until", "within", "every", "retry", "timeout", "target", "if", "each", "repeat",
        "cleanup", "id", "name", "idempotent", "give_up", "needs",
    ]

    /// The table that takes a step's keys too, so that they are told with a better reason.
    private static let lenientTable = KeyTable(
        name: table.name, summary: table.summary, keys: table.keys + misplaced.sorted().map { Key($0, .any, "") },
        foreign: table.foreign)

    private func work(_ mapping: MappingReader, _ reader: inout SyntaxReader) -> SQLCall.Work? {
        let present = Self.sources.filter { mapping.has($0) }
        guard let source = present.first, let node = mapping[source] else {
            let unknown = (mapping.node.members ?? []).map(\.name).filter { mapping.table[$0] == nil }
            if unknown.contains(where: { Self.table.foreign[$0].map(Self.sources.contains) ?? false }) { return nil }
            if unknown.contains(where: { NearestName.of($0, in: Self.sources) != nil }) { return nil }
            reader.diagnostics.append(
                Diagnostic(
                    .sqlForm, at: mapping.node.members?.first?.key.span ?? mapping.node.span, "the step has no query",
                    hint: "add 'query', 'statements' or 'file'"))
            return nil
        }
        if present.count > 1, let second = mapping.keySpan(present[1]), let first = mapping.keySpan(source) {
            reader.diagnostics.append(
                Diagnostic(
                    .sqlForm, at: second, .twoSources(source, present[1]),
                    secondary: [.init(span: first, text: "the first is here")],
                    hint: "keep one of them; several statements stand under 'statements'"))
        }
        switch source {
        case "query":
            guard let part = SQLPart(mapping, node, outer: [], &reader) else { return nil }
            SQLPart.checkUse(of: part.identifiers, in: [part], &reader.diagnostics)
            return .query(part)
        case "statements": return statements(node, mapping, &reader)
        default:
            guard let names = SQLPart.identifiers(mapping["identifiers"], &reader),
                let path = node.text(&reader.diagnostics)
            else { return nil }
            guard !Template.containsMarker(path) else {
                reader.diagnostics.append(
                    Diagnostic(
                        .sqlFile, at: node.span, "a template cannot stand in the name of a file",
                        hint: "write the name out, so that it is known without running the scenario"))
                return nil
            }
            return .file(path, node.span, identifiers: names)
        }
    }

    private func statements(
        _ node: YAMLNode, _ mapping: MappingReader, _ reader: inout SyntaxReader
    ) -> SQLCall.Work? {
        guard let elements = node.list(&reader.diagnostics),
            let outer = SQLPart.identifiers(mapping["identifiers"], &reader)
        else { return nil }
        guard !elements.isEmpty else {
            reader.diagnostics.append(
                Diagnostic(.sqlEmpty, at: node.span, "'statements' is empty", hint: "write at least one"))
            return nil
        }
        var parts: [SQLPart] = []
        for element in elements {
            if element.members == nil {
                if let part = SQLPart(text: element, outer: outer, &reader.diagnostics) { parts.append(part) }
                continue
            }
            guard let inner = MappingReader(element, Self.statement, &reader.diagnostics) else { continue }
            guard let query = inner["query"] else { continue }
            guard let part = SQLPart(inner, query, outer: outer, &reader) else { continue }
            let own = part.identifiers.dropLast(outer.count)
            SQLPart.checkUse(of: Array(own), in: [part], &reader.diagnostics)
            parts.append(part)
        }
        guard parts.count == elements.count else { return nil }
        SQLPart.checkUse(of: outer, in: parts, &reader.diagnostics)
        return .statements(parts)
    }

    private func transaction(_ node: YAMLNode?, _ diagnostics: inout [Diagnostic]) -> SQLCall.Transaction {
        guard let node else { return .none }
        if case .bool(let wanted)? = node.scalar?.resolved { return wanted ? .plain : .none }
        guard let text = node.text(&diagnostics) else { return .none }
        let level = text.lowercased().split { $0 == " " || $0 == "_" || $0 == "-" }.joined(separator: " ")
        if Self.isolations.contains(level) { return .isolation(level, node.span) }
        diagnostics.append(
            Diagnostic(
                .sqlTransaction, at: node.span, .noIsolation(text),
                hint: NearestName.of(level, in: Self.isolations).map { "did you mean '\($0)'?" }
                    ?? "write true, or one of \(Self.isolations.map { "'\($0)'" }.joined(separator: ", "))"))
        return .none
    }

    private func session(_ node: YAMLNode, _ reader: inout SyntaxReader) -> ValueTemplate? {
        let value = reader.value(node)
        if case .literal = value {
            guard node.identifier(&reader.diagnostics) != nil else { return nil }
        } else if node.scalar == nil {
            reader.diagnostics.append(
                Diagnostic(.sqlSession, at: node.openingSpan, "expected a name, found \(node.found)"))
            return nil
        }
        return value
    }

    private func checkForm(_ mapping: MappingReader, explains: Bool, _ diagnostics: inout [Diagnostic]) {
        let source = Self.sources.first { mapping.has($0) }
        if let source, source != "query", let span = mapping.keySpan("params") {
            diagnostics.append(
                Diagnostic(
                    .sqlForm, at: span, "'params' belongs to one statement",
                    hint: source == "file"
                        ? "a file has no parameters; write its statements under 'statements'"
                        : "write it beside each query: '- { query: …, params: [ … ] }'"))
        }
        if explains, let source, source != "query", let span = mapping.keySpan("explain") {
            diagnostics.append(
                Diagnostic(.sqlForm, at: span, "'explain' takes one query", hint: "make a step of each"))
        }
    }

    // MARK: Transactions

    /// Statements that begin or end a transaction where it cannot last, or where the step has one already.
    private func checkTransactions(_ call: SQLCall, _ diagnostics: inout [Diagnostic]) {
        for part in call.parts {
            guard let statement = part.query.all.first?.statement, let word = statement.transactionWord,
                let end = statement.text.text.utf8.firstIndex(where: { $0 == 0x20 || $0 == 0x0A })
                    ?? Optional(statement.text.text.utf8.endIndex)
            else { continue }
            let length = statement.text.text.utf8.distance(from: statement.text.text.utf8.startIndex, to: end)
            let place = statement.text.span(of: 0..<length)
            if call.isInTransaction {
                guard word != "SAVEPOINT", word != "RELEASE", !isToSavepoint(statement) else { continue }
                diagnostics.append(
                    Diagnostic(
                        .sqlTransaction, at: place, .inTransaction(word),
                        hint: "remove it: the step begins and ends the transaction"))
            } else if case .query = call.work, call.session == nil {
                diagnostics.append(
                    Diagnostic(
                        .sqlTransaction, at: place, .lost(word),
                        hint: "keep the connection with 'session: NAME', or write 'statements' with 'transaction: true'"
                    ))
            }
        }
    }

    private func isToSavepoint(_ statement: SQLStatement) -> Bool {
        statement.verb == "ROLLBACK" && statement.words.contains("TO")
    }
}

extension YAMLNode {
    /// A number of rows.
    fileprivate func rows(_ diagnostics: inout [Diagnostic]) -> Int? {
        guard let count = integer(&diagnostics) else { return nil }
        if (0...SQLCall.mostRows).contains(count) { return count }
        diagnostics.append(
            Diagnostic(
                .sqlSetting, at: span, "expected a number of rows from 0 to \(SQLCall.mostRows), found \(count)",
                hint: "page through the rows with LIMIT and OFFSET"))
        return nil
    }
}

extension SQLCall {
    /// The most rows that a step can ask for.
    static let mostRows = 10_000_000
}

extension Diagnostic.Message {
    fileprivate static func misplaced(_ key: String) -> Self { "'\(key)' belongs to the step, not to 'sql'" }
    fileprivate static func twoSources(_ first: String, _ second: String) -> Self {
        "a step has one of 'query', 'statements' and 'file'; this one has '\(first)' and '\(second)'"
    }
    fileprivate static func noIsolation(_ text: String) -> Self {
        "no isolation level is called '\(text.prefix(40))'"
    }
    fileprivate static func inTransaction(_ word: String) -> Self {
        "\(word) stands inside the transaction that the step itself begins and ends"
    }
    fileprivate static func lost(_ word: String) -> Self {
        "\(word) acts on a connection that goes back to the pool with this step"
    }
}
