internal import Diagnostics

/// A statement with its place, taken apart as far as the checks and the binding need it.
struct SQLStatement: Sendable {
    /// The statement without the `;` behind it and without what stands around it.
    let text: LocatedText
    /// The words that stand in it as code, in capitals and in order; names without quotes are among them.
    private(set) var words: [String] = []
    /// The highest `$n`; 0 where there is none.
    private(set) var highestParameter = 0
    /// Where each `$n` stands.
    private(set) var parameters: [(number: Int, range: Range<Int>)] = []
    /// Where each `:"name"` stands.
    private(set) var slots: [(name: String, range: Range<Int>)] = []
    /// What does not end, and where it begins.
    private(set) var unclosed: (what: String, range: Range<Int>)?
    /// Words outside of brackets, in order.
    private var outerWords: [String] = []

    /// Takes apart a statement whose tokens are known; their ranges count from the start of `text`.
    init(_ text: LocatedText, tokens: some Sequence<SQLToken>) {
        self.text = text
        var depth = 0
        for token in tokens {
            switch token.kind {
            case .word(let word):
                words.append(word)
                if depth == 0 { outerWords.append(word) }
            case .parameter(let number):
                parameters.append((number, token.range))
                highestParameter = max(highestParameter, number)
            case .slot(let name): slots.append((name, token.range))
            case .unclosed(let what): unclosed = unclosed ?? (what, token.range)
            case .open: depth += 1
            case .close: depth = max(0, depth - 1)
            case .quotedName, .string, .comment, .semicolon, .other: break
            }
        }
    }

    /// The first word: `SELECT`, `BEGIN`.
    var verb: String { words.first ?? "" }

    /// Whether it only reads, so that it may be asked again when its answer was lost.
    ///
    /// Functions may write all the same; `idempotent: false` on the step says so.
    var isRead: Bool {
        if words.contains("FOR"), !Set(words).isDisjoint(with: ["UPDATE", "SHARE"]) { return false }
        switch verb {
        case "SELECT", "TABLE": return !outerWords.contains("INTO")
        case "VALUES", "SHOW": return true
        case "WITH": return Set(words).isDisjoint(with: ["INSERT", "UPDATE", "DELETE", "MERGE", "INTO"])
        case "EXPLAIN":
            guard words.contains("ANALYZE") || words.contains("ANALYSE") else { return true }
            return Set(words).isDisjoint(with: ["INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "INTO", "EXECUTE"])
        default: return false
        }
    }

    /// The word by which it begins, ends or divides a transaction; nil for any other statement.
    var transactionWord: String? {
        switch verb {
        case "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "ABORT", "RELEASE": verb
        case "START" where words.dropFirst().first == "TRANSACTION": "START TRANSACTION"
        case "END" where words.count < 3: "END"
        default: nil
        }
    }
}

extension SQLStatement {
    /// The statements of a text, in order; empty ones are left out.
    static func split(_ text: LocatedText, _ dialect: SQLDialect) -> [SQLStatement] {
        var statements: [SQLStatement] = []
        var current: [SQLToken] = []
        var body = RoutineBody(dialect)
        func close() {
            guard let first = current.first(where: \.isMeaningful), let last = current.last(where: \.isMeaningful)
            else {
                return
            }
            let range = first.range.lowerBound..<last.range.upperBound
            let moved = current.filter { range.contains($0.range.lowerBound) }.map {
                let lower = $0.range.lowerBound - range.lowerBound
                return SQLToken(kind: $0.kind, range: lower..<(lower + $0.range.count))
            }
            statements.append(SQLStatement(text.slice(range), tokens: moved))
        }
        for token in SQLScanner.tokens(of: text.text, dialect) {
            if token.kind == .semicolon, !body.isOpen {
                close()
                current = []
                body = RoutineBody(dialect)
                continue
            }
            body.take(token)
            current.append(token)
        }
        close()
        return statements
    }
}

/// Follows `BEGIN … END` in the definition of a trigger or routine, where semicolons end no statement.
private struct RoutineBody {
    private let dialect: SQLDialect
    private var isDefinition = false
    private var isFirst = true
    private var hasBegun = false
    private var depth = 0

    init(_ dialect: SQLDialect) { self.dialect = dialect }

    var isOpen: Bool { depth > 0 }

    mutating func take(_ token: SQLToken) {
        guard case .word(let word) = token.kind else { return }
        if isFirst { isDefinition = word == "CREATE" }
        isFirst = false
        guard isDefinition else { return }
        if depth > 0 {
            if word == "CASE" || word == "BEGIN" { depth += 1 }
            if word == "END" { depth -= 1 }
        } else if dialect == .sqlite {
            if word == "BEGIN" { depth = 1 }
        } else if hasBegun, word == "ATOMIC" {
            depth = 1
        }
        hasBegun = word == "BEGIN"
    }
}
