internal import Expressions
internal import SQLiteTransport
internal import ScenarioModel

extension StatementFailure {
    /// The failure of a statement.
    init(_ error: SQLiteError, in text: String, connectionIsLost: Bool) {
        // The transport counts bytes of the text as it was sent.
        let position = error.offset.map { text.utf8.prefix($0).count { $0 & 0xC0 != 0x80 } }
        self.init(
            error: StepError(running: error), position: position,
            // An interrupted statement is undone; one whose thread gave no answer may go on.
            mayHaveHappened: connectionIsLost, connectionIsLost: connectionIsLost)
    }
}

extension StepError {
    /// The error of a statement.
    init(running error: SQLiteError) {
        switch error.cause {
        case .engine(let code):
            let violation = SQLiteState.Violation(error.message)
            let fields = StatementFailure.fields(
                sqlstate: SQLiteState.of(code, error.message), table: violation.table, column: violation.column,
                constraint: violation.constraint)
            self.init(.rejected, error.message, phase: "query", fields: fields, hint: Self.hint(code) ?? error.hint)
        case .deadline:
            self.init(
                .timeout, error.message, phase: "query", fields: StatementFailure.fields(sqlstate: "57014"),
                hint: "raise 'timeout' of the step if the statement may take so long")
        case .cancelled:
            self.init(.reset, error.message, phase: "query", fields: StatementFailure.fields(sqlstate: "57014"))
        case .statement:
            let state = error.message.contains("param") ? "08P01" : "42601"
            self.init(
                .rejected, error.message, phase: "query", fields: StatementFailure.fields(sqlstate: state),
                hint: error.hint)
        case .forbidden:
            self.init(
                .rejected, error.message, phase: "query", fields: StatementFailure.fields(sqlstate: "42501"),
                hint: error.hint)
        case .tooLarge: self.init(.tooLarge, error.message, phase: "query", hint: error.hint)
        case .missing, .notAFile: self.init(opening: error, target: nil)
        }
    }

    /// The error of opening a target.
    init(opening error: SQLiteError, target: String?) {
        switch error.cause {
        case .engine(let code):
            self.init(
                .rejected, error.message, phase: "connect",
                fields: StatementFailure.fields(sqlstate: SQLiteState.of(code, error.message)),
                hint: Self.hint(code) ?? "look at \(target.map { "target '\($0)'" } ?? "the target")")
        case .missing:
            self.init(
                .rejected, error.message, phase: "connect", fields: StatementFailure.fields(sqlstate: "3D000"),
                hint: error.hint)
        case .notAFile:
            self.init(
                .rejected, error.message, phase: "connect", fields: StatementFailure.fields(sqlstate: "58P01"),
                hint: error.hint)
        case .deadline, .cancelled:
            self.init(
                .connectTimeout, error.message, phase: "connect", hint: "does another process hold the database?")
        case .statement, .forbidden, .tooLarge: self.init(running: error)
        }
    }

    private static func hint(_ code: Int32) -> String? {
        switch code & 0xFF {
        case 5, 6: "another connection holds the lock; raise 'busy_timeout' of the target, or end its transaction"
        case 8: "the target or its file is read only"
        case 11: "the file is damaged; 'PRAGMA integrity_check' tells more"
        case 13: "the disk is full, or the database reached 'max_page_count'"
        case 18: "a text, blob or statement is at most 64 MiB long"
        case 26: "the target's 'path' must name a SQLite database"
        default: nil
        }
    }
}
