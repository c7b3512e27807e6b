internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

extension SQLCall {
    /// Evaluates values and names once, and fills the names in.
    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        guard let target, let dialect = DatabaseKinds.dialect(of: target.kind) else {
            throw StepFailure.refused(
                .sqlForm, "an sql step needs a target of kind postgres or sqlite", at: span,
                hint: "name one with 'target'")
        }
        if !suits(dialect), let problem = problems(with: target.target).first { throw StepFailure(problem) }
        let statements: [PreparedStatement]
        switch work {
        case .query(let part):
            let prefix = explains ? dialect.explain : ""
            statements = [try prepared(part, dialect, scope, prefix: prefix)]
        case .statements(let parts):
            var made: [PreparedStatement] = []
            for part in parts { made.append(try prepared(part, dialect, scope, prefix: "")) }
            statements = made
        case .file(let path, let place, let identifiers):
            let names = try Self.names(identifiers, scope)
            let file = try SQLFile.read(scope.file(path, at: place), as: path, at: place)
            statements = try file.statements(dialect, names: names, isInTransaction: isInTransaction)
        }
        var limits = RowLimits()
        let wanted = try rowsLimit?.evaluate("a number of rows", scope, code: .sqlSetting) { text in
            Int(text).flatMap { (0...Self.mostRows).contains($0) ? $0 : nil }
        }
        if let wanted {
            limits.rows = wanted
            limits.leavesOutRows = true
        }
        let bytes = try maxBytes?.evaluate("a size such as 10MiB", scope, code: .sqlSetting) {
            QuantityText.parseSize($0) ?? Int($0)
        }
        if let bytes { limits.bytes = bytes }
        return PreparedSQL(
            target: target, dialect: dialect, statements: statements,
            begin: isInTransaction ? dialect.begin(transaction.level) : nil, rollsBack: rollsBack,
            session: try sessionName(scope), limits: limits, explains: explains)
    }

    private func prepared(
        _ part: SQLPart, _ dialect: SQLDialect, _ scope: any TemplateScope, prefix: String
    ) throws(StepFailure) -> PreparedStatement {
        guard let statement = part.query[dialect] else {
            throw StepFailure.refused(.sqlDialect, "the query says nothing for \(dialect.name)", at: part.query.span)
        }
        let parameters = try values(part.parameters, statement, scope)
        if prefix.isEmpty, var fixed = part.query.fixed[dialect] {
            fixed.parameters = parameters
            return fixed
        }
        let sent = SentText(statement, prefix: prefix, names: try Self.names(part.identifiers, scope))
        return PreparedStatement(statement, sent, parameters: parameters, mayComeAgain: prefix.isEmpty)
    }

    /// Whether the step has a form for a dialect.
    private func suits(_ dialect: SQLDialect) -> Bool {
        if let level = transaction.level, !dialect.isolations.contains(level) { return false }
        switch work {
        case .query(let part): return part.query[dialect] != nil
        case .statements(let parts): return parts.allSatisfy { $0.query[dialect] != nil }
        case .file: return true
        }
    }

    private func values(
        _ parameters: SQLPart.Parameters, _ statement: SQLStatement, _ scope: any TemplateScope
    ) throws(StepFailure) -> [Value] {
        switch parameters {
        case .list(let templates, _):
            var values: [Value] = []
            values.reserveCapacity(templates.count)
            for template in templates { values.append(try scope.value(of: template)) }
            return values
        case .template(let template):
            let value = try scope.value(of: template)
            guard let values = value.array else {
                throw StepFailure.refused(
                    .sqlParameters, "expected a list of values for 'params', found \(value.type)", at: template.span,
                    hint: "make a list of it: '[ … ]'")
            }
            guard values.count == statement.highestParameter else {
                throw StepFailure.refused(
                    .sqlParameters,
                    "the query has \(statement.highestParameter) parameters, and 'params' yields \(values.count) values",
                    at: template.span, hint: "give one value for each of $1, $2, …")
            }
            return values
        }
    }

    /// The names by their slots, as they are: quoting is done where they are filled in.
    private static func names(
        _ identifiers: [ValueTemplate.Member], _ scope: any TemplateScope
    ) throws(StepFailure) -> [String: String] {
        var names: [String: String] = [:]
        for member in identifiers where names[member.key] == nil {
            let name = try scope.text(of: member.value) ?? ""
            guard !name.isEmpty, !name.utf8.contains(0) else {
                throw StepFailure.refused(
                    .sqlIdentifiers, "the identifier '\(member.key.prefix(60))' is empty, or holds a NUL",
                    at: member.value.span, hint: "look at what it yields")
            }
            names[member.key] = name
        }
        return names
    }

    private func sessionName(_ scope: any TemplateScope) throws(StepFailure) -> String? {
        guard let session else { return nil }
        let name = try scope.text(of: session) ?? ""
        guard Identifier.isValid(name) else {
            throw StepFailure.refused(
                .sqlSession, "'\(name.prefix(60))' is no name of a session", at: session.span,
                hint: "names are letters, digits, '_' and '-', and begin with a letter or '_'")
        }
        return name
    }
}

extension SQLCall {
    var file: (path: String, span: SourceSpan)? {
        if case .file(let path, let place, _) = work { (path, place) } else { nil }
    }

    var fileLimit: Int { 4 << 20 }

    func problems(in file: SourceFile, on target: Target) -> [Diagnostic] {
        guard case .file(_, let place, let identifiers) = work, let dialect = DatabaseKinds.dialect(of: target.kind)
        else { return [] }
        do throws(StepFailure) {
            return try SQLFile(file.bytes, path: file.path, at: place).problems(
                dialect, names: Set(identifiers.map(\.key)), isInTransaction: isInTransaction)
        } catch {
            // What the file is made of matters when it is run; another step may well write it anew before.
            return []
        }
    }
}

extension StepFailure {
    /// A problem that lint would have told, had it known what is known now.
    init(_ problem: Diagnostic) {
        self = .refused(problem.code, problem.message.text, at: problem.primary?.span, hint: problem.hint?.text)
    }
}

extension SQLDialect {
    /// What is put before a query to have its plan.
    var explain: String { self == .postgres ? "EXPLAIN (ANALYZE, FORMAT JSON) " : "EXPLAIN QUERY PLAN " }
}

extension SQLStatement {
    /// Whether preparing it once is worth while, and possible in every database.
    var isPreparable: Bool { ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"].contains(verb) }
}
