internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// An `sql` step as written and checked: its templates are not evaluated yet.
struct SQLCall: FileRequest {
    var work: Work
    var transaction = Transaction.none
    /// Whether all of it is undone at the end.
    var rollsBack = false
    var session: ValueTemplate?
    var rowsLimit: StepOption<Int>?
    var maxBytes: StepOption<Int>?
    var explains = false
    var span: SourceSpan

    /// What is run.
    enum Work: Sendable {
        case query(SQLPart)
        case statements([SQLPart])
        /// A file, read before it is run.
        case file(String, SourceSpan, identifiers: [ValueTemplate.Member])
    }

    /// Whether a transaction is around it.
    enum Transaction: Sendable, Hashable {
        case none
        /// The database's own level.
        case plain
        case isolation(String, SourceSpan)

        /// The level's word, where one is written.
        var level: String? { if case .isolation(let level, _) = self { level } else { nil } }
    }

    /// The statements that the scenario itself holds.
    var parts: [SQLPart] {
        switch work {
        case .query(let part): [part]
        case .statements(let parts): parts
        case .file: []
        }
    }

    /// Whether a transaction is begun before the first statement.
    var isInTransaction: Bool { transaction != .none || rollsBack }

    var kind: String { "sql" }
    var timeoutKind: String { "sql" }
    var needsTarget: Bool { true }
    var resultFields: [ResultField] { SQLStep.fields + (explains ? [SQLStep.planField] : []) }
    var codesOfNothingToUndo: [String] { [] }
    var impliedExpectation: ImpliedExpectation? { nil }

    /// Whether all of it only reads; what a session has begun is lost with its connection, so nothing there is.
    var isIdempotent: Bool {
        session == nil && !parts.isEmpty && parts.allSatisfy { $0.query.all.allSatisfy { $0.statement.isRead } }
    }

    func problems(with target: Target) -> [Diagnostic] {
        guard let dialect = DatabaseKinds.dialect(of: target.kind) else { return [] }
        var problems: [Diagnostic] = []
        for part in parts where part.query[dialect] == nil {
            problems.append(
                Diagnostic(
                    .sqlDialect, at: part.query.span, .noDialect(target, dialect),
                    hint: "add '\(dialect.name): …' to the query"))
        }
        if case .isolation(let level, let span) = transaction, !dialect.isolations.contains(level) {
            problems.append(
                Diagnostic(
                    .sqlTransaction, at: span, .noIsolation(level, dialect),
                    hint: "it has \(dialect.isolations.map { "'\($0)'" }.joined(separator: ", "))"))
        }
        return problems
    }
}

extension Diagnostic.Message {
    private static let names = ["postgres": "PostgreSQL", "sqlite": "SQLite"]

    fileprivate static func noDialect(_ target: Target, _ dialect: SQLDialect) -> Self {
        "the query says nothing for \(names[dialect.name] ?? dialect.name), which the target '\(target.name)' is"
    }
    fileprivate static func noIsolation(_ level: String, _ dialect: SQLDialect) -> Self {
        "\(names[dialect.name] ?? dialect.name) has no transactions called '\(level)'"
    }
}
