/// How one exchange with the server goes, decided without a socket.
///
/// The server answers with any number of statements, each of them rows and an end, or a failure; libpq says when
/// nothing more comes. Whatever goes wrong before that is remembered, the rest is thrown away, and the exchange ends
/// with it when the server has fallen silent.
struct QueryProgress {
    /// What an answer of the server is.
    enum Answer: Equatable {
        case row
        case done
        case empty
        case copyIn, copyOut, copyBoth
        case failed(ServerComplaint)
    }

    /// What the receiver of the rows wants.
    enum Demand: Equatable {
        case more
        /// What is missing is read and thrown away, so that the statement is done as it would have been.
        case discard
        /// The statement is cancelled.
        case stop(String)
    }

    /// What to do now.
    enum Action: Equatable {
        /// Give the row, or the statement's end, to the receiver.
        case deliver
        /// Go on reading.
        case ignore
        /// Tell the server that no rows come, and go on reading.
        case refuseCopyIn
        /// Cancel the statement at the server and read on until it has fallen silent.
        case cancel
        /// Give the connection up.
        case drop
    }

    /// What ends the exchange, where it is not its regular end.
    private(set) var failure: PostgresError?
    /// Whether the cancelled statement said that it was cancelled: only then is no cancellation left under way.
    private(set) var wasCancelled = false
    private var isDiscarding = false
    private var asked = false

    /// Takes an answer.
    mutating func took(_ answer: Answer) -> Action {
        switch answer {
        case .row: return failure == nil && !isDiscarding ? .deliver : .ignore
        case .done, .empty: return failure == nil ? .deliver : .ignore
        case .copyIn:
            fail(
                PostgresError(
                    .rejected, "COPY … FROM STDIN waits for rows, and a scenario has none to send",
                    hint: "write INSERT, or COPY … FROM a file of the server"))
            return .refuseCopyIn
        case .copyOut:
            fail(
                PostgresError(
                    .rejected, "COPY … TO STDOUT is no answer of rows",
                    hint: "write SELECT, or COPY … TO a file of the server"))
            return cancelOnce()
        case .copyBoth:
            fail(PostgresError(.protocol, "the server began to stream its log, which no statement asks for"))
            return .drop
        case .failed(let complaint):
            if complaint.sqlstate == "57014", asked { wasCancelled = true }
            fail(Self.error(complaint))
            return .ignore
        }
    }

    /// Takes what the receiver said to a row.
    mutating func wants(_ demand: Demand) -> Action {
        switch demand {
        case .more: return .ignore
        case .discard:
            isDiscarding = true
            return .ignore
        case .stop(let reason):
            fail(PostgresError(.tooLarge, reason, mayHaveHappened: false))
            return cancelOnce()
        }
    }

    /// Takes the end of the time, or the task's cancellation.
    mutating func interrupted(_ wake: Pause.Wake) -> Action {
        let error = PostgresError(
            wake == .expired ? .timeout : .cancelled,
            wake == .expired ? "no answer within the time-out" : "the statement was cancelled", mayHaveHappened: true)
        // A failure that is known already says more than the end of the time it took to be over.
        fail(error)
        return cancelOnce()
    }

    /// Takes a break of the connection; `reason` is what libpq says of it.
    mutating func broke(_ reason: String) {
        switch failure?.kind {
        case nil:
            failure = PostgresError(.reset, "the connection broke: \(reason)", mayHaveHappened: true)
        case .rejected where failure?.complaint?.isFarewell == true:
            // The server said why it goes; nobody knows how far the statement had come.
            failure?.kind = .reset
            failure?.mayHaveHappened = true
        default: break
        }
    }

    /// Takes the news that nothing had been sent when the time was over.
    mutating func sentNothing() { failure?.mayHaveHappened = false }

    /// Takes the end of a cancelled statement: the server undid it.
    mutating func isUndone() {
        guard failure?.kind == .timeout || failure?.kind == .cancelled else { return }
        failure?.mayHaveHappened = false
    }

    private mutating func fail(_ error: PostgresError) {
        if failure == nil { failure = error }
    }

    private mutating func cancelOnce() -> Action {
        guard !asked else { return .ignore }
        asked = true
        return .cancel
    }

    /// The error for what the server said of a statement.
    static func error(_ complaint: ServerComplaint) -> PostgresError {
        guard complaint.sqlstate != nil else {
            return PostgresError(
                .reset, "the connection broke: \(complaint.message.firstLine)", mayHaveHappened: true)
        }
        return PostgresError(.rejected, complaint.message, hint: complaint.hint, complaint: complaint)
    }
}

extension ServerComplaint {
    /// Whether the server ends the connection with these words.
    var isFarewell: Bool {
        severity == "FATAL" || severity == "PANIC" || ["57P01", "57P02", "57P03"].contains(sqlstate ?? "")
    }
}

extension String {
    /// The text up to its first line's end.
    var firstLine: String { split(separator: "\n").first.map(String.init) ?? self }
}
