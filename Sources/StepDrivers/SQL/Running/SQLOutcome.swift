internal import Diagnostics
internal import Expressions
internal import ScenarioModel

/// What was run and what came of it; makes the attempt of it.
struct SQLOutcome {
    let prepared: PreparedSQL
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

    init(_ prepared: PreparedSQL) { self.prepared = prepared }

    /// Takes note of the connection that the step has.
    mutating func take(_ lease: ConnectionPool.Lease) {
        pool = lease.pool.figures
        waited += lease.waited
        connecting += lease.connecting
    }

    /// Takes note of a pool that had no connection for the step.
    mutating func failedToTake(from pool: ConnectionPool, asked: ContinuousClock.Instant, _ error: StepError) {
        self.pool = pool.figures
        if error.kind == .poolExhausted { waited += ContinuousClock.now - asked }
    }

    /// Takes note of what the statements came to.
    mutating func conclude(_ run: SQLRun) {
        answers = run.answers
        for answer in answers { notes += answer.notes.filter { !notes.contains($0) } }
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
            result: SharedValue(fields: fields), error: error, exchange: SQLExchange(outcome: self).report, code: code,
            requests: prepared.statements.count, notes: notes, place: place)
    }

    private var fields: [SharedValue.Field] {
        let last = error == nil ? answers.last : nil
        let explained = prepared.explains ? last : nil
        let shown = prepared.explains ? nil : last
        var fields: [SharedValue.Field] = [
            .init("rows") { shown.map { .array($0.rows) } ?? (last == nil ? .null : .array([])) },
            .init("row_count", shown.map { Value($0.rowCount) } ?? (last == nil ? .null : 0)),
            .init("columns") { shown.map(\.columnList) ?? (last == nil ? .null : .array([])) },
            .init("command", last.map { .string(prepared.explains ? "EXPLAIN" : $0.command) } ?? .null),
            .init("truncated", last.map { .bool($0.isTruncated) } ?? .null),
            .init("statements") { .array(answers.map(\.value)) },
            .init("ms", .number(elapsed.inMilliseconds)),
            .init("timing") { timing },
            .init("pool") { poolValue },
            .init("attempt", Value(prepared.attempts)),
            .init("error", error?.value ?? .null),
        ]
        if prepared.explains {
            fields.append(.init("plan") { explained.map { QueryPlan.value(of: $0, prepared.dialect) } ?? .null })
        }
        return fields
    }

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
