internal import Expressions
internal import ScenarioModel

/// What was run and what came back, as people read it.
struct SQLExchange {
    let outcome: SQLOutcome

    /// How many rows a report shows, and how many characters of a value.
    private static let rows = 20
    private static let characters = 200

    func report() -> StepReport.Exchange {
        let prepared = outcome.prepared
        // Behind an error, rows of the statements before it would pass for its own.
        let shown = outcome.error == nil ? outcome.answers.last : nil
        let rows =
            shown.map { $0.rows.prefix(Self.rows).map { $0.json() }.joined(separator: "\n") } ?? ""
        return StepReport.Exchange(
            summary: prepared.summary, request: request, response: response, body: rows.isEmpty ? nil : rows,
            command: SQLCommandLine(prepared: prepared).text, timing: outcome.timing.object ?? .init(),
            attributes: attributes)
    }

    /// The members that OpenTelemetry's conventions have for the span of a database's client; values are not among them.
    private var attributes: Value.Object {
        let prepared = outcome.prepared
        var attributes = DatabaseAttributes.of(system: prepared.dialect == .postgres ? "postgresql" : "sqlite")
        if let first = prepared.statements.first {
            attributes["db.query.text"] = .string(String(first.sent.text.prefix(2000)))
        }
        if let name = outcome.answers.last?.command, !name.isEmpty { attributes["db.operation.name"] = .string(name) }
        if prepared.statements.count > 1 {
            attributes["db.operation.batch.size"] = Value(prepared.statements.count)
        }
        if let state = outcome.error?.fields["sqlstate"] {
            attributes["db.response.status_code"] = state
            attributes["error.type"] = state
        } else if let error = outcome.error {
            attributes["error.type"] = .string(error.kind.rawValue)
        }
        return attributes
    }

    private var request: [String] {
        let prepared = outcome.prepared
        var lines: [String] = []
        if let session = prepared.session { lines.append("-- session \(session)") }
        if let begin = prepared.begin { lines.append(begin) }
        for statement in prepared.statements.prefix(50) {
            lines += statement.sent.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            lines += statement.parameters.enumerated().map { "$\($0 + 1) = \(Self.short($1))" }
        }
        if prepared.statements.count > 50 { lines.append("-- and \(prepared.statements.count - 50) more") }
        if prepared.begin != nil { lines.append(prepared.rollsBack ? "ROLLBACK" : "COMMIT") }
        return lines
    }

    private var response: [String] {
        var lines = outcome.server.map { [$0] } ?? []
        for answer in outcome.answers.prefix(50) {
            var line = "\(answer.command): \(answer.rowCount == 1 ? "1 row" : "\(answer.rowCount) rows")"
            if answer.isTruncated { line += ", more left out" }
            if !answer.columns.isEmpty {
                line += " (" + answer.columns.prefix(50).map { "\($0.name) \($0.type)" }.joined(separator: ", ") + ")"
            }
            lines.append(line)
        }
        if let pool = outcome.pool {
            lines.append(
                "[pool of \(pool.size) + \(pool.overflow): \(pool.inUse) in use, \(pool.idle) idle, "
                    + "\(pool.waiting) waiting, \(pool.opened) opened, \(pool.reused) reused; waited for \(outcome.waited.inMilliseconds) ms]"
            )
        }
        return lines
    }

    /// A value in one line, its end cut off where it is long.
    private static func short(_ value: Value) -> String {
        let text = value.tojson
        return text.utf8.count > characters ? text.prefix(characters) + "…" : text
    }
}
