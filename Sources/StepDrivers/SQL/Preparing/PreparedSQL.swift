internal import Expressions
internal import ScenarioModel

/// An `sql` step with every value decided.
///
/// Lives on the loop's thread.
final class PreparedSQL: PreparedStep {
    let target: ResolvedTarget
    let dialect: SQLDialect
    let statements: [PreparedStatement]
    /// The statement that begins the transaction around all others, where there is one.
    let begin: String?
    let rollsBack: Bool
    let session: String?
    let limits: RowLimits
    let explains: Bool
    /// How often it was sent.
    var attempts = 0
    /// What servers are told in front of each statement.
    var comment = ""

    init(
        target: ResolvedTarget, dialect: SQLDialect, statements: [PreparedStatement], begin: String?, rollsBack: Bool,
        session: String?, limits: RowLimits, explains: Bool
    ) {
        self.target = target
        self.dialect = dialect
        self.statements = statements
        self.begin = begin
        self.rollsBack = rollsBack
        self.session = session
        self.limits = limits
        self.explains = explains
    }

    var summary: String {
        let first = statements.first.map { Self.line($0.sent.text) } ?? ""
        return statements.count > 1 ? "\(first) and \(statements.count - 1) more" : first
    }

    /// The request's own word on this holds, since it knows the statements; nothing is added at run time.
    var isIdempotent: Bool { false }

    /// The beginning of a statement in one line.
    private static func line(_ text: String) -> String {
        let words = text.prefix(400).split { $0.isWhitespace }.joined(separator: " ")
        return words.count > 120 || text.utf8.count > 400 ? words.prefix(119) + "…" : words
    }
}

/// A statement with its values decided.
struct PreparedStatement: Sendable {
    let sent: SentText
    var parameters: [Value]
    let isRead: Bool
    /// Whether it is worth preparing: it may run many times, and the database can prepare it.
    let isPreparable: Bool

    /// A statement whose text is known.
    init(_ statement: SQLStatement, _ sent: SentText, parameters: [Value] = [], mayComeAgain: Bool = true) {
        self.sent = sent
        self.parameters = parameters
        isRead = statement.isRead
        isPreparable = mayComeAgain && statement.isPreparable
    }

    /// What a connection runs.
    var bound: BoundStatement {
        BoundStatement(text: sent.text, parameters: parameters, isPrepared: isPreparable)
    }
}
