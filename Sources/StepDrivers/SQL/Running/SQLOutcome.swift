internal import Diagnostics
internal import EventLoop
internal import Expressions
internal import ScenarioModel

/// What was run and what came of it; makes the attempt of it.
///
/// Lives on the loop's thread.
final class SQLOutcome {
    let prepared: PreparedSQL
    /// Which attempt of the step it is, from 1.
    private let attemptNumber: Int
    var answers: [StatementAnswer] = []
    var error: StepError?
    /// What of the scenario the error is about.
    var place: Place?
    /// The SQLSTATE that a retry may name.
    var code: String?
    var notes: [String] = []
    var server: String?
    var pool: ConnectionPool.Figures?
    var waited = Duration.zero
    var connecting = Duration.zero
    var querying = Duration.zero
    var elapsed = Duration.zero

    init(_ prepared: PreparedSQL) {
        self.prepared = prepared
        attemptNumber = prepared.attempts
    }

    /// Takes note of the connection that the step has.
    func take(_ lease: ConnectionPool.Lease) {
        pool = lease.pool.figures
        waited += lease.waited
        connecting += lease.connecting
    }

    /// Takes note of a pool that had no connection for the step.
    func failedToTake(from pool: ConnectionPool, asked: Instant, _ error: StepError) {
        self.pool = pool.figures
        if error.kind == .poolExhausted { waited += Instant.now - asked }
    }

    /// Takes note of what the statements came to.
    func conclude(_ run: SQLRun) {
        answers = run.answers
        for answer in answers where !answer.notes.isEmpty { notes += answer.notes.filter { !notes.contains($0) } }
        guard let failed = run.failure else { return }
        var error = failed.failure.error
        if let index = failed.index {
            let sent = prepared.statements[index].sent
            let span = sent.place(ofCharacter: failed.failure.position ?? -1)
            place = Place(span)
            if failed.failure.position != nil {
                let start = span.start
                error.fields["position"] = ["line": Value(start.line), "column": Value(start.column)]
            }
        }
        error.fields["statement"] = .string(failed.text)
        if error.kind == .timeout, error.hint == nil {
            error.hint = "raise 'timeout' of the step if the statement may take so long"
        }
        self.error = error
        if !failed.failure.mayHaveHappened { code = error.fields["sqlstate"]?.string }
    }

    /// The attempt, whose larger members are made when they are read.
    func attempt() -> Attempt {
        Attempt(
            result: SharedValue(members: self), error: error, exchange: { SQLExchange(outcome: self).report() },
            code: code, requests: prepared.statements.count, notes: notes, place: place)
    }

    /// What the members of the result tell of: the last answer, unless there is an error.
    private var last: StatementAnswer? { error == nil ? answers.last : nil }
    /// An explained query shows its plan, and no rows.
    private var shown: StatementAnswer? { prepared.explains ? nil : last }

    /// Milliseconds by phase.
    var timing: Value {
        [
            "pool": .number(waited.inMilliseconds), "connect": .number(connecting.inMilliseconds),
            "query": .number(querying.inMilliseconds),
        ]
    }

    private var poolValue: Value {
        guard let pool else { return .null }
        return [
            "size": Value(pool.size), "overflow": Value(pool.overflow), "in_use": Value(pool.inUse),
            "idle": Value(pool.idle), "waiting": Value(pool.waiting), "opened": Value(pool.opened),
            "reused": Value(pool.reused), "waited_ms": .number(waited.inMilliseconds),
        ]
    }
}

extension SQLOutcome: MemberSource {
    private static let names = [
        "rows", "row_count", "columns", "command", "truncated", "statements", "ms", "timing", "pool", "attempt",
        "error",
    ]

    var memberNames: [String] { prepared.explains ? Self.names + ["plan"] : Self.names }

    func member(_ name: String) -> Value? {
        switch name {
        case "rows": shown.map { .array($0.rows) } ?? (last == nil ? .null : .array([]))
        case "row_count": shown.map { Value($0.rowCount) } ?? (last == nil ? .null : 0)
        case "columns": shown.map(\.columnList) ?? (last == nil ? .null : .array([]))
        case "command": last.map { .string(prepared.explains ? "EXPLAIN" : $0.command) } ?? .null
        case "truncated": last.map { .bool($0.isTruncated) } ?? .null
        case "statements": .array(answers.map(\.value))
        case "ms": .number(elapsed.inMilliseconds)
        case "timing": timing
        case "pool": poolValue
        case "attempt": Value(attemptNumber)
        case "error": error?.value ?? .null
        case "plan" where prepared.explains: last.map { QueryPlan.value(of: $0, prepared.dialect) } ?? .null
        default: nil
        }
    }
}

extension StatementAnswer {
    /// The member `columns`.
    var columnList: Value { .array(columns.map { ["name": .string($0.name), "type": .string($0.type)] }) }

    /// A member of a result's `statements`.
    fileprivate var value: Value {
        [
            "rows": .array(rows), "row_count": Value(rowCount), "columns": columnList, "command": .string(command),
            "truncated": .bool(isTruncated),
        ]
    }
}
