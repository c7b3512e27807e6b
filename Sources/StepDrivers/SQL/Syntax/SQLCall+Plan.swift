internal import Diagnostics
internal import Expressions
internal import ScenarioModel

extension SQLCall {
    /// The statements as far as they are known before the run.
    ///
    ///     session reader, transaction serializable, rolled back     conditions
    ///     SELECT model FROM :"table" WHERE id = $1                   the statement's own lines
    ///     $1 = ${{ $steps.chat.id }}                                 values
    ///     :"table" = completions                                     names
    func plan(target: Target?) -> [String] {
        let dialect = target.flatMap { DatabaseKinds.dialect(of: $0.kind) }
        var lines: [String] = []
        let conditions = conditions
        if !conditions.isEmpty { lines.append("-- " + conditions.joined(separator: ", ")) }
        if case .file(let path, _, let identifiers) = work {
            lines.append("the statements of \(path)")
            return lines + identifiers.map { ":\"\($0.key)\" = \($0.value.written)" }
        }
        for (index, part) in parts.enumerated() {
            if index > 0 { lines.append("") }
            lines += part.planLines(dialect)
        }
        return lines
    }

    private var conditions: [String] {
        var words: [String] = []
        if let session { words.append("session \(session.written)") }
        if isInTransaction { words.append("transaction\(transaction.level.map { " \($0)" } ?? "")") }
        if rollsBack { words.append("rolled back") }
        if explains { words.append("explained") }
        if let limit = rowsLimit?.value {
            switch limit {
            case .known(let count): words.append("at most \(count) rows")
            case .template(let template): words.append("at most \(template.written) rows")
            }
        }
        return words
    }
}

extension SQLPart {
    fileprivate func planLines(_ dialect: SQLDialect?) -> [String] {
        var lines: [String] = []
        if query.isCommon {
            lines += query.all.first.map { Self.lines(of: $0.statement) } ?? []
        } else {
            for (known, statement) in query.all where dialect == nil || dialect == known {
                if dialect == nil { lines.append("-- \(known.name)") }
                lines += Self.lines(of: statement)
            }
        }
        switch parameters {
        case .list(let values, _):
            lines += values.enumerated().map { "$\($0 + 1) = \($1.written)" }
        case .template(let template):
            lines.append("$1, … = \(template.written)")
        }
        let used = Set(query.all.flatMap { $0.statement.slots.map(\.name) })
        lines += identifiers.filter { used.contains($0.key) }.map { ":\"\($0.key)\" = \($0.value.written)" }
        return lines
    }

    private static func lines(of statement: SQLStatement) -> [String] {
        statement.text.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
