internal import Expressions
internal import PostgresTransport
internal import ScenarioModel

extension StepError {
    /// What an error of the transport is to a scenario.
    init(_ error: PostgresError) {
        var fields = Value.Object()
        if let complaint = error.complaint, let state = complaint.sqlstate {
            fields = StatementFailure.fields(
                sqlstate: state, detail: complaint.detail, hint: complaint.hint, schema: complaint.schema,
                table: complaint.table, column: complaint.column, constraint: complaint.constraint)
        } else if error.kind == .invalidRequest, error.phase == .request {
            // What the server would have said of such a character.
            fields = StatementFailure.fields(sqlstate: "22021")
        }
        self.init(
            Self.kind(error), error.message, phase: error.phase.rawValue, fields: fields, hint: Self.hint(error))
    }

    private static func kind(_ error: PostgresError) -> Kind {
        switch error.kind {
        case .dns: .dns
        case .refused: .refused
        case .unreachable: .unreachable
        case .connectTimeout: .connectTimeout
        case .tls: .tls
        case .auth: .auth
        case .reset, .cancelled: .reset
        case .protocol: .protocol
        case .timeout: .timeout
        case .tooLarge: .tooLarge
        case .rejected, .invalidRequest: .rejected
        }
    }

    private static func hint(_ error: PostgresError) -> String? {
        switch error.kind {
        case .tooLarge:
            "ask for less, as with LIMIT, or take the first rows only: 'rows_limit: N' of the step"
        case .timeout: error.hint ?? "raise 'timeout' of the step if the statement may take so long"
        case .rejected: error.hint ?? error.complaint?.sqlstate.flatMap(advice)
        default: error.hint
        }
    }

    /// What helps with errors whose words do not say it.
    private static func advice(_ state: String) -> String? {
        switch state {
        case "40P01", "40001": "another transaction was in the way; 'retry: { on: [\"\(state)\"] }' tries again"
        case "55P03": "another transaction holds the lock; wait for it, or raise lock_timeout"
        case "57014": "the server's own statement_timeout was over"
        case "25P02": "an earlier statement of the transaction failed; only ROLLBACK is taken now"
        case "42601": "the caret shows where the statement stops being SQL"
        default: nil
        }
    }
}

extension StatementFailure {
    /// What an error of the transport is to a statement.
    init(_ error: PostgresError, isConnectionLost: Bool) {
        self.init(
            error: StepError(error), position: error.complaint?.position.map { $0 - 1 },
            mayHaveHappened: error.mayHaveHappened, connectionIsLost: isConnectionLost)
    }
}
